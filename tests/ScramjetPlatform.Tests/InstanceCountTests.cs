using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Invoke-ScramjetSequence with several instances: they share the records, no record is lost without an error, and nothing is left behind.</summary>
public sealed class InstanceCountTests(RealPlatform real)
{
    /// <summary>Objects with the numbers from 1.</summary>
    private static string Numbers(int count, string more = "") => $"1..{count} | ForEach-Object {{ [pscustomobject]@{{ n = $_; {more} }} }}";

    private static long[] NumbersOf(IEnumerable<object?> items) =>
        [.. items.Select(i => LanguagePrimitives.ConvertTo<long>(PSObject.AsPSObject(i).Properties["n"].Value))];

    private static long[] All(int count) => [.. Enumerable.Range(1, count).Select(n => (long)n)];

    /// <summary>The number of records that an instance had taken, as its error tells.</summary>
    private static int TakenOf(ErrorRecord error) =>
        int.Parse(Regex.Match(error.ToString(), @"had taken (\d+) records").Groups[1].Value, CultureInfo.InvariantCulture);

    private static string NewFile() => Path.Combine(Path.GetTempPath(), "scramjet-test-" + Guid.NewGuid().ToString("N"));

    /// <summary>The real hubs, whose instances are processes.</summary>
    public static IEnumerable<TheoryDataRow<TestHub>> RealHubs() => HubUnderTest.All().Where(row => row.Data != TestHub.StandIn);

    public static IEnumerable<TheoryDataRow<TestHub, string>> RealHubsEachWay() =>
        RealHubs().SelectMany(row => new[] { "", "-Ordered", "-Ordered -Retry 1" }.Select(way => new TheoryDataRow<TestHub, string>(row.Data, way)));

    /// <summary>Waits until no instance of a sequence runs.</summary>
    private static async Task AssertNothingRunsAsync(Engine session, string sequence)
    {
        string Running() => $"{session.Single($"@(Get-ScramjetInstance | Where-Object {{ $_.SequenceName -eq '{sequence}' -and -not $_.HasEnded }}).Count")}";
        for (var i = 0; i < 60 && Running() != "0"; i++)
            await Task.Delay(500);
        Assert.Equal("0", Running());
    }

    [Theory]
    [EachHub]
    public async Task Several_instances_share_the_records(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("double");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var output = session.Get($"{Numbers(500)} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 3");
        Assert.Equal(All(500).Select(n => 2 * n), NumbersOf(output).Order());
        await AssertNothingRunsAsync(session, sequence.Name);

        // Hubs of 0.18 don't list instances that have ended.
        if (which != TestHub.Npm)
            Assert.Equal("3", $"{session.Single($"(Get-ScramjetInstance -Sequence {sequence.Name}).Count")}");
    }

    [Theory]
    [EachHub]
    public async Task Ordered_output_has_the_order_of_the_input(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("double");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var output = session.Get($"{Numbers(3000)} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 3 -Ordered");
        Assert.Equal(All(3000).Select(n => 2 * n), NumbersOf(output));
        output = session.Get($"{Numbers(3000)} | Invoke-ScramjetSequence {sequence.Name} -Ordered");
        Assert.Equal(All(3000).Select(n => 2 * n), NumbersOf(output));
    }

    [Theory]
    [EachHub]
    public async Task Ordered_lines_stay_lines(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("hello");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var output = session.Get($"1..50 | ForEach-Object {{ \"no. $_\" }} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -Ordered");
        Assert.Equal(All(50).Select(n => $"Hello, no. {n}!"), output.Select(o => $"{o}"));
    }

