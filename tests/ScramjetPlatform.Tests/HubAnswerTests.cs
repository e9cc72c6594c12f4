using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Objects contain what hubs report, and no values that hubs don't report.</summary>
public sealed class HubAnswerTests(RealPlatform real) : IDisposable
{
    private const string Json = "application/x-ndjson";
    private const string Text = "text/plain";

    /// <summary>The response of a 1.0.1 hub whose disk usage is 15 % without the space that is reserved for the system.</summary>
    private const string Load = """
        {"avgLoad":0.86,"currentLoad":2.9,"memFree":24749570785.280003,"memUsed":526940897.28,"fsSize":[
        {"fs":"/","available":83814522880,"size":270553174016,"used":14749249536,"use":0.054515159874368196},
        {"fs":"/root","available":83814522880,"size":270553174016,"used":14749249536,"use":0.054515159874368196}]}
        """;

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private static object? Value(PSObject o, string name) => o.Properties[name].Value;

    private static Func<FaultServer.Exchange, string, Task<bool>> Answer(params (string Path, string Body)[] answers) => async (exchange, path) =>
    {
        if (exchange.Method != "GET" || answers.FirstOrDefault(a => a.Path == path).Body is not { } body)
            return false;

        await exchange.AnswerAsync(200, body);
        return true;
    };

    private FaultServer Alone(FakeHub hub)
    {
        var server = hub.Serve();
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        return server;
    }

