using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Logs and audits: their filters, the merge by time, what follows the history, and the view.</summary>
public sealed class LogTests(RealPlatform real)
{
    private const string Start = "Publish-ScramjetSequence $folder | Start-ScramjetSequence -Wait";
    private const string WaitReady = "Receive-ScramjetEvent ready -WaitTimeoutSec 60 | Out-Null";

    private static string[] Messages(IEnumerable<PSObject> entries) => [.. entries.Select(e => (string)e.Properties["Message"].Value)];

    private static string Entry(string message, long time, string level = "INFO", string source = "Host") =>
        $$"""{"msg":"{{message}}","level":"{{level}}","ts":{{time}},"from":"{{source}}"}""" + "\n";

    /// <summary>Serves a hub whose log is as given, and stays open.</summary>
    private static FaultServer Serve(string id, params string[] lines)
    {
        var hub = new FakeHub(id);
        hub.Intercept = async (exchange, path) =>
        {
            if (path != "/log")
                return false;
            await exchange.BeginChunkedAsync();
            foreach (var line in lines)
                await exchange.SendChunkAsync(line);
            await exchange.LeftAsync();
            return true;
        };
        return hub.Serve();
    }

    private static async Task<(Engine Session, FaultServer Server)> ConnectAsync(params string[] lines)
    {
        var server = Serve("sth-0", lines);
        var session = new Engine();
        await Task.Run(() => session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri} -Name sth-0"));
        return (session, server);
    }

    [Theory]
    [EachHub]
    public async Task A_long_history_is_complete(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        session.Set("folder", hub.Sequence("logs").Folder);
        session.Get($"$i = {Start} -ArgumentList 5000; $i | {WaitReady}");
        var messages = Messages(session.Get("$i | Get-ScramjetLog -Source Sequence"));
        Assert.Equal(Enumerable.Range(0, 5000).Select(n => $"line {n}").Append("ready"), messages);
    }