    [Theory]
    [EachHub]
    public async Task A_sequence_that_does_not_write_one_value_for_each_record_can_be_shared_but_not_ordered(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var (twice, grep, late) = (hub.Sequence("twice"), hub.Sequence("grep"), hub.Sequence("late"));
        foreach (var sequence in new[] { twice, grep, late })
            session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var doubled = session.Get($"{Numbers(300)} | Invoke-ScramjetSequence {twice.Name} -InstanceCount 2");
        Assert.Equal(All(300).SelectMany(n => new[] { n, n }), NumbersOf(doubled).Order());
        Assert.Equal(All(300), NumbersOf(session.Get($"{Numbers(300)} | Invoke-ScramjetSequence {late.Name} -InstanceCount 2")).Order());
        var lines = "1..300 | ForEach-Object { \"line $_.\" }";
        var found = session.Get($"{lines} | Invoke-ScramjetSequence {grep.Name} -InstanceCount 2 -ArgumentList '00'");
        Assert.Equal(["line 100.", "line 200.", "line 300."], found.Select(l => $"{l}").Order());

        var more = session.Run($"{Numbers(300)} | Invoke-ScramjetSequence {twice.Name} -Ordered");
        Assert.Equal("OUTPUT_MISMATCH", Code(more.Errors[0]));
        Assert.Contains("more values", more.Errors[0].ToString(), StringComparison.Ordinal);
        var fewer = session.Run($"{lines} | Invoke-ScramjetSequence {grep.Name} -Ordered -ArgumentList '00'");
        Assert.Equal("OUTPUT_MISMATCH", Code(Assert.Single(fewer.Errors)));
        Assert.Contains("fewer values", fewer.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("3 for 300", fewer.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RealHubsEachWay))]
    public async Task No_record_of_an_instance_that_is_killed_is_lost_in_silence(TestHub which, string way)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("worker");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var file = NewFile();
        var dies = $"dies = $(if ($_ -eq 150) {{ '{file}' }})";
        var result = session.Run($"{Numbers(300, dies)} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 3 {way}");
        AssertComplete(result, way, 300, failures: 1);
        Assert.Equal(way.Contains("Retry", StringComparison.Ordinal), NumbersOf(result.Output).Contains(150));
        File.Delete(file);
        await AssertNothingRunsAsync(session, sequence.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Ordered")]
    [InlineData("-Ordered -Retry 2")] // The other instance of the hub can receive a record before it fails too.
    public async Task No_record_of_a_hub_that_is_killed_is_lost_in_silence(string way)
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 2 };
        options.Spaces.Add("local");
        await using var platform = await LocalPlatform.StartAsync(options, TestContext.Current.CancellationToken);
        using var session = new Engine();
        session.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {platform.Token}");
        using var sequence = TestSequence.Of("worker");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        session.Set("kill", (Action)(() => platform.GetHub("local", "sth-1").KillAsync().Wait()));

