using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.StateFolder;

namespace ScramjetPlatform.Tests;

/// <summary>State files, on a hub: what differs, what is made of it, and what is written.</summary>
public sealed class StateTests(RealPlatform real) : IDisposable
{
    private readonly StateFolder _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>Compares a file of a whole hub, and returns what is about a sequence. What other tests had there may be gone, which is an error.</summary>
    private static PSObject[] Compare(Engine session, string arguments, TestSequence sequence)
    {
        var result = session.Run($"Compare-ScramjetState {arguments}");
        Assert.DoesNotContain(result.Errors, e => Engine.Code(e) != "NOT_FOUND" || e.ToString().Contains(sequence.Name, StringComparison.Ordinal));
        return [.. result.Output.Where(c => Text(c, "Name") == sequence.Name)];
    }

    [Theory]
    [EachHub]
    public async Task What_is_missing_is_added_and_then_all_is_the_same(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", _files.Write(sequence, """
                - {count: 2, args: [Hi, 2], appConfig: {a: {b: 1.50}}}
                - {appConfig: {a: 3}}
            """));
        string[] all = ["Add Instance", "Add Instance", "Add Instance", "Add Sequence"];
        var compared = session.Get("Compare-ScramjetState $file");
        Assert.Equal(all, Plan(compared));
        Assert.All(compared, c => Assert.Equal(sequence.Name, Text(c, "Name")));

        // The plan is the same with -WhatIf, and nothing is done.
        var before = session.Screen.Length;
        Assert.Equal(all, Plan(session.Get("Sync-ScramjetState $file -WhatIf")));
        Assert.Equal(all.Length, session.Screen[before..].Split("What if:").Length - 1);
        Assert.Equal(all, Plan(session.Get("Compare-ScramjetState $file")));

        var done = session.Get("Sync-ScramjetState $file");
        Assert.Equal(all, Plan(done));
        Assert.All(done, c => Assert.Equal("Done", Text(c, "Result")));
        Assert.Equal(3, session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running").Count);

        // Another session doesn't know what this one has started the instances with.
        using var other = hub.Connect();
        other.Set("file", session.Single("$file").ToString());
        string[] same = ["Same Instance", "Same Instance", "Same Instance", "Same Sequence"];
        Assert.Equal(same, Plan(other.Get("Compare-ScramjetState $file")));
        var again = other.Get("Sync-ScramjetState $file");
        Assert.Equal(same, Plan(again));
        Assert.All(again, c => Assert.Equal("None", Text(c, "Result")));
        Assert.Equal(3, session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running").Count);
    }

    [Theory]
    [EachHub]
    public async Task Changed_settings_are_seen_by_another_session_and_replaced_one_by_one(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        _files.Sync(session, sequence, """
                - {args: [a], appConfig: {level: 1}}
                - {args: [b]}
            """);
        var kept = session.Single($"Get-ScramjetInstance {sequence.Name} | Where-Object {{ $_.ArgumentList[0] -eq 'b' }}").Properties["Id"].Value;

        using var other = hub.Connect();
        other.Set("file", _files.Write(sequence, """
                - {args: [b]}
                - {args: [a], appConfig: {level: 2}}
            """));
        string[] plan = ["Change Instance", "Same Instance", "Same Sequence"];
        var compared = other.Get("Compare-ScramjetState $file");
        Assert.Equal(plan, Plan(compared));
        var difference = Assert.Single(Differences(compared));
        if (which == TestHub.Npm)
            Assert.Equal("appConfig.level: 1 -> 2", difference);

        var done = other.Get("Sync-ScramjetState $file -GracePeriodSec 0.1");
        Assert.Equal(plan, Plan(done));
        Assert.Equal(["Done", "None", "None"], done.Select(c => Text(c, "Result")).Order());
        Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(other.Get("Compare-ScramjetState $file")));
        var running = other.Get($"Get-ScramjetInstance {sequence.Name} -Status Running");
        Assert.Equal(2, running.Count);
        Assert.Contains(kept, running.Select(i => i.Properties["Id"].Value));
    }

    [Theory]
    [EachHub]
    public async Task Changed_content_replaces_the_sequence_and_what_runs_of_it(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        _files.Sync(session, sequence, "    - {count: 2}");
        sequence.Write("more.txt", "more");
        string[] plan = ["Change Instance", "Change Instance", "Change Sequence"];
        Assert.Equal(plan, Plan(session.Get("Compare-ScramjetState $file")));
        var done = session.Get("Sync-ScramjetState $file -GracePeriodSec 0.1");
        Assert.Equal(plan, Plan(done));
        Assert.All(done, c => Assert.Equal("Done", Text(c, "Result")));
        var now = session.Single($"Get-ScramjetSequence {sequence.Name}");
        Assert.Equal(Text(done.Single(c => Text(c, "Kind") == "Sequence"), "NewId"), Text(now, "Id"));
        Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
    }

    [Theory]
    [EachHub]
    public async Task New_content_that_does_not_run_is_removed_and_the_old_keeps_running(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        _files.Sync(session, sequence, "    - {}");
        var running = Text(session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running"), "Id");
        sequence.Write("throws.js", TestPrograms.Code("throws", Engine.RepositoryRoot));
        sequence.WriteManifest("2.0.0", "throws.js");

        var result = session.Run("Sync-ScramjetState $file");
        Assert.Equal(["Change Instance", "Change Sequence"], Plan(result.Output));
        Assert.All(result.Output, c => Assert.Equal("Failed", Text(c, "Result")));
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, e => Assert.Equal("INSTANCE_FAILED", Engine.Code(e)));
        Assert.Contains("The old one keeps running", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Single(session.Get($"Get-ScramjetSequence {sequence.Name}"));
        Assert.Equal(running, Text(session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running"), "Id"));
    }

    [Theory]
    [EachHub]
    public async Task An_instance_that_ends_at_once_does_not_replace_one_that_runs(TestHub which)
    {
        Assert.SkipWhen(which == TestHub.Npm, "A hub of 0.18 keeps an instance running for ten seconds after its program has returned.");
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        _files.Sync(session, sequence, "    - {}");
        var running = Text(session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running"), "Id");
        sequence.Write("end.js", "module.exports = async function() { this.exitTimeout = 100; return ''; };");
        sequence.WriteManifest("2.0.0", "end.js");

        var result = session.Run("Sync-ScramjetState $file");
        Assert.Equal(["Change Instance", "Change Sequence"], Plan(result.Output));
        Assert.All(result.Output, c => Assert.Equal("Failed", Text(c, "Result")));
        Assert.All(result.Errors, e => Assert.Equal("INSTANCE_FAILED", Engine.Code(e)));
        Assert.Equal(running, Text(session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running"), "Id"));
    }

    [Theory]
    [EachHub]
    public async Task What_was_killed_is_started_again_and_what_is_too_many_is_stopped(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        _files.Sync(session, sequence, "    - {count: 2, args: [x]}");
        session.Get($"@(Get-ScramjetInstance {sequence.Name})[0] | Stop-ScramjetInstance -Force -Wait");
        Assert.Equal(["Add Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        session.Get("Sync-ScramjetState $file");
        Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));

        _files.Write(sequence, "    - {count: 1, args: [x]}");
        Assert.Equal(["Remove Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        session.Get("Sync-ScramjetState $file -GracePeriodSec 0.1");
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        Assert.Single(session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running"));
    }

    /// <summary>A hub of 1.0 that has crashed comes back without its sequences, and the instances that still run connect to it again.</summary>
    [Fact]
    public async Task Instances_whose_sequence_is_no_longer_on_their_hub_count()
    {
        var hub = new FakeHub("sth-0") { Second = HubUnderTest.Brief };
        await using var server = hub.Serve();
        using var session = server.Connect();
        using var sequence = TestSequence.Of("wait");
        _files.Sync(session, sequence, "    - {count: 2, appConfig: {a: 1}}");
        hub.Sequences.Clear();
        session.Set("out", _files.PathOf("out.json"));
        Assert.Contains("no longer has their sequence", Assert.Single(session.Run("Export-ScramjetState $out").Warnings), StringComparison.Ordinal);

        string[] plan = ["Add Sequence", "Same Instance", "Same Instance"];
        Assert.Equal(plan, Plan(session.Get("Compare-ScramjetState $file")));
        Assert.Equal(plan, Plan(session.Get("Sync-ScramjetState $file -Confirm:$false")));
        Assert.All(session.Get("Compare-ScramjetState $file"), c => Assert.Equal("Same", Text(c, "Action")));
        session.Get("Export-ScramjetState $out -Force");
        Assert.All(session.Get("Compare-ScramjetState $out"), c => Assert.Equal("Same", Text(c, "Action")));
        Assert.Equal(2, session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running").Count);

        // What isn't in the file is removed with -Prune, and what has another version is replaced.
        hub.Sequences.Clear();
        session.Set("none", _files.Write("none.json", """{"hubs": "*"}"""));
        Assert.Equal(["Remove Instance", "Remove Instance"], Plan(session.Get("Compare-ScramjetState $none -Prune")));
        sequence.Write("other.js", "// Other content.");
        Assert.Equal(["Add Sequence", "Change Instance", "Change Instance"], Plan(session.Get("Sync-ScramjetState $file")));
        Assert.Equal(2, session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running").Count);
    }

    [Theory]
    [EachHub]
    public async Task An_instance_that_was_started_by_hand_is_taken_if_it_is_as_the_file_says(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Get($"$s = Publish-ScramjetSequence '{sequence.Folder}' -IfChanged");
        session.Get("$i = $s | Start-ScramjetSequence -ArgumentList x -AppConfig @{ a = 1 } -Wait");
        session.Set("file", _files.Write(sequence, "    - {args: [x], appConfig: {a: 1}}"));
        var compared = session.Get("Compare-ScramjetState $file");
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(compared));
        Assert.Equal(Text(session.Single("$i"), "Id"), Text(compared.Single(c => Text(c, "Kind") == "Instance"), "Id"));

        // Without a list of instances, the file isn't about them, but they follow their sequence.
        _files.Write("state.yaml", $"sequences: {{hello: {{path: {sequence.Folder}}}}}");
        Assert.Equal(["Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        sequence.Write("more.txt", "more");
        Assert.Equal(["Change Instance", "Change Sequence"], Plan(session.Get("Sync-ScramjetState $file -GracePeriodSec 0.1")));
        var now = session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running");
        session.Set("now", now);
        Assert.Equal("x 1", session.Single("\"$($now.ArgumentList) $($now.AppConfig.a)\"").ToString());
    }

    [Theory]
    [EachHub]
    public async Task An_exported_state_is_the_same_in_every_format(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("folder", sequence.Folder);
        session.Get("""
            $s = Publish-ScramjetSequence $folder
            $null = $s | Start-ScramjetSequence -Wait
            $config = @{ text = 'a: "b" ${env:X} # c'; yes = 'true'; number = 1.50; none = $null; list = 1, (2, @()), @{ 'a b' = "it's" }; 'ä' = "`n" }
            $null = $s | Start-ScramjetSequence -Wait -AppConfig $config -ArgumentList '1', 1, $null, (1, (2, 3)), '', 'off', '2024-01-01'
            """);
        foreach (var extension in new[] { "yaml", "yml", "json", "psd1" })
        {
            session.Set("file", _files.PathOf("out." + extension));
            var result = session.Run("Export-ScramjetState $file");
            Assert.Empty(result.Errors);
            Assert.Equal("out." + extension, Text(Assert.Single(result.Output), "Name"));
            var compared = Compare(session, "$file -Prune", sequence);
            Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(compared));
        }

        // Programs that read YAML 1.1 would take them for a truth value and a date.
        foreach (var text in new[] { "\"off\"", "\"2024-01-01\"", "version: 1.2.3" })
            Assert.Contains(text, _files.Read("out.yaml"), StringComparison.Ordinal);

        var error = session.Error("Export-ScramjetState $file");
        Assert.Equal("ALREADY_EXISTS", Engine.Code(error));
        session.Get("Export-ScramjetState $file -Force");
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Instances_whose_configuration_is_not_known_are_exported_with_their_fingerprint(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        _files.Sync(session, sequence, "    - {name: first, args: [x], appConfig: {a: 1}}");

        using var other = hub.Connect();
        other.Set("out", _files.PathOf("out.yaml"));
        var result = other.Run("Export-ScramjetState $out");
        Assert.Empty(result.Errors);
        Assert.Contains("doesn't have the configuration", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Contains("fingerprint: ", _files.Read("out.yaml"), StringComparison.Ordinal);
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(Compare(other, "$out", sequence)));

        // It can't be started, which the plan says already.
        other.Get($"Get-ScramjetInstance {sequence.Name} | Stop-ScramjetInstance -Force -Wait");
        foreach (var command in new[] { "Compare", "Sync" })
        {
            var sync = other.Run($"{command}-ScramjetState $out | Where-Object Name -eq {sequence.Name}");
            Assert.Equal(["Same Sequence"], Plan(sync.Output));
            var error = Assert.Single(sync.Errors, e => e.ToString().Contains(sequence.Name, StringComparison.Ordinal));
            Assert.Equal("NOT_FOUND", Engine.Code(error));
            Assert.StartsWith($"sequences.{sequence.Name}.instances[0].fingerprint: ", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [EachHub]
    public async Task A_version_that_can_not_be_published_is_an_error_of_the_plan_and_what_runs_stays(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var (sequence, second) = (hub.Sequence("wait"), hub.Sequence("wait"));
        session.Get($"$null = Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait");
        session.Set("file", _files.Write("state.yaml", $$"""
            sequences:
              {{sequence.Name}}: {version: 9.9.9, instances: [{count: 2}]}
              second: {path: {{second.Folder}}}
            """));
        foreach (var command in new[] { "Compare-ScramjetState $file", "Sync-ScramjetState $file -WhatIf", "Sync-ScramjetState $file" })
        {
            var result = session.Run(command);
            Assert.DoesNotContain(sequence.Name, result.Output.Select(c => Text(c, "Name")));
            Assert.Contains(second.Name, result.Output.Select(c => Text(c, "Name")));
            var error = Assert.Single(result.Errors);
            Assert.Equal("NOT_FOUND", Engine.Code(error));
            Assert.StartsWith($"sequences.{sequence.Name}.version: the hub '", error.ToString(), StringComparison.Ordinal);
            var expected = $"doesn't have version 9.9.9 of '{sequence.Name}', only 1.2.3, and the file has no path to publish it from";
            Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(sequence.Name, session.Run("Compare-ScramjetState $file -Prune").Output.Select(c => Text(c, "Name")));
        Assert.Single(session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running"));

        // With -ErrorAction Stop, nothing is begun.
        second.Write("more.txt", "more");
        Assert.Empty(session.Run("Sync-ScramjetState $file -ErrorAction Stop").Output);
        Assert.Equal(["Change Sequence"], Plan(session.Run("Compare-ScramjetState $file").Output));
    }

    [Theory]
    [EachHub]
    public async Task Two_commands_at_the_same_time_publish_a_sequence_once(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        using var other = hub.Connect();
        var sequence = hub.Sequence("wait");
        var results = await AtTheSameTimeAsync([session, other], _files.Write(sequence, "    - {count: 2, args: [x]}"));
        Assert.All(results, r => Assert.Empty(r.Errors));
        Assert.All(results, r => Assert.Equal(["Add Instance: Done", "Add Instance: Done", "Add Sequence: Done"], Results(r.Output)));
        Assert.Single(session.Get($"Get-ScramjetSequence {sequence.Name}"));

        // Where instances can't be given ids, each command has started its own, and half of them are too many.
        if (which == TestHub.Npm)
            session.Get("Sync-ScramjetState $file -GracePeriodSec 0.1");
        Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        Assert.Equal(2, session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running").Count);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_topic_that_another_command_creates_meanwhile_is_done_if_it_has_the_content_type(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        using var other = hub.Connect();
        var (same, different) = (hub.NewTopic(), hub.NewTopic());
        string File(string name, string topic, string fields) => _files.Write(name, $$"""{ "topics": { "{{topic}}": {{{fields}}} } }""");
        var results = await AtTheSameTimeAsync([session, other], File("1.json", same, "\"contentType\": \"text/plain\""));
        Assert.All(results, r => Assert.Empty(r.Errors));
        Assert.All(results, r => Assert.Equal(["Add Topic: Done"], Results(r.Output)));

        results = await AtTheSameTimeAsync(
            [session, other],
            File("1.json", different, "\"contentType\": \"text/plain\""),
            File("2.json", different, ""));
        Assert.Equal(["Add Topic: Done", "Add Topic: Failed"], Results(results.SelectMany(r => r.Output)));
        var error = Assert.Single(results.SelectMany(r => r.Errors));
        Assert.Contains($"Something else has created the topic '{different}'", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Runs Sync-ScramjetState in several sessions. All of them have compared before one begins.</summary>
    private static async Task<Engine.Result[]> AtTheSameTimeAsync(Engine[] sessions, params string[] files)
    {
        using var compared = new Barrier(sessions.Length);
        return await Task.WhenAll(sessions.Select((session, i) =>
        {
            session.Set("file", files[Math.Min(i, files.Length - 1)]);
            session.Answer = _ =>
            {
                compared.SignalAndWait(TimeSpan.FromSeconds(60));
                return "Yes to All";
            };
            return Task.Run(() => session.Run("Sync-ScramjetState $file -Confirm"));
        }));
    }

    [Theory]
    [EachHub]
    public async Task A_copy_of_a_version_that_no_instance_uses_is_removed(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var (sequence, unlabelled) = (hub.Sequence("wait"), hub.Sequence("wait"));
        const string Version = "1.2.3+sha.0123456789abcdef";
        sequence.WriteManifest(Version, "wait.js");
        session.Get($"$unused, $used = 1..2 | ForEach-Object {{ Publish-ScramjetSequence '{sequence.Folder}' }}; $null = $used | Start-ScramjetSequence -Wait");
        session.Set("file", _files.Write("state.yaml", $$"""sequences: { {{sequence.Name}}: {version: {{Version}}, instances: [{}]} }"""));
        var compared = session.Get("Compare-ScramjetState $file");
        Assert.Equal(["Remove Sequence", "Same Instance", "Same Sequence"], Plan(compared));
        Assert.Equal($"it is another copy of {Version}, which no instance uses", Assert.Single(Differences(compared)));
        Assert.Equal(Text(session.Single("$unused"), "Id"), Text(compared.Single(c => Text(c, "Action") == "Remove"), "Id"));
        session.Get("Sync-ScramjetState $file");
        Assert.Equal(Text(session.Single("$used"), "Id"), Text(session.Single($"Get-ScramjetSequence {sequence.Name}"), "Id"));

        // One that is used stays. So does one whose content isn't known to be the same.
        session.Get($"$null = Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait");
        session.Get($"1..2 | ForEach-Object {{ $null = Publish-ScramjetSequence '{unlabelled.Folder}' }}");
        _files.Write("state.yaml", $$"""
            sequences:
              {{sequence.Name}}: {version: {{Version}}, instances: [{count: 2}]}
              {{unlabelled.Name}}: {version: 1.2.3}
            """);
        Assert.Equal(["Same Instance", "Same Instance", "Same Sequence", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
    }

    [Theory]
    [EachHub]
    public async Task A_step_that_is_not_confirmed_is_skipped_and_the_others_are_done(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", _files.Write(sequence, "    - {args: [first]}\n    - {args: [second]}"));
        var asked = new List<string>();
        session.Answer = message =>
        {
            asked.Add(message);
            return message.Contains("second", StringComparison.Ordinal) ? "No" : "Yes";
        };
        var result = session.Run("Sync-ScramjetState $file -Confirm");
        Assert.Empty(result.Errors);
        Assert.Equal(3, asked.Count);
        Assert.Equal(["Add Instance: Done", "Add Instance: Skipped", "Add Sequence: Done"], Results(result.Output));
        Assert.Equal("It was not confirmed.", Text(result.Output.Single(c => Text(c, "Result") == "Skipped"), "ErrorMessage"));
        Assert.Equal(["Add Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));

        // The old version stays if the replacement of its instance wasn't confirmed.
        _files.Write(sequence, "    - {args: [first]}");
        sequence.Write("more.txt", "more");
        session.Answer = message => message.Contains("Replace instance", StringComparison.Ordinal) ? "No" : "Yes";
        result = session.Run("Sync-ScramjetState $file -Confirm");
        Assert.Empty(result.Errors);
        Assert.Equal(["Change Instance: Skipped", "Change Sequence: Skipped"], Results(result.Output));
        var why = Text(result.Output.Single(c => Text(c, "Kind") == "Sequence"), "ErrorMessage");
        Assert.StartsWith("The new one was published. ", why, StringComparison.Ordinal);
        Assert.Single(session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running"));
    }

    [Theory]
    [EachHub]
    public async Task The_plan_of_WhatIf_is_that_of_Compare(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var (sequence, second) = (hub.Sequence("wait"), hub.Sequence("wait"));
        _files.Sync(session, sequence, "    - {args: [kept]}\n    - {args: [changed]}\n    - {args: [extra]}");
        _files.Write(sequence, $"    - {{args: [kept]}}\n    - {{args: [changes]}}\n  second: {{path: {second.Folder}, instances: [{{}}]}}");
        const string AsJson = "ConvertTo-Json -Depth 4";
        var compared = session.Single($"Compare-ScramjetState $file | {AsJson}").ToString();
        Assert.Equal(
            ["Add Instance", "Add Sequence", "Change Instance", "Remove Instance", "Same Instance", "Same Sequence"],
            Plan(session.Get("Compare-ScramjetState $file")));
        Assert.Equal(compared, session.Single($"Sync-ScramjetState $file -WhatIf | {AsJson}").ToString());
        Assert.Equal(compared, session.Single($"Compare-ScramjetState $file | {AsJson}").ToString());
    }

    [Theory]
    [EachHub]
    public async Task Ctrl_C_ends_the_command_at_once_with_a_warning_of_what_was_done_and_begun(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");

        // Four are started at a time, and each is watched for two seconds before another one takes its turn.
        session.Set("file", _files.Write(sequence, "    - {count: 24}"));
        var first = new TaskCompletionSource();
        session.Set("first", (Action)(() => first.TrySetResult()));
        var time = await session.StopAfterAsync(
            "Sync-ScramjetState $file | Where-Object Kind -eq Instance | ForEach-Object { $first.Invoke() }",
            TimeSpan.Zero,
            () => first.Task);
        Assert.True(time < TimeSpan.FromSeconds(10), $"It took {time}.");

        // The pipeline of the command was stopped, so the next command writes the warning.
        var warning = "";
        for (var wait = Stopwatch.StartNew(); warning.Length == 0 && wait.Elapsed < TimeSpan.FromSeconds(30);)
            warning = string.Concat(session.Run("Get-ScramjetHub").Warnings);
        var numbers = Regex.Match(
            warning,
            $@"^The command was stopped: (\d+) of 25 changes were made, and these were begun: Add instance {sequence.Name} on .*\. Compare-");
        Assert.True(numbers.Success, warning);
        var done = int.Parse(numbers.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(done, 2, 24);
        var running = session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running, Starting").Count;
        Assert.InRange(running, done - 1, done - 1 + Regex.Count(warning, "Add instance"));
    }

    [Theory]
    [InlineData("memroy: 128", "memroy: 'memroy' isn't a limit; the limits are memory and gpu")]
    [InlineData("Memory: 128", "Memory: 'Memory' isn't a limit; the limits are memory and gpu")]
    [InlineData("memory: 128MB", "memory: the limit memory must be a number of megabytes greater than 0")]
    [InlineData("memory: -1", "memory: the limit memory must be a number of megabytes greater than 0")]
    [InlineData("memory: 0", "memory: the limit memory must be a number of megabytes greater than 0")]
    [InlineData("gpu: 1", "gpu: the limit gpu must be true or false")]
    public void Limits_are_checked_when_the_file_is_read(string limit, string expected)
    {
        using var session = real.ConnectHub();
        session.Set("file", _files.Write("a.yaml", "sequences: {x: {version: a, instances: [{}, {limits: {" + limit + "}}]}}"));
        var error = session.Error("Sync-ScramjetState $file");
        Assert.Equal("BAD_PARAMETERS", Engine.Code(error));
        Assert.Contains($"a.yaml', sequences.x.instances[1].limits.{expected}", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Topics_are_created_and_replaced_and_used(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        var (topic, input) = (hub.NewTopic(), hub.NewTopic());
        session.Set("file", _files.Write("state.json", $$"""
            {
                "sequences": { "hello": { "path": "{{sequence.Folder}}", "instances": [{ "inputTopic": "{{input}}", "limits": { "memory": 256 } }] } },
                "topics": { "{{topic}}": { "contentType": "text/plain" } }
            }
            """));
        Assert.Equal(["Add Instance", "Add Sequence", "Add Topic"], Plan(session.Get("Sync-ScramjetState $file")));
        Assert.Equal("text/plain", Text(session.Single($"Get-ScramjetTopic {topic}"), "ContentType"));
        Assert.Equal(input, Text(session.Single($"Get-ScramjetInstance {sequence.Name}"), "InputTopic"));
        Assert.Equal(["Same Instance", "Same Sequence", "Same Topic"], Plan(session.Get("Compare-ScramjetState $file")));

        _files.Write("state.json", $$"""{ "topics": { "{{topic}}": {} } }""");
        var compared = session.Get("Compare-ScramjetState $file");
        Assert.Equal(["Change Topic"], Plan(compared));
        Assert.Equal("contentType: text/plain -> application/x-ndjson", Assert.Single(Differences(compared)));
        session.Get("Sync-ScramjetState $file");
        Assert.Equal("application/x-ndjson", Text(session.Single($"Get-ScramjetTopic {topic}"), "ContentType"));
    }

    [Fact]
    public async Task What_a_hub_of_018_can_not_do_is_an_error_and_the_rest_is_done()
    {
        await using var hub = await HubUnderTest.StartAsync(TestHub.Npm, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", _files.Write(sequence, "    - {inputTopic: test-in}\n    - {args: [x]}\ntopics: {test-made: {}}"));
        var result = session.Run("Sync-ScramjetState $file");
        Assert.Equal(["Add Instance", "Add Sequence"], Plan(result.Output));
        Assert.Equal(["NOT_SUPPORTED", "NOT_SUPPORTED"], result.Errors.Select(Engine.Code));
        Assert.Contains(result.Errors, e => e.ToString().StartsWith("sequences.hello.instances[0]: ", StringComparison.Ordinal));
        Assert.Contains(result.Errors, e => e.ToString().StartsWith("topics.test-made: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_come_from_the_environment_and_are_not_shown()
    {
        await using var hub = await HubUnderTest.StartAsync(TestHub.Npm, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        var variable = $"TEST_{sequence.Name[5..].ToUpperInvariant()}";
        session.Set("file", _files.Write(sequence, "    - {appConfig: {login: 'me:${env:" + variable + "}', text: '$${env:NO}'}}"));
        var error = session.Error("Compare-ScramjetState $file");
        Assert.Equal("BAD_PARAMETERS", Engine.Code(error));
        Assert.Contains(
            $"sequences.hello.instances[0].appConfig.login: the environment variable '{variable}' isn't set",
            error.ToString(),
            StringComparison.Ordinal);

        Environment.SetEnvironmentVariable(variable, "first-secret");
        var debug = session.Run("Sync-ScramjetState $file -Debug").Debug;
        Assert.Contains(debug, d => d.Contains("me:***", StringComparison.Ordinal));
        Assert.All(debug, d => Assert.DoesNotContain("first-secret", d, StringComparison.Ordinal));
        var config = (IDictionary)session.Single($"Get-ScramjetInstance {sequence.Name}").Properties["AppConfig"].Value;
        Assert.Equal("me:first-secret", config["login"]);
        Assert.Equal("${env:NO}", config["text"]);
        session.Set("out", _files.PathOf("out.json"));
        session.Get("Export-ScramjetState $out");
        Assert.Contains($"\"me:${{env:{variable}}}\"", _files.Read("out.json"), StringComparison.Ordinal);
        Assert.Contains("\"$${env:NO}\"", _files.Read("out.json"), StringComparison.Ordinal);

        Environment.SetEnvironmentVariable(variable, "second-secret");
        var compared = session.Get("Compare-ScramjetState $file -Verbose -Debug 4>&1 5>&1");
        Assert.Contains(compared, c => c.ToString().StartsWith("Change instance", StringComparison.Ordinal));
        Assert.DoesNotContain("first-secret", session.Render("Compare-ScramjetState $file"), StringComparison.Ordinal);
        Assert.DoesNotContain("second-secret", session.Render("Sync-ScramjetState $file -WhatIf"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exported_file_has_references_in_place_of_secrets()
    {
        await using var hub = await HubUnderTest.StartAsync(TestHub.Npm, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Get($"$null = Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait "
            + "-AppConfig @{ db = @{ password = 'hunter2' } } -ArgumentList '--api-key=hunter3', '--token', 'hunter4'");
        session.Set("file", _files.PathOf("out.json"));
        var variable = $"{sequence.Name.Replace('-', '_').ToUpperInvariant()}_DB_PASSWORD";
        var result = session.Run("Export-ScramjetState $file");
        Assert.Contains(variable, string.Concat(result.Warnings), StringComparison.Ordinal);
        var text = _files.Read("out.json");
        Assert.DoesNotContain("hunter", text, StringComparison.Ordinal);
        Assert.Contains($"\"--api-key=${{env:{sequence.Name.Replace('-', '_').ToUpperInvariant()}_ARGS_0_API_KEY}}\"", text, StringComparison.Ordinal);
        Assert.Contains($"${{env:{variable}}}", text, StringComparison.Ordinal);

        Environment.SetEnvironmentVariable(variable, "hunter2");
        Environment.SetEnvironmentVariable(variable.Replace("DB_PASSWORD", "ARGS_0_API_KEY", StringComparison.Ordinal), "hunter3");
        Environment.SetEnvironmentVariable(variable.Replace("DB_PASSWORD", "ARGS_2", StringComparison.Ordinal), "hunter4");
        var compared = session.Run("Compare-ScramjetState $file");
        Assert.Empty(compared.Errors);
        var changes = compared.Output.Where(c => Text(c, "Name") == sequence.Name);
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(changes));
        session.Get("Export-ScramjetState $file -Force -IncludeSecret");
        Assert.Contains("hunter2", _files.Read("out.json"), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_files.PathOf("out.json")));
    }

    [Theory]
    [InlineData("a.yaml", "sequenzes: {}", "sequenzes: this key is unknown")]
    [InlineData("a.yaml", "sequences: [a]", "sequences: names with values")]
    [InlineData("a.yaml", "sequences: {x: {path: x, hub: y}}", "sequences.x.hub: this key is unknown")]
    [InlineData("a.yaml", "sequences: {x: {path: x, Hubs: y}}", "sequences.x.Hubs: this key is unknown")]
    [InlineData("a.yaml", "sequences: {x: {}}", "sequences.x: the sequence has neither")]
    [InlineData("a.yaml", "sequences: {x: {path: nowhere}}", "sequences.x.path: ")]
    [InlineData("a.yaml", "sequences: {x: {path: x, version: 1.0.0}}", "sequences.x.version: ")]
    [InlineData("a.yaml", "sequences: {x: {version: a, instances: [{hubs: 5}]}}", "sequences.x.instances[0].hubs: ")]
    [InlineData("a.yaml", "sequences: {x: {version: a, instances: [{}, {hubs: [a, '[']}]}}", "sequences.x.instances[1].hubs: ")]
    [InlineData("a.yaml", "sequences: {x: {version: a, instances: [{name: i}, {name: i}]}}", "sequences.x.instances[1]: another entry")]
    [InlineData("a.json", """{"sequences": {"x.y": {"version": "a", "instances": [{"count": -1}]}}}""", "sequences.'x.y'.instances[0].count: ")]
    [InlineData("a.json", """{"sequences": {"x": {"version": "a", "instances": [{"args": "a"}]}}}""", "sequences.x.instances[0].args: a list is required")]
    [InlineData("a.psd1", "@{ sequences = @{ x = @{ version = 'a'; instances = @(@{ appConfig = 1 }) } } }", "sequences.x.instances[0].appConfig: ")]
    [InlineData("a.psd1", "@{ sequences = @{ x = @{ version = 'a'; instances = @(@{ order = 'last' }) } } }", "sequences.x.instances[0].order: ")]
    [InlineData("a.psd1", "@{ topics = $(Remove-Item x) }", "line 1, column 13")]
    [InlineData("a.psd1", "@{ topics = \"$env:HOME\" }", "can only have constants")]
    [InlineData("a.psd1", "Get-Date", "isn't one hashtable")]
    [InlineData("a.psd1", "@{ topics = @{ }", "line 1")]
    [InlineData("a.yaml", "topics: {t: {contentType: nothing}}", "topics.t.contentType: ")]
    [InlineData("a.yaml", "a: b: c", "isn't valid YAML")]
    [InlineData("a.txt", "", "its extension")]
    public void A_file_with_an_error_is_refused_with_the_place_of_the_error(string name, string text, string expected)
    {
        using var session = real.ConnectHub();
        session.Set("file", _files.Write(name, text));
        foreach (var command in new[] { "Compare-ScramjetState $file", "Sync-ScramjetState $file" })
        {
            var result = session.Run(command);
            Assert.Empty(result.Output);
            var error = Assert.Single(result.Errors);
            Assert.Equal("caught", session.Single($"try {{ {command} }} catch {{ 'caught' }}").ToString());
            Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
            Assert.Contains(name, error.ToString(), StringComparison.Ordinal);
            Assert.Contains(Engine.Code(error), new[] { "BAD_PARAMETERS", "FILE_NOT_FOUND" });
            Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction));
        }
    }

    [Fact]
    public void A_list_of_one_text_in_a_data_file_stays_a_list()
    {
        using var session = real.ConnectHub();
        using var sequence = TestSequence.Of("wait");
        session.Set("file", _files.Write("a.psd1", $$"""
            @{
                hubs      = '*'
                sequences = @{ x = @{ path = '{{sequence.Folder}}'; instances = @(@{ args = @('one'); appConfig = @{ a = @(@(1), 2) } }) } }
            }
            """));
        var change = session.Get("Compare-ScramjetState $file").Single(c => Text(c, "Kind") == "Instance");
        Assert.StartsWith("args [\"one\"], appConfig {\"a\":", Text(change, "Description"), StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_in_a_file_are_relative_to_the_file()
    {
        using var session = real.ConnectHub();
        using var sequence = TestSequence.Of("wait");
        foreach (var file in Directory.GetFiles(sequence.Folder))
            File.Copy(file, Path.Combine(Directory.CreateDirectory(_files.PathOf("programs/one")).FullName, Path.GetFileName(file)));
        session.Set("file", _files.Write("state.yaml", "sequences: {x: {path: programs/one}}"));
        var change = Assert.Single(session.Get("Set-Location /; Compare-ScramjetState $file"));
        Assert.Equal(sequence.Name, Text(change, "Name"));
    }
}