    [Fact]
    public async Task A_long_history_is_complete_when_its_process_pauses()
    {
        TaskCompletionSource? checkedAlive = null;
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("logs"), id: "i");
        hub.Intercept = async (exchange, path) =>
        {
            if (path == "/version")
                checkedAlive?.TrySetResult();
            if (path != "/instance/i/log")
                return false;
            var history = Enumerable.Range(0, 500).Select(n => Written($"line {n}"));
            checkedAlive = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await exchange.BeginChunkedAsync();
            await exchange.SendChunkAsync(string.Concat(history));

            // The process, which holds the rest, gets no processor time for a moment. The hub does, and responds.
            await checkedAlive.Task;
            await Task.Delay(250, exchange.Stopped);
            await exchange.SendChunkAsync(Written("the last"));
            await exchange.LeftAsync();
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        Assert.Equal("the last", Messages(session.Get("Get-ScramjetInstance i | Get-ScramjetLog"))[^1]);

        static string Written(string message) => Entry(message, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), source: "Sequence");
    }

    [Theory]
    [EachHub]
    public async Task Followed_entries_come_after_the_last_ones_of_the_history(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        session.Set("folder", hub.Sequence("logs").Folder);
        session.Get($"$i = {Start} -ArgumentList 20; $i | {WaitReady}");
        var messages = Messages(session.Get("""
            foreach ($once in 1) {
                $i | Get-ScramjetLog -Follow -Tail 2 -Source Sequence | ForEach-Object {
                    $_
                    if ($_.Message -eq 'ready') { $i | Send-ScramjetEvent log 'more' }
                    if ($_.Message -eq 'more') { break }
                }
            }
            """));
        Assert.Equal(["line 19", "ready", "more"], messages);
    }

    [Theory]
    [EachHub]
    public async Task Instances_that_start_later_join_a_followed_sequence(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("logs");
        session.Set("folder", sequence.Folder);
        session.Set("name", sequence.Name);
        session.Get($"$i = {Start}");
        var entries = session.Get("""
            foreach ($once in 1) {
                $seen = 0
                Get-ScramjetLog -Sequence $name -Follow -Source Sequence -Match ready | ForEach-Object {
                    $_
                    if (++$seen -eq 1) { $i | Stop-ScramjetInstance -GracePeriodSec 1; Start-ScramjetSequence $name | Out-Null } else { break }
                }
            }
            """);
        Assert.Equal(["ready", "ready"], Messages(entries));
        Assert.Equal(2, entries.Select(e => e.Properties["Instance"].Value).Distinct().Count());
        Assert.All(entries, e => Assert.Equal(sequence.Name, e.Properties["Sequence"].Value));
    }

    [Theory]
    [EachHub]
    public async Task Instances_that_end_leave_a_followed_log_without_an_error(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, TimeSpan.FromSeconds(0.1));
        using var session = hub.Connect();
        session.Set("folder", hub.Sequence("logs").Folder);
        session.Get($"$s = Publish-ScramjetSequence $folder; $two = 1..2 | ForEach-Object {{ $s | Start-ScramjetSequence -Wait }}");
        var result = session.Run("""
            $two | Get-ScramjetLog -Follow -Source Sequence -Match ready | ForEach-Object {
                $_
                Get-ScramjetInstance $_.Instance | Stop-ScramjetInstance -Force
            }
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(2, result.Output.Count);
    }

    [Fact]
    public async Task Existing_entries_of_several_hubs_are_merged_by_time()
    {
        await using var one = Serve("sth-0", Entry("a", 1000), Entry("d", 4000), "    at line 1\n", "    at line 2\n", Entry("e", 5000));
        await using var two = Serve("sth-1", Entry("b", 2000), Entry("c", 3000), Entry("d too", 4001), Entry("f", 6000));
        using var session = new Engine();
        session.Get($"Connect-ScramjetPlatform -HubUri {one.BaseUri} -Name one; Connect-ScramjetPlatform -HubUri {two.BaseUri} -Name two");
        var messages = Messages(session.Get("Get-ScramjetConnection | Sort-Object Name | Get-ScramjetLog"));
        Assert.Equal(["a", "b", "c", "d", "    at line 1", "    at line 2", "d too", "e", "f"], messages);
    }

    [Fact]
    public async Task Existing_entries_in_the_log_of_a_space_are_merged_by_time()
    {
        await using var platform = FakePlatform.Of(1);
        using var session = new Engine();
        string Line(string hub, string entry) => $"{hub}: {entry}";
        await using var server = new FaultServer(async exchange =>
        {
            if (!exchange.Target.EndsWith("/log", StringComparison.Ordinal))
            {
                await exchange.AnswerAsync(
                    200,
                    exchange.Target.EndsWith("/spaces", StringComparison.Ordinal) ? """[{"id":"org-1-manager"}]""" : """{"version":"1.0"}""");
                return;
            }

            await exchange.BeginChunkedAsync();
            await exchange.SendChunkAsync(
                Line("sth-0", Entry("a", 1000)) + Line("sth-0", Entry("c", 3000)) + Line("sth-0", "  at c\n")
                    + Line("sth-1", Entry("b", 2000)) + Line("sth-1", Entry("d", 4000)));
            await exchange.LeftAsync();
        });
        session.Get($"Connect-ScramjetPlatform {server.BaseUri} -AccessToken t");
        Assert.Equal(["a", "b", "c", "  at c", "d"], Messages(session.Get("Get-ScramjetSpace | Get-ScramjetLog")));
        Assert.Equal(["c", "  at c", "d"], Messages(session.Get("Get-ScramjetSpace | Get-ScramjetLog -Tail 2")));
    }

    [Fact]
    public async Task Filters_select_entries_with_the_lines_that_continue_them()
    {
        var now = DateTimeOffset.UtcNow;
        var (session, server) = await ConnectAsync(
            Entry("old", now.AddHours(-2).ToUnixTimeMilliseconds(), "ERROR", "Runner"),
            "  at old\n",
            Entry("new", now.AddMinutes(-1).ToUnixTimeMilliseconds(), "WARN", "Runner"),
            "  at new\n",
            Entry("newest", now.ToUnixTimeMilliseconds(), "DEBUG"));
        await using var _ = server;
        using var __ = session;
        string[] Get(string parameters) => Messages(session.Get("Get-ScramjetLog " + parameters));
        Assert.Equal(["new", "  at new", "newest"], Get("-Since 1h"));
        Assert.Equal(["new", "  at new", "newest"], Get("-Since ([TimeSpan]::FromMinutes(5))"));
        Assert.Equal(["newest"], Get("-Since (Get-Date).AddSeconds(-30)"));

        // PowerShell reads these as numbers.
        Assert.Equal(["newest"], Get("-Since 30s"));
        Assert.Equal(["old", "  at old", "new", "  at new", "newest"], Get("-Since 2d"));
        Assert.Equal(["new", "  at new", "newest"], Get("-Since ([DateTimeOffset]::Now.AddHours(-1))"));
        Assert.Equal(["old", "  at old", "new", "  at new", "newest"], Get("-Since 1d3h"));
        Assert.Equal(["old", "  at old"], Get("-Level Error"));
        Assert.Equal(["newest"], Get("-Source H*, Sequence"));
        Assert.Equal(["old", "  at old"], Get("-Match ^OLD"));
        Assert.Equal(["  at new"], Get("-Match 'at new'"));
        Assert.Equal(["new", "  at new", "newest"], Get("-Tail 2"));
        Assert.Empty(Get("-Tail 0"));
        Assert.Equal("  at new", session.Get("Get-ScramjetLog -Raw -Match 'at new'").Single().BaseObject);
        Assert.All(session.Get("Get-ScramjetLog -Match ^new$"), e => Assert.Equal("Warn", e.Properties["Level"].Value));
    }

    [Theory]
    [InlineData("Get-ScramjetLog -Match '(a'")]
    [InlineData("Get-ScramjetLog -Source '[a'")]
    [InlineData("Get-ScramjetAudit -Operation '[a'")]
    public void A_pattern_that_is_not_valid_is_an_error_at_once(string script)
    {
        using var session = new Engine();
        Assert.Equal("BAD_PARAMETERS", Code(session.Error(script)));
    }

    [Theory]
    [InlineData("yesterday afternoon")]
    [InlineData("5x")]
    [InlineData("999999999d")]
    public void A_time_that_cannot_be_read_is_an_error_that_names_the_forms(string time)
    {
        using var session = new Engine();
        var error = session.Error($"Get-ScramjetLog -Since '{time}'");
        Assert.StartsWith("ParameterArgumentTransformationError", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(time, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_view_wraps_messages_below_one_another()
    {
        var (session, server) = await ConnectAsync(
            Entry(string.Join(" ", Enumerable.Repeat("word", 40)), 0, "WARN").Replace("\"Host\"", "\"Host\",\"data\":[7]", StringComparison.Ordinal),
            "  at something\n");
        await using var _ = server;
        using var __ = session;
        foreach (var width in new[] { 80, 120, 200 })
        {
            session.Set("width", width);
            var lines = session.Single("Get-ScramjetLog | Out-String -Width $width").ToString().Split('\n').Select(l => l.TrimEnd('\r'))
                .Where(l => l.Length > 0).ToArray();
            Assert.All(lines, l => Assert.InRange(l.Length, 1, width));
            Assert.Matches(@"^\d\d:\d\d:00\.000 WARN  sth-0 Host: word word", lines[0]);
            Assert.All(lines.Skip(1), l => Assert.StartsWith(new string(' ', 13), l, StringComparison.Ordinal));
            Assert.Equal("at something", lines[^1].Trim());

            // Nothing is cut off.
            var text = string.Concat(lines[..^1].Select(l => l.Length > 13 ? l[13..] : "")).Replace(" ", "", StringComparison.Ordinal);
            Assert.EndsWith(string.Concat(Enumerable.Repeat("word", 40)) + "7", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Levels_and_instances_have_colors_unless_output_is_plain_text()
    {
        const string Id = "11111111-2222-3333-4444-555555555555";
        var line = Entry("one", 0, "ERROR", "Runner").Replace("\"from\"", $$"""
            "Runner":{"id":"{{Id}}"},"from"
            """.Trim(), StringComparison.Ordinal);
        await using var server = Serve("sth-0", line);
        using var session = new Engine(colors: true);
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        var colored = session.Render("Get-ScramjetLog");
        Assert.Contains("\u001b[31mERROR\u001b[0m", colored, StringComparison.Ordinal);
        Assert.Matches("\u001b\\[[0-9;]+m11111111\u001b\\[0m", colored);
        Assert.Equal(colored, session.Render("Get-ScramjetLog"));
        var plain = session.Render("$PSStyle.OutputRendering = 'PlainText'; Get-ScramjetLog");
        Assert.DoesNotContain("\u001b[31m", plain, StringComparison.Ordinal);
        Assert.Contains("ERROR 11111111 Runner: one", plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_history_is_not_waited_for_on_a_busy_hub()
    {
        var hub = new FakeHub("sth-0");
        hub.Intercept = async (exchange, path) =>
        {
            if (path != "/log")
                return false;
            await exchange.BeginChunkedAsync();
            await exchange.SendChunkAsync(Entry("first", DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds()));
            while (!exchange.LeftAsync().IsCompleted)
            {
                await exchange.SendChunkAsync(Entry("busy", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
                await Task.Delay(5, exchange.Stopped);
            }

            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        Assert.Equal("first", Messages(session.Get("Get-ScramjetLog"))[0]);

        // With -Follow, the tail of the history ends too.
        Assert.Equal("busy", Messages(session.Get("Get-ScramjetLog -Follow -Tail 3 | Select-Object -First 1"))[0]);
    }

    [Fact]
    public async Task A_line_without_an_end_is_returned_once_no_more_of_it_comes()
    {
        var (session, server) = await ConnectAsync(Entry("whole", 1000), "the last one");
        await using var _ = server;
        using var __ = session;
        Assert.Equal(["whole", "the last one"], Messages(session.Get("Get-ScramjetLog")));
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Audits_are_selected_by_operation_object_and_time(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("folder", sequence.Folder);
        session.Set("name", sequence.Name);
        session.Get($"$i = {Start}; $i | Get-ScramjetHealth | Out-Null; $i | Send-ScramjetEvent x");
        string[] Get(string script) => [.. session.Get(script).Select(e => (string)e.Properties["Operation"].Value).Distinct().Order(StringComparer.Ordinal)];
        Assert.Superset(new HashSet<string> { "Instance get health", "Instance send event", "Instance started" }, Get("Get-ScramjetAudit $i").ToHashSet());
        Assert.DoesNotContain(Get("Get-ScramjetAudit $i.Id -ExcludeRead"), o => o.Contains(" get", StringComparison.Ordinal));
        Assert.Equal(["Instance send event"], Get("$i | Get-ScramjetAudit -Operation '*event*'"));
        Assert.Contains("Sequence start", Get("Get-ScramjetAudit -Sequence $name -Operation 'Sequence *', 'Instance started'"));
        Assert.Empty(Get("Get-ScramjetAudit $i -Since (Get-Date).AddHours(1)"));
        Assert.Contains("Instance started", Get("Get-ScramjetAudit $i -Since 1h"));
        Assert.Single(session.Get("Get-ScramjetAudit $i -Tail 1"));
    }
}