    [Theory]
    [EachHub]
    public async Task A_standalone_hub_has_its_version_and_no_unknown_values(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        session.Set("uri", hub.BaseUri + "/version");
        var version = session.Single("(Invoke-RestMethod $uri).version").BaseObject;
        var told = session.Single("Get-ScramjetHub");
        Assert.Equal(("Running", version), (Value(told, "Status"), Value(told, "Version")));
        Assert.All(["Healthy", "SelfHosted"], name => Assert.Null(Value(told, name)));
        if (which == TestHub.Npm)
            Assert.All(["Connected", "Description", "Space"], name => Assert.Null(Value(told, name)));
        Assert.Contains((string)version, session.Render("Get-ScramjetHub"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"cpm":{}}""", null, null)]
    [InlineData("""{"cpm":{"connected":true,"cpmId":"lab"}}""", true, "lab")]
    [InlineData("""{"cpm":{"connected":false,"cpmId":"lab"}}""", false, "lab")]
    public async Task A_standalone_hub_reports_its_space(string status, bool? connected, string? space)
    {
        var hub = new FakeHub("mine");
        hub.AddInstance(hub.AddSequence("hello"));
        hub.Intercept = Answer(("/status", status), ("/config", """{"description":"The one in the corner","tags":["red","fast"],"host":{"id":"mine"}}"""));
        await using var server = Alone(hub);
        var told = _engine.Single("Get-ScramjetHub");
        Assert.Equal(("mine", "1.0.1", "The one in the corner"), (Value(told, "Id"), Value(told, "Version"), Value(told, "Description")));
        Assert.Equal(["red", "fast"], (IEnumerable<string>)Value(told, "Tags")!);
        Assert.Equal(
            ("Running", null, null, connected, space),
            (Value(told, "Status"), Value(told, "Healthy"), Value(told, "SelfHosted"), Value(told, "Connected"), Value(told, "Space")));

        // The hub was requested directly, so it can be requested again, regardless of its space.
        Assert.Single(_engine.Get("Get-ScramjetHub | Get-ScramjetInstance"));
        Assert.Equal(3, _engine.Get("Get-ScramjetHub | Show-ScramjetTree").Count);
    }

    [Fact]
    public async Task A_standalone_hub_is_returned_without_details_that_it_refuses()
    {
        var hub = new FakeHub("mine");
        hub.Intercept = async (exchange, path) =>
        {
            if (path == "/status")
                await exchange.AnswerAsync(500, """{"error":"on fire"}""");
            return path == "/status";
        };
        await using var server = Alone(hub);
        var told = _engine.Single("Get-ScramjetHub");
        Assert.Equal(("mine", "1.0.1", null), (Value(told, "Id"), Value(told, "Version"), Value(told, "Connected")));
    }

    [Fact]
    public void Hubs_of_a_space_have_their_versions()
    {
        using var session = real.Connect();
        Assert.Equal([RealPlatform.HubVersion, RealPlatform.HubVersion], session.Get("Get-ScramjetHub | ForEach-Object Version").Select(v => v.BaseObject));
        Assert.Equal(RealPlatform.HubVersion, Value(session.Single("Get-ScramjetHub sth-1 | Get-ScramjetHub"), "Version"));
    }

    [Fact]
    public async Task Only_Get_ScramjetHub_requests_versions_once()
    {
        await using var platform = FakePlatform.Of(20, hub => hub.Intercept = async (exchange, path) =>
        {
            if (path != "/version" || hub.Id is not ("sth-7" or "sth-8"))
                return false;

            await (hub.Id == "sth-7" ? exchange.AnswerAsync(500, """{"error":"on fire"}""") : exchange.SilenceAsync());
            return true;
        });
        platform.Disconnected.Add("sth-3");
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        string[] AskedForVersions() =>
            [
                .. platform.Server.Requests.Select(r => r.Target)
                    .Where(t => t.Contains("/sth/", StringComparison.Ordinal) && t.EndsWith("/version", StringComparison.Ordinal)).Distinct()];

        _engine.Run("Get-ScramjetInstance; Get-ScramjetSequence; Set-ScramjetContext -Hub sth-1; Clear-ScramjetContext");
        Assert.Empty(AskedForVersions());

        var hubs = _engine.Get("Get-ScramjetHub");
        Assert.Equal(20, hubs.Count);
        Assert.All(hubs, h => Assert.Equal((string)Value(h, "Id")! is "sth-3" or "sth-7" or "sth-8" ? null : "1.0.1", Value(h, "Version")));
        Assert.Equal(19, AskedForVersions().Length);

        var before = platform.Server.Requests.Count(r => r.Target.EndsWith("/sth-1/api/v1/version", StringComparison.Ordinal));
        platform.Hubs[1].Version = "1.2.0";
        Assert.Equal("1.0.1", Value(_engine.Single("Get-ScramjetHub sth-1"), "Version"));
        Assert.Equal(before, platform.Server.Requests.Count(r => r.Target.EndsWith("/sth-1/api/v1/version", StringComparison.Ordinal)));

        // A hub that has reconnected may have another version.
        platform.LastConnected["sth-1"] = "2026-11-25T01:00:00.000Z";
        Assert.Equal("1.2.0", Value(_engine.Single("Get-ScramjetHub sth-1"), "Version"));
    }

    [Theory]
    [EachHub]
    public async Task An_instance_keeps_the_known_properties_of_its_sequence(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("echo");
        session.Set("folder", sequence.Folder);
        session.Set("name", sequence.Name);
        session.Get(
            "$ProgressPreference = 'SilentlyContinue'; $sequence = Publish-ScramjetSequence $folder; $started = $sequence | Start-ScramjetSequence -Wait");
        foreach (var script in new[] { "$started", "Get-ScramjetInstance -Sequence $name", "$started | Stop-ScramjetInstance -Force -PassThru" })
        {
            var instance = session.Single(script);
            Assert.Equal(
                (sequence.Name, session.Single("$sequence.Version").BaseObject),
                (Value(instance, "SequenceName"), Value(instance, "SequenceVersion")));
            Assert.Equal(session.Single("$sequence").Properties["Location"].Value, Value(instance, "Location"));
        }

        Assert.Equal(session.Single("$sequence.Config.entrypointPath").BaseObject, session.Single("$started.SequenceConfig.entrypointPath").BaseObject);
    }

    [Fact]
    public async Task A_load_has_the_values_of_a_newer_hub()
    {
        await using var server = Alone(new FakeHub("mine") { Intercept = Answer(("/load-check", Load)) });
        var load = _engine.Single("Get-ScramjetLoad");
        Assert.Equal(
            (0.86, 2.9, null, 24749570785L, 526940897L),
            (Value(load, "AverageLoad"), Value(load, "CurrentLoad"), Value(load, "CpuPercent"), Value(load, "MemoryFree"), Value(load, "MemoryUsed")));
        Assert.Equal(5.4515159874368196, (double)Value(load, "DiskPercent")!, 9);
        Assert.Equal(
            ["/ 0.054515159874368196", "/root 0.054515159874368196"],
            _engine.Get("(Get-ScramjetLoad).FileSystems | ForEach-Object { '{0} {1:r}' -f $_.FileSystem, $_.Use }").Select(v => v.BaseObject));
        Assert.Matches(@"mine +2\.90 +0\.86 +502\.5 MB +23\.0 GB +5 ", _engine.Render("Get-ScramjetLoad"));
        Assert.Matches(@"mine +Running +2\.90 +2% ", _engine.Render("Show-ScramjetTree"));
        Assert.Equal(2.9, _engine.Single("(Show-ScramjetTree).LoadAverage").BaseObject);
    }

    [Theory]
    [EachHub]
    public async Task A_load_has_the_values_of_the_hub(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        session.Set("uri", hub.BaseUri + "/load-check");
        session.Get("$load = Get-ScramjetLoad; $answer = Invoke-RestMethod $uri");
        Assert.Equal(session.Get("$answer.fsSize.fs").Select(f => f.BaseObject), session.Get("$load.FileSystems.FileSystem").Select(f => f.BaseObject));

        // The usage of the disk can change between the two.
        var answered = (double)session.Single("[double]$answer.fsSize[0].use * $(if ($answer.fsSize[0].use -lt 1) { 100 } else { 1 })").BaseObject;
        Assert.InRange((double)session.Single("$load.FileSystems[0].UsedPercent").BaseObject, answered - 2, answered + 2);
        Assert.Equal(which == TestHub.Npm, session.Single("$load").Properties["CpuPercent"].Value is double);
        Assert.NotNull(session.Single("$load").Properties["CurrentLoad"].Value);
    }

    [Fact]
    public async Task The_size_of_the_JSON_of_a_tree_is_proportional_to_the_tree()
    {
        double[] perNode = [.. await Task.WhenAll(new[] { 2, 12 }.Select(async hubs =>
        {
            await using var platform = FakePlatform.Of(hubs);
            using var session = platform.Connect();
            var result = session.Run("Show-ScramjetTree | ConvertTo-Json");
            Assert.Empty(result.Warnings);
            var json = (string)Assert.Single(result.Output).BaseObject;
            Assert.Equal(1 + (3 * hubs), JsonDocument.Parse(json).RootElement.GetArrayLength());
            return (double)json.Length / (1 + (3 * hubs));
        }))];
        Assert.InRange(perNode[1], 0.8 * perNode[0], 1.2 * perNode[0]);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task The_error_for_a_wrong_content_type_of_a_topic_contains_the_right_one(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var name = "t" + Guid.NewGuid().ToString("N")[..8];
        session.Get($"New-ScramjetTopic {name}; New-ScramjetTopic {name}-text text/plain; New-ScramjetTopic {name}-bytes application/octet-stream");
        foreach (var (script, topic, right, wrong) in new[]
        {
            ($"'x' | Send-ScramjetTopicData {name}", name, Json, Text),
            ($"@{{ a = 1 }} | Send-ScramjetTopicData {name}-text", name + "-text", Text, Json),
            ($"Receive-ScramjetTopicData {name} -ContentType text/plain -DurationSec 30", name, Json, Text),
            ($"Receive-ScramjetTopicData {name}-text -ContentType application/x-ndjson -DurationSec 30", name + "-text", Text, Json),
        })
        {
            var error = session.Error(script);
            Assert.Equal("BAD_PARAMETERS", Code(error));
            Assert.Contains($"The topic '{topic}' on ", error.ToString(), StringComparison.Ordinal);
            Assert.Contains($" has the content type {right}, not {wrong}.", error.ToString(), StringComparison.Ordinal);
            Assert.Contains(right, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }

        // No data of another type was sent, and a reader uses the content type of the topic.
        session.Get(
            $"@{{ city = 'Gdynia' }} | Send-ScramjetTopicData {name}; '1', '2' | Send-ScramjetTopicData {name}-text; ,[byte[]](0, 255, 10) | "
                + $"Send-ScramjetTopicData {name}-bytes");
        Assert.Equal("Gdynia", Value(session.Single($"Receive-ScramjetTopicData {name} -First 1"), "city"));
        Assert.Equal(["1", "2"], session.Get($"Receive-ScramjetTopicData {name}-text -First 2").Select(v => v.BaseObject));
        Assert.Equal(
            [0, 255, 10],
            session.Get($"$bytes = @(); while ($bytes.Count -lt 3) {{ $bytes += Receive-ScramjetTopicData {name}-bytes -First 1 -DurationSec 60 }}; $bytes")
                .Select(b => (byte)b.BaseObject));
        session.Get($"'{name}', '{name}-text', '{name}-bytes' | ForEach-Object {{ Remove-ScramjetTopic $_ -Confirm:$false }}");
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_topic_is_used_and_removed_with_each_name_that_hubs_accept(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var name = hub.NewTopic() + "_A+1";
        session.Get($"New-ScramjetTopic '{name}' text/plain; 'hi' | Send-ScramjetTopicData '{name}'");
        Assert.Equal("hi", session.Single($"Receive-ScramjetTopicData '{name}' -First 1").BaseObject);
        var existing = session.Error($"New-ScramjetTopic '{name}'");
        Assert.Equal("ALREADY_EXISTS", Code(existing));
        Assert.Contains("' with the content type text/plain.", existing.ToString(), StringComparison.Ordinal);
        session.Get($"Remove-ScramjetTopic '{name}' -Confirm:$false");
        Assert.Empty(session.Get($"Get-ScramjetTopic '{name}*'"));

        foreach (var other in new[] { "a.b", "a b" })
        {
            Assert.Equal("NOT_FOUND", Code(session.Error($"Remove-ScramjetTopic '{other}' -Confirm:$false")));
            foreach (var command in new[] { "New-ScramjetTopic '{0}' -WhatIf", "1 | Send-ScramjetTopicData '{0}'", "Receive-ScramjetTopicData '{0}'" })
            {
                var rejected = session.Error(string.Format(CultureInfo.InvariantCulture, command, other));
                Assert.Equal("BAD_PARAMETERS", Code(rejected));
                Assert.Equal($"Hubs don't accept the topic name '{other}'.", rejected.ToString());
                Assert.Equal("Use a name with letters from a to z, digits, '-', '_' and '+' only.", rejected.ErrorDetails.RecommendedAction);
            }
        }

        // An instance leaves its topic, which stays.
        session.Get($"Publish-ScramjetSequence '{hub.Sequence("wait").Folder}' | Start-ScramjetSequence -OutputTopic '[x]' -Wait |"
            + " Stop-ScramjetInstance -Force -RemoveImmediately -PassThru | Wait-ScramjetInstance -Status Gone");
        var error = session.Error("Remove-ScramjetTopic '[x]' -Confirm:$false");
        Assert.Equal("NOT_SUPPORTED", Code(error));
        Assert.Contains("can't remove the topic '[x]': it accepts only names with", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Topics_are_removed_by_names_and_wildcards_and_not_by_the_beginning_of_a_name(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var name = hub.NewTopic();
        session.Set("names", new[] { name + "-one", name + "-two", name + "-three", name + "-four" });
        session.Get("$names | ForEach-Object { New-ScramjetTopic $_ | Out-Null }");
        Assert.Equal("NOT_FOUND", Code(session.Error($"Remove-ScramjetTopic {name}-o -Confirm:$false")));
        Assert.Equal("NOT_FOUND", Code(session.Error($"Remove-ScramjetTopic {name}-five -WhatIf")));
        session.Get($"Remove-ScramjetTopic {name}-t* -Confirm:$false");
        Assert.Equal([name + "-four", name + "-one"], session.Get($"Get-ScramjetTopic {name}* | Sort-Object Name").Select(t => Value(t, "Name")));
        session.Get($"Remove-ScramjetTopic {name}-one, {name}-four -Confirm:$false");
        Assert.Empty(session.Get($"Get-ScramjetTopic {name}*"));
    }

    [Fact]
    public void The_error_for_a_wrong_content_type_of_a_topic_of_a_space_contains_the_right_one()
    {
        using var session = real.Connect();
        var name = "t" + Guid.NewGuid().ToString("N")[..8];
        session.Get($"@{{ a = 1 }} | Send-ScramjetTopicData {name}");
        Assert.Contains($"has the content type {Json}, not {Text}", session.Error($"'x' | Send-ScramjetTopicData {name}").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_error_of_a_topic_is_reported_unchanged()
    {
        var hub = new FakeHub("mine");
        hub.Intercept = async (exchange, path) =>
        {
            if (path == "/topic/cities")
                await exchange.AnswerAsync(500, """{"error":"on fire"}""");
            return path == "/topic/cities";
        };
        await using var server = Alone(hub);
        _engine.Get("New-ScramjetTopic cities");
        foreach (var script in new[] { "Receive-ScramjetTopicData cities", "@{ a = 1 } | Send-ScramjetTopicData cities" })
            Assert.Equal("SERVER_ERROR", Code(_engine.Error(script)));
    }
}
