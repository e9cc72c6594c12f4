using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Threading;
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
    private static int TakenOf(ErrorRecord error) => Regex.Match(error.ToString(), @"had taken (\d+|no) records?").Groups[1].Value is var number and not "no"
        ? int.Parse(number, CultureInfo.InvariantCulture)
        : 0;

    private static long[] RecordsOf(IEnumerable<ErrorRecord> errors) => [.. errors.Select(e => e.TargetObject).OfType<object?[]>().SelectMany(NumbersOf)];

    /// <summary>The number of records that weren't sent, as an error tells.</summary>
    private static int UnsentOf(IEnumerable<ErrorRecord> errors) => errors.Select(e => Regex.Match(e.ToString(), @"^(\d+) of \d+ records weren't sent"))
        .Where(m => m.Success).Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));

    [Theory]
    [EachHub]
    public async Task All_instances_read_the_output_in_the_same_way(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("echo", out var sequence);
        session.Get("$lines = 1..60 | ForEach-Object { if ($_ % 7) { \"$_.50\" } else { 'text' } }");
        foreach (var way in new[] { "", "-Ordered" })
        {
            var lines = session.Get($"$lines | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 3 {way}").Select(o => o.BaseObject).ToArray();
            Assert.Equal(60, lines.OfType<string>().Count());
            Assert.Equal("1.50", lines.Order().First());
        }

        Assert.Equal(60, session.Get($"{Numbers(60)} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 3 | ForEach-Object n").Count);
    }

    [Theory]
    [EachHub]
    public async Task Input_from_two_places_is_an_error_before_anything_is_done(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("echo", out var sequence);
        var error = session.Error($"1 | Invoke-ScramjetSequence {sequence.Name} -Path '{sequence.Folder}'");
        Assert.Equal("BAD_PARAMETERS", Code(error));
        Assert.Single(session.Get($"Get-ScramjetSequence {sequence.Name}"));
        Assert.Empty(session.Get($"Get-ScramjetInstance -Sequence {sequence.Name}"));
    }

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
        using var session = hub.ConnectAndPublish("double", out var sequence);
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
        using var session = hub.ConnectAndPublish("double", out var sequence);
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
        using var session = hub.ConnectAndPublish("hello", out var sequence);
        var output = session.Get($"1..50 | ForEach-Object {{ \"no. $_\" }} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -Ordered");
        Assert.Equal(All(50).Select(n => $"Hello, no. {n}!"), output.Select(o => $"{o}"));
    }

    [Theory]
    [EachHub]
    public async Task A_sequence_that_does_not_write_one_value_for_each_record_can_be_shared_but_not_ordered(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("twice", out var twice);
        var (grep, late) = (hub.Publish(session, "grep"), hub.Publish(session, "late"));
        var doubled = session.Get($"{Numbers(300)} | Invoke-ScramjetSequence {twice.Name} -InstanceCount 2");
        Assert.Equal(All(300).SelectMany(n => new[] { n, n }), NumbersOf(doubled).Order());
        Assert.Equal(All(300), NumbersOf(session.Get($"{Numbers(300)} | Invoke-ScramjetSequence {late.Name} -InstanceCount 2")).Order());
        var lines = "1..300 | ForEach-Object { \"line $_.\" }";
        var found = session.Get($"{lines} | Invoke-ScramjetSequence {grep.Name} -InstanceCount 2 -ArgumentList '00'");
        Assert.Equal(["line 100.", "line 200.", "line 300."], found.Select(l => $"{l}").Order());

        var more = session.Run($"{Numbers(300)} | Invoke-ScramjetSequence {twice.Name} -Ordered").Errors[0];
        Assert.Equal("OUTPUT_MISMATCH", Code(more));
        var counts = Regex.Match(more.ToString(), @"has taken (\d+) records? \(1(?:-\1)?\), but has written at least (\d+) values, so its values may belong");
        Assert.True(counts.Success, more.ToString());
        Assert.Equal(int.Parse(counts.Groups[1].Value, CultureInfo.InvariantCulture) + 1, int.Parse(counts.Groups[2].Value, CultureInfo.InvariantCulture));
        var fewer = Assert.Single(session.Run($"{lines} | Invoke-ScramjetSequence {grep.Name} -Ordered -ArgumentList '00'").Errors);
        Assert.Equal("OUTPUT_MISMATCH", Code(fewer));
        Assert.Contains(
            "has taken 300 records (1-300), but has written 3 values, so its values may belong to other records. 297 records (4-300) have no value.",
            fewer.ToString(),
            StringComparison.Ordinal);
        Assert.Equal(All(300).Skip(3).Select(n => $"line {n}."), ((object?[])fewer.TargetObject).Select(l => $"{l}"));
    }

    [Theory]
    [MemberData(nameof(RealHubsEachWay))]
    public async Task No_record_of_an_instance_that_is_killed_is_lost_in_silence(TestHub which, string way)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("worker", out var sequence);
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
        using var session = platform.Connect();
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
        AssertSentences(result);
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
        var unanswered = RecordsOf(result.Errors);
        Assert.Equal(All(count), numbers.Concat(unanswered).Order());
        Assert.Equal(way == "-Ordered" ? failures : 0, result.Errors.Count);
        if (result.Errors.Count == 0)
            Assert.Contains(result.Warnings, w => Regex.IsMatch(w, " unanswered, which | had answered "));
        foreach (var error in result.Errors)
        {
            const string None = " had (answered (all|the record) |taken no records)";
            Assert.Matches(error.TargetObject is object?[] { Length: > 0 } records ? $" left {records.Length} record" : None, error.ToString());
        }
    }

    /// <summary>Messages that consist of several sentences have their full stops, and no sentence is about no records.</summary>
    private static void AssertSentences(Engine.Result result)
    {
        foreach (var text in result.Warnings.Concat(result.Errors.Select(e => e.ToString())))
        {
            Assert.DoesNotMatch("[^.] (An|The) instance ", text);
            Assert.DoesNotContain(" 0 records", text, StringComparison.Ordinal);
        }
    }

    public static IEnumerable<TheoryDataRow<TestHub, int, int, string>> RecordsThatKill() => RealHubs().SelectMany(row => new[]
    {
        new TheoryDataRow<TestHub, int, int, string>(row.Data, 1000, 500, "-InstanceCount 3 -Ordered -Retry 2"),
        new TheoryDataRow<TestHub, int, int, string>(row.Data, 40, 1, "-Ordered -Retry 1"),
        new TheoryDataRow<TestHub, int, int, string>(row.Data, 40, 40, "-InstanceCount 2 -Ordered -Retry 1"),
    });

    [Theory]
    [MemberData(nameof(RecordsThatKill))]
    public async Task A_record_that_kills_each_instance_is_given_up_alone(TestHub which, int count, int killer, string way)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("worker", out var sequence);
        var result = session.Run($"{Numbers(count, $"kills = $_ -eq {killer}")} | Invoke-ScramjetSequence {sequence.Name} {way}");
        Assert.Equal(All(count).Where(n => n != killer), NumbersOf(result.Output));
        var error = Assert.Single(result.Errors);
        Assert.Equal([killer], RecordsOf([error]));
        Assert.Contains($" left 1 record ({killer}) unanswered after ", error.ToString(), StringComparison.Ordinal);
        AssertSentences(result);
        await AssertNothingRunsAsync(session, sequence.Name);
    }

    /// <summary>A runner exits ten seconds after an exception of its program, and the hub keeps the output open until then.</summary>
    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task A_record_at_which_a_program_throws_is_given_up_alone(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("throws-at", out var sequence);
        var result = session.Run($"{Numbers(200)} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -Ordered -Retry 2 -ArgumentList 100");
        Assert.Equal(All(200).Where(n => n != 100), NumbersOf(result.Output));
        Assert.Equal([100L], RecordsOf([Assert.Single(result.Errors)]));
        Assert.All(
            result.Warnings.Where(w => w.Contains(" left ", StringComparison.Ordinal)).Skip(1),
            w => Assert.True(w.Contains(" left 1 record (100)", StringComparison.Ordinal) || !w.Contains("100", StringComparison.Ordinal), w));
        await AssertNothingRunsAsync(session, sequence.Name);
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task A_program_that_fails_at_each_record_ends_the_command(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("worker", out var sequence);
        var result = session.Run($"{Numbers(100, "kills = $true")} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -Ordered -Retry 1");
        Assert.Empty(result.Output);
        var unanswered = RecordsOf(result.Errors);
        Assert.Equal(All(100 - UnsentOf(result.Errors)), unanswered.Order());
        var failures = result.Errors.Concat<object>(result.Warnings).Count(t => Regex.IsMatch($"{t}", " left .* unanswered|had taken no records"));
        Assert.InRange(failures, 2, 7);
        await AssertNothingRunsAsync(session, sequence.Name);
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task An_instance_that_fails_is_replaced_while_the_others_go_on(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("worker", out var sequence);
        var file = NewFile();

        // The pipeline goes on until a fourth process has answered, and then until the progress has shown it.
        var result = session.Run(
            $"$seen = @{{}}; & {{ for ($n = 1; $n -le 200 -or $seen.Count -lt 4; $n++) {{ Start-Sleep -Milliseconds 5; "
                + $"@{{ n = $n; dies = $(if ($n -eq 50) {{ '{file}' }}) }} }}; "
                + $"1..40 | ForEach-Object {{ Start-Sleep -Milliseconds 100; @{{ n = $n++ }} }} }} | "
                + $"Invoke-ScramjetSequence {sequence.Name} -InstanceCount 3 -ArgumentList 5 -Ordered -Retry 1 | ForEach-Object {{ $seen[$_.pid] = 1; $_ }}");
        Assert.Empty(result.Errors);
        Assert.Equal(All(result.Output.Count), NumbersOf(result.Output));
        Assert.Equal(4, result.Output.Select(o => o.Properties["pid"].Value).Distinct().Count());
        Assert.Contains(" unanswered, which ", Assert.Single(result.Warnings), StringComparison.Ordinal);
        var total = result.Progress.First(p => p.Activity == $"Invoking 3 instances of {sequence.Name}");
        var rows = result.Progress.Where(p => p.ParentActivityId == total.ActivityId).GroupBy(p => p.ActivityId).ToArray();
        Assert.InRange(rows.Length, 3, 4);
        Assert.All(rows, p => Assert.Equal(ProgressRecordType.Completed, p.Last().RecordType));
        File.Delete(file);
        await AssertNothingRunsAsync(session, sequence.Name);
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task A_program_that_waits_for_more_records_receives_those_that_are_dealt_again_together(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("pairs", out var sequence);
        var file = NewFile();
        var result = session.Run(
            $"{Numbers(40, $"dies = $(if ($_ -eq 7) {{ '{file}' }})")} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -Ordered -Retry 2");
        Assert.Empty(result.Errors);
        Assert.Equal(All(40), NumbersOf(result.Output));
        File.Delete(file);
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task Standard_error_and_log_name_their_instance_if_there_are_several(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("notes", out var sequence);
        var hubId = $"{session.Single("(Get-ScramjetHub).Id")}";
        var shared = session.Run($"{Numbers(20)} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -Verbose");
        Assert.Empty(shared.Errors);
        var names = shared.Warnings.Select(w => Regex.Match(w, "^(.+ [0-9a-f]{8}): stderr [0-9]+$").Groups[1].Value).ToArray();
        Assert.Equal(20, names.Length);
        Assert.All(names, n => Assert.StartsWith(hubId + " ", n, StringComparison.Ordinal));
        Assert.Equal(2, names.Distinct().Count());
        var log = shared.Verbose.Where(v => Regex.IsMatch(v, "logged [0-9]+")).ToArray();
        Assert.NotEmpty(log);
        Assert.All(log, v => Assert.Contains(names, n => v.StartsWith(n + ": INFO ", StringComparison.Ordinal)));

        var single = session.Run($"{Numbers(2)} | Invoke-ScramjetSequence {sequence.Name} -Verbose");
        Assert.Equal(["stderr 1", "stderr 2"], single.Warnings);
        Assert.Contains(single.Verbose, v => Regex.IsMatch(v, "^INFO .*logged 1"));
    }

    [Theory]
    [InlineData("-Ordered")]
    [InlineData("-Ordered -Retry 1")]
    public async Task An_instance_that_has_taken_no_records_is_not_said_to_have_answered_them(string way)
    {
        var hubs = new[] { Loaded("sth-0", 0), Loaded("sth-1", 0) };
        var intercept = hubs[0].Intercept!;
        hubs[0].Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/start", StringComparison.Ordinal))
                return await intercept(exchange, path);
            exchange.Reset();
            return true;
        };
        await using var platform = new FakePlatform(hubs);
        using var session = platform.Connect();
        var result = session.Run($"{Numbers(20)} | Invoke-ScramjetSequence double -InstanceCount 2 -Hub * {way}");
        Assert.Equal(All(20).Select(n => 2 * n), NumbersOf(result.Output));
        AssertSentences(result);
        Assert.EndsWith(". An instance on sth-0 had taken no records.", Assert.Single([.. result.Warnings, .. result.Errors.Select(e => $"{e}")]));
    }

    [Fact]
    public async Task WhatIf_shows_what_is_published_invoked_and_removed()
    {
        await using var platform = new FakePlatform([Loaded("sth-0", 0.5), Loaded("sth-1", 2.2)]);
        using var session = platform.Connect();
        using var sequence = TestSequence.Of("worker");
        string[] Plan(string command)
        {
            var before = session.Screen.Length;
            Assert.Empty(session.Get($"{Numbers(2)} | Invoke-ScramjetSequence {command} -Hub * -WhatIf"));
            var actions = Regex.Matches(session.Screen[before..], "\"(.+)\" on target \"(.+)\"");
            return [.. actions.Select(m => $"{m.Groups[1]} {m.Groups[2]}").Order(StringComparer.Ordinal)];
        }

        Assert.Equal(["Invoke 1 instance double on sth-1", "Invoke 3 instances double on sth-0"], Plan("double -InstanceCount 4"));
        Assert.Equal(["Invoke double on sth-0"], Plan("double"));
        Assert.Equal(
            [
                $"Invoke 2 instances {sequence.Name} on sth-0", $"Publish {sequence.Folder} to sth-0", $"Remove {sequence.Name} on sth-0",
            ],
            Plan($"-Path '{sequence.Folder}' -InstanceCount 2 -RemoveAfter"));
        Assert.Equal([$"Invoke {sequence.Name} on sth-0", $"Publish {sequence.Folder} to sth-0"], Plan($"-Path '{sequence.Folder}'"));
        Assert.Empty(session.Get($"Get-ScramjetSequence {sequence.Name}*; Get-ScramjetInstance"));
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task If_no_instance_is_left_the_number_of_unsent_records_is_an_error(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("worker", out var sequence);
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
        using var session = hub.ConnectAndPublish("worker", out var sequence);
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
        using var session = hub.ConnectAndPublish("worker", out var sequence);

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
        using var session = hub.ConnectAndPublish("echo", out var sequence);
        var first = new TaskCompletionSource();
        session.Set("first", (Action)(() => first.TrySetResult()));
        await session.StopAfterAsync(
            $"& {{ for ($n = 1; ; $n++) {{ @{{ n = $n }} }} }} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 3 -Ordered | "
                + "ForEach-Object { $first.Invoke() }",
            TimeSpan.Zero,
            () => first.Task);
        await AssertNothingRunsAsync(session, sequence.Name);
    }

    [Theory]
    [MemberData(nameof(RealHubs))]
    public async Task Ctrl_C_ends_the_instances_that_replace_others(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("worker", out var sequence);
        var processes = new HashSet<long>();
        var replaced = new TaskCompletionSource();
        session.Set("answer", (Action<long>)(pid =>
        {
            if (processes.Add(pid) && processes.Count == 4)
                replaced.TrySetResult();
        }));
        await session.StopAfterAsync(
            $"& {{ for ($n = 1; ; $n++) {{ @{{ n = $n; kills = $n % 50 -eq 0 }} }} }} | Invoke-ScramjetSequence {sequence.Name} -InstanceCount 2 -Ordered "
                + "-Retry 1 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue | ForEach-Object { $answer.Invoke($_.pid) }",
            TimeSpan.Zero,
            () => replaced.Task.WaitAsync(TimeSpan.FromSeconds(60)));
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
    [EachHub]
    public async Task Commands_that_run_a_folder_at_the_same_time_and_remove_it_do_not_disturb_each_other(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        using var other = hub.Connect();
        var sequence = hub.Sequence("echo");
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Set("first", (Action)(() => first.TrySetResult()));
        string Run(int count) => $"{Numbers(count)} | Invoke-ScramjetSequence -Path '{sequence.Folder}' -InstanceCount 2 -Ordered -RemoveAfter";
        var running = Task.Run(() => session.Run(Run(300) + " | ForEach-Object { $first.Invoke(); Start-Sleep -Milliseconds 5; $_ }"));
        await first.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        foreach (var (result, count) in new[] { (other.Run(Run(100)), 100), (await running, 300) })
        {
            Assert.Empty(result.Errors);
            Assert.Empty(result.Warnings);
            Assert.Equal(All(count), NumbersOf(result.Output));
        }

        Assert.Empty(session.Get($"Get-ScramjetSequence {sequence.Name}*"));
    }

    [Fact]
    public async Task A_sequence_that_its_hub_no_longer_has_is_not_started_again_and_again()
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("echo");
        var starts = 0;
        hub.Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/start", StringComparison.Ordinal) || Interlocked.Increment(ref starts) == 1)
                return false;
            await exchange.AnswerAsync(404, """{"error":"Sequence not found"}""");
            return true;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        var result = session.Run($"{Numbers(200)} | Invoke-ScramjetSequence echo -InstanceCount 2 -Ordered -Retry 2");
        Assert.Equal(All(200), NumbersOf(result.Output));
        Assert.Empty(result.Errors);
        Assert.Contains("failed with status 404", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, starts);
    }

    [Theory]
    [InlineData(0.5, 0.2, "sth-0 sth-0 sth-1 sth-1")]
    [InlineData(0.2, 2.5, "sth-0 sth-0 sth-0 sth-1")]
    [InlineData(9, 1, "sth-1 sth-1 sth-1 sth-1")]
    [InlineData(-1, 50, "sth-1 sth-1 sth-1 sth-1")]
    public async Task Instances_start_on_the_hubs_with_the_least_load(double first, double second, string expected)
    {
        await using var platform = new FakePlatform([Loaded("sth-0", first), Loaded("sth-1", second)]);
        using var session = platform.Connect();
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
    [InlineData("Invoke-ScramjetSequence x -RemoveAfter", "-RemoveAfter requires -Path")]
    [InlineData("Invoke-ScramjetSequence -Path . -Latest", "-Latest requires -Sequence")]
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
