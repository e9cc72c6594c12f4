using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using System.Xml.Linq;
using Newtonsoft.Json.Linq;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Which instance provides which topic to which, as objects and as pictures.</summary>
public sealed class FlowTests(RealPlatform real)
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private static string[] Rows(IEnumerable<PSObject> flows) => [.. flows.Select(f =>
        $"{f.Properties["Source"].Value ?? "-"} {f.Properties["Topic"].Value} {f.Properties["Target"].Value ?? "-"}")];

    private static void SetTopics(FakeHub hub, string instance, string? provides, string? requires)
    {
        var info = hub.Instances[instance];
        info["provides"] = provides ?? "";
        info["requires"] = requires ?? "";
    }

    private static string Picture(Engine session, string format, string arguments = "") =>
        (string)session.Single($"Get-ScramjetFlow {arguments} -As {format}").BaseObject;

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Instances_that_provide_and_require_a_topic_are_its_ends(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var (first, second) = (hub.NewTopic(), hub.NewTopic());
        var (source, middle) = (hub.Sequence("echo"), hub.Sequence("echo"));
        session.Get($"$a = Publish-ScramjetSequence '{source.Folder}' | Start-ScramjetSequence -OutputTopic {first} -Wait; "
            + $"$b = Publish-ScramjetSequence '{middle.Folder}' | Start-ScramjetSequence -InputTopic {first} -OutputTopic {second} -Wait");
        session.Set("topics", new[] { first, second });
        session.Get("$flow = Get-ScramjetFlow $topics | Sort-Object { $topics.IndexOf($_.Topic) }");
        Assert.Equal([$"{source.Name} {first} {middle.Name}", $"{middle.Name} {second} -"], Rows(session.Get("$flow")));
        Assert.Equal(
            [true, true, true, true, true],
            session.Get(
                "$flow[0].SourceId -eq $a.Id; $flow[0].TargetId -eq $b.Id; $flow[0].SourceHub -eq $a.Hub; $flow[1].GetSource() -eq $b; "
                    + "$null -eq $flow[1].TargetHub")
                .Select(o => o.BaseObject));
        var shown = session.Render("$flow");
        Assert.Matches($@"\n{source.Name}\s.* {first} +{middle.Name} ", shown);
        Assert.Matches($@"\n{middle.Name}\s.* {second} +\(none\)", shown);

        var titles = XDocument.Parse(Picture(session, "Svg", "$topics")).Descendants(s_svg + "text")
            .Where(t => (string?)t.Attribute("class") == "title").Select(t => t.Value);
        Assert.Equal(new[] { source.Name, first, middle.Name, second }.Order(), titles.Order());

        // What has ended provides nothing any more.
        session.Get("$a | Stop-ScramjetInstance -Force -Wait");
        Assert.Equal([$"- {first} {middle.Name}"], Rows(session.Get($"Get-ScramjetFlow {first}")));
    }

    [Fact]
    public void Of_a_hub_that_reports_no_topics_its_space_knows_that_it_provides_them()
    {
        var topic = "test-" + Guid.NewGuid().ToString("N")[..12];
        using var writer = new TestSequence($$"""
            const { PassThrough } = require("stream");
            module.exports = () => Object.assign(new PassThrough({ objectMode: true }), { topic: "{{topic}}", contentType: "application/x-ndjson" });
            """);
        using var session = real.Connect();
        session.Get($"$i = Publish-ScramjetSequence '{writer.Folder}' -Hub sth-1 | Start-ScramjetSequence -Wait");
        try
        {
            session.Get($"do {{ $flow = Get-ScramjetFlow {topic} -ErrorAction Ignore }} until ($flow)");
            var flow = session.Single("$flow");
            Assert.Equal(
                ["sth-1", null, null, topic, "application/x-ndjson", null, "local"],
                new[] { "SourceHub", "Source", "SourceId", "Topic", "ContentType", "TargetHub", "Space" }.Select(name => (string?)flow.Properties[name].Value));
            Assert.Matches($@"\n\(unknown\) +sth-1 +{topic} +\(none\)", session.Render($"Get-ScramjetFlow {topic}"));
            Assert.Contains("[[\"sth-1<br/>hub\"]]", Picture(session, "Mermaid", topic), StringComparison.Ordinal);
            Assert.Single(session.Get($"Get-ScramjetFlow {topic} -Hub sth-1"));
            Assert.StartsWith("NOT_FOUND,", session.Error($"Get-ScramjetFlow {topic} -Hub sth-0").FullyQualifiedErrorId);
        }
        finally
        {
            session.Get("$i | Stop-ScramjetInstance -Force -Wait");
            session.Get($"Remove-ScramjetSequence {writer.Name} -Confirm:$false");
        }
    }

    [Fact]
    public async Task A_space_joins_the_hubs_of_a_topic()
    {
        await using var platform = await AdminPlatform.StartAsync(3, "alpha");
        var instances = platform.Hubs.Select(hub => hub.AddInstance(hub.AddSequence(hub.Id + "-program"))).ToArray();
        SetTopics(platform.Hubs[0], instances[0], "t", null);
        SetTopics(platform.Hubs[1], instances[1], "u", "t");
        SetTopics(platform.Hubs[2], instances[2], "other", null);
        using var session = platform.Connect();
        Assert.Equal(["sth-2-program other -", "sth-0-program t sth-1-program", "sth-1-program u -"], Rows(session.Get("Get-ScramjetFlow")));
        Assert.Equal(["sth-0-program t sth-1-program", "sth-1-program u -"], Rows(session.Get("Get-ScramjetHub sth-0, sth-1 | Get-ScramjetFlow")));
        Assert.Equal(["- t sth-1-program", "sth-1-program u -"], Rows(session.Get("Get-ScramjetFlow -Hub sth-1")));
        Assert.Equal(["sth-2-program other -"], Rows(session.Get("Get-ScramjetFlow o*")));
        Assert.Empty(session.Get("Get-ScramjetFlow x*"));
        Assert.StartsWith("NOT_FOUND,", session.Error("Get-ScramjetFlow x").FullyQualifiedErrorId);
        Assert.StartsWith("BAD_PARAMETERS,", session.Error("Get-ScramjetInstance -Hub sth-0 | Get-ScramjetFlow").FullyQualifiedErrorId);

        // A failing hub is one error, and the others are shown.
        platform.Hubs[0].Intercept = async (exchange, path) =>
        {
            if (path == "/instances")
                await exchange.AnswerAsync(500, """{"error":"on fire"}""");
            return path == "/instances";
        };
        var result = session.Run("Get-ScramjetFlow");
        Assert.Equal("SERVER_ERROR", Engine.Code(Assert.Single(result.Errors)));
        Assert.Equal(["sth-2-program other -", "- t sth-1-program", "sth-1-program u -"], Rows(result.Output));
    }

    [Fact]
    public async Task Names_are_escaped_in_each_format()
    {
        string[] names =
        [
            "a\"b", "c<d>&amp;&lt;e", "back\\slash\\n\\", "#quot;#35;", "`code` **bold** _it_", "x --> y; end", "[({|})]", "%%{init}%%",
            "style n1 fill:red", "end",
            "Ł 漢字 é 😀",
            "-->", "]]>", "\u001b[31m red", "\uffff",
        ];
        var hub = new FakeHub("sth-\"<&>");
        foreach (var name in names)
            SetTopics(hub, hub.AddInstance(hub.AddSequence("sequence " + name)), "topic " + name, null);
        await using var server = hub.Serve();
        using var session = server.Connect();
        string[] expected = [.. names.SelectMany(name => new[] { "sequence " + name, "topic " + name }).Select(n => Regex.Replace(n, @"[\u001b\n]", " "))
            .Order(StringComparer.Ordinal)];

        var svg = XDocument.Parse(Picture(session, "Svg"));
        Assert.Equal(
            expected.Select(name => name.Replace('\uffff', '\ufffd')).Order(StringComparer.Ordinal),
            svg.Descendants(s_svg + "text").Where(t => (string?)t.Attribute("class") == "title").Select(t => t.Value).Order(StringComparer.Ordinal));

        var mermaid = Picture(session, "Mermaid").Split('\n');
        Assert.Equal("flowchart LR", mermaid[0]);
        var node = new Regex("""^    n\d+(?:\[|\(\[)"([^"<>&`;\\]*(?:#\d+;[^"<>&`;\\]*)*)<br/>[^"<>]*"(?:\]|\]\))(?::::open)?$""");
        var labels = mermaid.Skip(1).Where(line => line.Contains('"')).Select(line => Assert.Single(node.Matches(line)).Groups[1].Value);
        Assert.Equal(
            expected,
            labels.Select(l => Regex.Replace(l, @"#(\d+);", m => $"{(char)int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)}"))
                .Order(StringComparer.Ordinal));
        Assert.All(mermaid.Skip(1).Where(line => !line.Contains('"')), line => Assert.Matches(@"^    (?:n\d+ --> n\d+|classDef open [\w:\- ]+)$", line));

        var dot = Picture(session, "Dot").Split('\n');
        Assert.Equal("}", dot[^1]);
        var labelled = new Regex("""^    n\d+ \[label="((?:[^"\\]|\\.)*)\\n(?:[^"\\]|\\.)*"(?:, \w+=[^"]\w*)?(?:, style="rounded(?:,dashed)?")?\]$""");
        var texts = dot.Where(line => line.Contains("label=")).Select(line => Assert.Single(labelled.Matches(line)).Groups[1].Value);
        Assert.Equal(expected, texts.Select(t => WebUtility.HtmlDecode(Regex.Replace(t, @"\\(.)", "$1"))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Hubs_are_groups_and_equal_instances_are_one_box()
    {
        await using var platform = await AdminPlatform.StartAsync(2, "alpha");
        foreach (var hub in platform.Hubs)
        {
            var sequence = hub.AddSequence("worker");
            for (var i = 0; i < 3; i++)
                SetTopics(hub, hub.AddInstance(sequence), "done", "work");
        }

        using var session = platform.Connect();
        Assert.Equal(12, session.Get("Get-ScramjetFlow").Count);
        var mermaid = Picture(session, "Mermaid");
        Assert.Equal(2, Regex.Count(mermaid, "worker<br/>3 instances"));
        Assert.Equal(["sth-0", "sth-1"], Regex.Matches(mermaid, """subgraph g\d\["(.*)"\]""").Select(m => m.Groups[1].Value));
        Assert.Equal(2, Regex.Count(mermaid, "\n    end\n"));
        Assert.Equal(4, Regex.Count(mermaid, " --> "));
        Assert.Matches("""subgraph cluster_g1 \{\n        label="sth-0"\n        n\d+ \[label="worker\\n3 instances"\]\n    \}""", Picture(session, "Dot"));
        Assert.Contains("sth-0 · 3 instances", Picture(session, "Svg"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 4, 3)]
    [InlineData(2, 30, 8)]
    [InlineData(3, 60, 30)]
    [InlineData(4, 60, 6)]
    public async Task A_picture_is_readable_whatever_the_flow(int seed, int count, int topics)
    {
        // With circles, topics without ends, and long names. No box overlaps another, no text leaves its box, and no line crosses a box.
        var random = new Random(seed);
        var hub = new FakeHub("sth-1");
        string? Topic() => random.Next(5) == 0 ? null : $"topic-{random.Next(topics)}" + new string('x', random.Next(3) == 0 ? random.Next(80) : 0);
        for (var i = 0; i < count; i++)
            SetTopics(hub, hub.AddInstance(hub.AddSequence($"漢字 program {i}" + new string('y', random.Next(40)))), Topic(), Topic());
        await using var server = hub.Serve();
        using var session = server.Connect();
        var svg = XDocument.Parse(Picture(session, "Svg")).Root!;
        static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
        var nodes = svg.Elements(s_svg + "g").Select(g => (
            Box: g.Element(s_svg + "rect") is { } r ? (X: Number(r, "x"), Y: Number(r, "y"), W: Number(r, "width"), H: Number(r, "height")) : default,
            Texts: g.Elements(s_svg + "text").ToArray())).ToArray();
        Assert.True(nodes.Length > count / 2);
        for (var i = 0; i < nodes.Length; i++)
        {
            var a = nodes[i].Box;
            Assert.InRange(a.X, 0, Number(svg, "width") - a.W);
            Assert.InRange(a.Y, 0, Number(svg, "height") - a.H);
            Assert.DoesNotContain(nodes.Skip(i + 1), n => n.Box is var b && a.X < b.X + b.W && b.X < a.X + a.W && a.Y < b.Y + b.H && b.Y < a.Y + a.H);
            Assert.All(nodes[i].Texts, t =>
            {
                var half = Number(t, "textLength") / 2;
                Assert.InRange(Number(t, "x"), a.X + half, a.X + a.W - half);
                Assert.InRange(Number(t, "y"), a.Y + 10, a.Y + a.H - 3);
            });
        }

        var lines = svg.Elements(s_svg + "path").Select(p => p.Attribute("d")!.Value).ToArray();
        Assert.NotEmpty(lines);
        const double Inside = 0.5;
        foreach (var point in lines.SelectMany(PointsOf))
        {
            Assert.DoesNotContain(nodes, n => n.Box is var b && point.X > b.X + Inside && point.X < b.X + b.W - Inside
                && point.Y > b.Y + Inside && point.Y < b.Y + b.H - Inside);
        }
    }

    /// <summary>Points along a path of the commands M, H and C.</summary>
    private static IEnumerable<(double X, double Y)> PointsOf(string path)
    {
        const int Steps = 12;
        var (x, y) = (0d, 0d);
        foreach (Match command in Regex.Matches(path, @"([MHC])([^MHC]*)"))
        {
            var words = command.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var n = words.Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray();
            var (x1, y1, x2, y2, x3, y3) = command.Groups[1].Value switch
            {
                "M" => (n[0], n[1], n[0], n[1], n[0], n[1]),
                "H" => (x, y, n[0], y, n[0], y),
                _ => (n[0], n[1], n[2], n[3], n[4], n[5]),
            };
            for (var i = command.Groups[1].Value == "M" ? Steps : 0; i <= Steps; i++)
            {
                var (t, u) = ((double)i / Steps, 1 - (double)i / Steps);
                yield return (
                    u * u * u * x + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t * t * t * x3,
                    u * u * u * y + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t * t * t * y3);
            }

            (x, y) = (x3, y3);
        }
    }

    [Theory]
    [InlineData("Mermaid")]
    [InlineData("Dot")]
    [InlineData("Svg")]
    public async Task After_an_error_there_is_a_picture_only_of_what_was_found(string format)
    {
        await using var platform = await AdminPlatform.StartAsync(2, "alpha");
        using var session = platform.Connect();
        var isBroken = true;
        foreach (var hub in platform.Hubs)
        {
            hub.Intercept = async (exchange, path) =>
            {
                var fails = isBroken && path == "/instances";
                if (fails)
                    await exchange.AnswerAsync(500, """{"error":"on fire"}""");
                return fails;
            };
        }

        Assert.Equal("SERVER_ERROR", Engine.Code(session.Run($"Get-ScramjetFlow -As {format}").Errors[0]));
        foreach (var script in new[] { "Get-ScramjetFlow", "Get-ScramjetFlow nothing", "Get-ScramjetFlow -Hub nothing", "Get-ScramjetHub | Get-ScramjetFlow" })
        {
            var result = session.Run($"{script} -As {format}");
            Assert.NotEmpty(result.Errors);
            Assert.Empty(result.Output);
        }

        isBroken = false;
        Assert.Empty(session.Run($"Get-ScramjetFlow nothing -As {format}").Output);
        Assert.Empty(session.Get($"Get-ScramjetFlow -Hub nothing* -As {format}"));
        SetTopics(platform.Hubs[0], platform.Hubs[0].AddInstance(platform.Hubs[0].AddSequence("worker")), "done", null);
        var found = session.Run($"Get-ScramjetFlow done, nothing -As {format}");
        Assert.Equal("NOT_FOUND", Engine.Code(Assert.Single(found.Errors)));
        Assert.Contains("worker", Assert.Single(found.Output).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_the_characters_of_a_wildcard_is_that_topic()
    {
        var hub = new FakeHub("sth-1");
        foreach (var name in new[] { "[x]", "x", "a*", "ab" })
        {
            hub.Topic(name, "text/plain");
            SetTopics(hub, hub.AddInstance(hub.AddSequence("program")), name, null);
        }

        await using var server = hub.Serve();
        using var session = server.Connect();
        foreach (var command in new[] { "Get-ScramjetFlow", "Get-ScramjetTopic" })
        {
            var property = command == "Get-ScramjetFlow" ? "Topic" : "Name";
            string[] Topics(string name) => [.. session.Get($"({command} '{name}').{property}").Select(t => t.ToString()!).Order(StringComparer.Ordinal)];
            Assert.Equal(["[x]"], Topics("[x]"));
            Assert.Equal(["[x]"], Topics("`[x`]"));
            Assert.Equal(["x"], Topics("[xy]"));
            Assert.Equal(["a*"], Topics("a*"));
            Assert.Equal(["a*"], Topics("a`*"));
            Assert.Equal(["a*", "ab"], Topics("a?"));
        }

        Assert.Equal(["[x]"], session.Get("Get-ScramjetFlow '[x]' | Get-ScramjetTopic").Select(t => t.Properties["Name"].Value));
    }

    [Fact]
    public async Task No_topics_are_an_empty_picture()
    {
        await using var server = new FakeHub("sth-1").Serve();
        using var session = server.Connect();
        Assert.Empty(session.Get("Get-ScramjetFlow"));
        Assert.Equal("flowchart LR", Picture(session, "Mermaid"));
        Assert.EndsWith("}", Picture(session, "Dot"), StringComparison.Ordinal);
        Assert.Empty(XDocument.Parse(Picture(session, "Svg")).Descendants(s_svg + "g"));
    }
}