        // The hub is killed when both of its instances have answered.
        var result = session.Run(
            $"$seen = @{{}}; {Numbers(1000)} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 4 -ArgumentList 2 {way} | "
                + "ForEach-Object { $_; $seen[$_.pid] = 1; if ($seen.Count -eq 4 -and -not $killed) { $killed = $true; $kill.Invoke() } }");
        AssertComplete(result, way, 1000, failures: 2);
    }

    /// <summary>Each record has an output or is named by an error.</summary>
    private static void AssertComplete(Engine.Result result, string way, int count, int failures)
    {
        var numbers = NumbersOf(result.Output);
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.False(result.Terminated);
        if (way.Length == 0)
        {
            Assert.Equal(failures, result.Errors.Count);
            var taken = result.Errors.Sum(TakenOf);
            Assert.InRange(count - numbers.Length, 0, taken);
            Assert.InRange(taken, 1, count - 1);
            return;
        }

        Assert.Equal(numbers.Order(), numbers);
        var unanswered = result.Errors.Select(e => e.TargetObject).OfType<object?[]>().SelectMany(NumbersOf).ToArray();
        Assert.Equal(All(count), numbers.Concat(unanswered).Order());
        Assert.Equal(way == "-Ordered" ? failures : 0, result.Errors.Count);
        if (result.Errors.Count == 0)
            Assert.Contains(result.Warnings, w => Regex.IsMatch(w, " unanswered, which another instance receives| had answered all "));
        foreach (var error in result.Errors)
        {
            var amount = error.TargetObject is object?[] { Length: > 0 } records ? $" left {records.Length} record" : " had answered all ";
            Assert.Contains(amount, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task A_record_that_kills_each_instance_is_given_up(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("worker");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var result = session.Run(
            $"{Numbers(40, "kills = $_ -eq 20")} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -Ordered -Retry 1");
        var records = result.Errors.Where(e => e.TargetObject is object[]).SelectMany(e => NumbersOf((object?[])e.TargetObject)).ToArray();
        Assert.Contains(20L, records);
        var unsent = result.Errors.Select(e => Regex.Match(e.ToString(), @"^(\d+) of 40 records weren't sent")).Where(m => m.Success)
            .Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal(All(40 - unsent), NumbersOf(result.Output).Concat(records).Order());
        await AssertNothingRunsAsync(session, sequence.Name);
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task If_no_instance_is_left_the_number_of_unsent_records_is_an_error(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("worker");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var result = session.Run($"{Numbers(5000, "kills = $true")} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2");
        Assert.Empty(result.Output);
        Assert.Equal(3, result.Errors.Count);
        var taken = result.Errors.Take(2).Sum(TakenOf);
        Assert.Equal("GONE", Code(result.Errors[2]));
        Assert.StartsWith($"{5000 - taken} of 5000 records weren't sent", result.Errors[2].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task A_slow_instance_gets_fewer_records(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("worker");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        foreach (var way in new[] { "", "-Ordered" })
        {
            var file = NewFile();
            var output = session.Get($"{Numbers(400)} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -ArgumentList 0, '{file}', 500 {way}");
            Assert.Equal(All(400), NumbersOf(output).Order());
            var shares = output.GroupBy(o => o.Properties["pid"].Value).Select(g => g.Count()).Order().ToArray();
            Assert.Equal(2, shares.Length);
            Assert.InRange(shares[0], 1, 100);
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task A_slow_consumer_stops_the_pipeline_and_select_first_ends_it(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("worker");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");

        // The consumer waits until the producer makes no more progress, which would never be if the records were collected.
        var made = 0L;
        session.Set("make", (Func<string>)(() =>
        {
            System.Threading.Interlocked.Increment(ref made);
            return new string('x', 10_000);
        }));
        session.Set("settle", (Action)(() =>
        {
            for (long before = -1, now; (now = System.Threading.Interlocked.Read(ref made)) != before; before = now)
                Task.Delay(3000).Wait();
        }));
        foreach (var way in new[] { "", "-Ordered" })
        {
            var result = session.Run(
                "& { for ($n = 1; $n -le 1000000; $n++) { [pscustomobject]@{ n = $n; text = $make.Invoke() } } } | "
                    + $"Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 {way} | "
                    + "ForEach-Object { if (-not $settled) { $settled = $true; $settle.Invoke() }; $_ } | Select-Object -First 20");
            Assert.Empty(result.Errors);
            Assert.Equal(20, result.Output.Count);
            Assert.InRange(made, 20, 20_000);
            await AssertNothingRunsAsync(session, sequence.Name);
            made = 0;
        }
    }

    [Theory]
    [EachHub]
    public async Task Ctrl_C_ends_all_instances(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("echo");
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        var first = new TaskCompletionSource();
        session.Set("first", (Action)(() => first.TrySetResult()));
        await session.StopAfterAsync(
            $"& {{ for ($n = 1; ; $n++) {{ @{{ n = $n }} }} }} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 3 -Ordered | "
                + "ForEach-Object { $first.Invoke() }",
            TimeSpan.Zero,
            () => first.Task);
        await AssertNothingRunsAsync(session, sequence.Name);
    }

    [Fact]
    public async Task A_folder_is_published_where_it_is_missing_and_only_that_is_removed()
    {
        using var session = real.Connect();
        using var sequence = TestSequence.Of("worker");
        try
        {
            session.Get($"Publish-ScramjetSequence '{sequence.Folder}' -IfChanged -Hub sth-0 -Space local");
            var output = session.Get($"{Numbers(200)} | Invoke-ScramjetSequence -Path '{sequence.Folder}' -Hub * -InstanceCount 4 -RemoveAfter -Ordered");
            Assert.Equal(All(200), NumbersOf(output));
            Assert.Equal(4, output.Select(o => o.Properties["pid"].Value).Distinct().Count());
            Assert.Equal("sth-0", $"{session.Single($"Get-ScramjetSequence {sequence.Name}").Properties["Hub"].Value}");

            // Without -RemoveAfter it stays on both.
            session.Get($"{Numbers(10)} | Invoke-ScramjetSequence -Path '{sequence.Folder}' -Hub * -InstanceCount 4");
            Assert.Equal(["sth-0", "sth-1"], session.Get($"Get-ScramjetSequence {sequence.Name}").Select(s => $"{s.Properties["Hub"].Value}").Order());
            session.Get($"{Numbers(10)} | Invoke-ScramjetSequence -Path '{sequence.Folder}' -Hub * -InstanceCount 4");
            Assert.Equal(2, session.Get($"Get-ScramjetSequence {sequence.Name}").Count);
        }
        finally
        {
            session.Run($"Get-ScramjetSequence {sequence.Name} | Remove-ScramjetSequence -Force -Confirm:$false");
        }
    }

    [Theory]
    [InlineData(0.5, 0.2, "sth-0 sth-0 sth-1 sth-1")]
    [InlineData(0.2, 2.5, "sth-0 sth-0 sth-0 sth-1")]
    [InlineData(9, 1, "sth-1 sth-1 sth-1 sth-1")]
    [InlineData(-1, 50, "sth-1 sth-1 sth-1 sth-1")]
    public async Task Instances_start_on_the_hubs_with_the_least_load(double first, double second, string expected)
    {
        await using var platform = new FakePlatform([Loaded("sth-0", first), Loaded("sth-1", second)]);
        using var session = new Engine();
        session.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        var output = session.Get($"{Numbers(20)} | Invoke-ScramjetSequence double -InstanceCount 4 -Hub *");
        Assert.Equal(All(20).Select(n => 2 * n), NumbersOf(output).Order());
        Assert.Equal(expected, string.Join(" ", session.Get("Get-ScramjetInstance -Sequence double").Select(i => $"{i.Properties["Hub"].Value}").Order()));
    }

    /// <summary>A hub with a load average; a negative one is an error.</summary>
    private static FakeHub Loaded(string id, double load)
    {
        var hub = new FakeHub(id);
        hub.AddSequence("double");
        hub.Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/load-check", StringComparison.Ordinal))
                return false;
            var body = string.Create(CultureInfo.InvariantCulture, $$"""{"avgLoad":{{load}},"currentLoad":{{load}},"memFree":1,"memUsed":1,"fsSize":[]}""");
            await exchange.AnswerAsync(load < 0 ? 500 : 200, load < 0 ? "" : body);
            return true;
        };
        return hub;
    }

    [Fact]
    public async Task The_progress_shows_the_records_of_each_instance()
    {
        using var session = real.Connect();
        using var sequence = TestSequence.Of("worker");
        var result = session.Run(
            $"{Numbers(200)} | Invoke-ScramjetSequence -Path '{sequence.Folder}' -Hub sth-0 -InstanceCount 2 -ArgumentList 50 -RemoveAfter");
        Assert.Empty(result.Errors);
        var total = result.Progress.Where(p => p.Activity == $"Invoking 2 instances of {sequence.Name}").ToArray();
        Assert.All(total.SkipLast(1), p => Assert.Matches(@"^[\d,]+ in, [\d,]+ out, [\d,]+/s$", p.StatusDescription));
        Assert.Equal(ProgressRecordType.Completed, total[^1].RecordType);
        var instances = result.Progress.Where(p => p.ParentActivityId == total[0].ActivityId).GroupBy(p => p.ActivityId).ToArray();
        Assert.Equal(2, instances.Length);
        Assert.All(instances, p => Assert.Matches("^sth-0 [0-9a-f]{8}$", p.First().Activity));
        Assert.All(instances, p => Assert.Equal(ProgressRecordType.Completed, p.Last().RecordType));
    }

    [Theory]
    [InlineData("Invoke-ScramjetSequence x -Retry 1", "-Retry requires -Ordered")]
    [InlineData("Invoke-ScramjetSequence x -Ordered -ContentType application/octet-stream", "-Ordered requires records")]
    [InlineData("Invoke-ScramjetSequence x -Ordered -OutputContentType application/octet-stream", "-Ordered requires records")]
    [InlineData("Invoke-ScramjetSequence x -InstanceCount 2 -ContentType application/octet-stream", "-InstanceCount requires records")]
    [InlineData("Invoke-ScramjetSequence x -InstanceCount 2 -OutputContentType application/octet-stream", "-InstanceCount requires records")]
    [InlineData(", [byte[]](1, 2) | Invoke-ScramjetSequence x -InstanceCount 2", "-InstanceCount requires records")]
    [InlineData(", [byte[]](1, 2) | Invoke-ScramjetSequence x -Ordered", "-Ordered requires records")]
    public void Parameters_that_exclude_each_other_end_the_command(string command, string message)
    {
        using var session = real.Connect();
        var result = session.Run(command);
        Assert.Empty(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.Equal("BAD_PARAMETERS", Code(error));
        Assert.StartsWith(message, error.ToString(), StringComparison.Ordinal);
    }
}
