using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.StateFolder;

namespace ScramjetPlatform.Tests;

/// <summary>State files of a whole platform: hubs by name and by wildcard, what is removed, and hubs that can't be reached.</summary>
public sealed class StatePlatformTests : IDisposable
{
    private readonly StateFolder _files = new();

    public void Dispose() => _files.Dispose();

    private static async Task<LocalPlatform> StartAsync()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 2 };
        options.Spaces.Add("local");
        return await LocalPlatform.StartAsync(options);
    }

    [Fact]
    public async Task Two_hubs_are_kept_as_the_file_says_until_one_is_killed_in_the_middle()
    {
        await using var platform = await StartAsync();
        using var session = platform.Connect();
        using var first = TestSequence.Of("wait");
        using var second = TestSequence.Of("wait");
        var (one, other) = (platform.Hubs[0].Id, platform.Hubs[1].Id);
        session.Set("file", _files.Write("state.yaml", $"""
            sequences:
              first:
                path: {first.Folder}
                hubs: '*'
                instances: [args: [x]]
              second:
                path: {second.Folder}
                instances: [hubs: [{other}]]
            """));
        string[] all =
        [
            $"Add Instance on {one}", $"Add Instance on {other}", $"Add Instance on {other}",
            $"Add Sequence on {one}", $"Add Sequence on {other}", $"Add Sequence on {other}",
        ];
        Assert.Equal(all, PlanOfHubs(session.Get("Compare-ScramjetState $file")));
        Assert.Equal(all.Where(a => a.EndsWith(one, StringComparison.Ordinal)), PlanOfHubs(session.Get($"Compare-ScramjetState $file -Hub {one}")));
        Assert.Equal(
            all.Where(a => a.EndsWith(other, StringComparison.Ordinal)),
            PlanOfHubs(session.Get($"Get-ScramjetHub {other} | Sync-ScramjetState $file")));
        session.Get("Sync-ScramjetState $file");
        Assert.Equal(all.Select(a => a.Replace("Add", "Same", StringComparison.Ordinal)), PlanOfHubs(session.Get("Compare-ScramjetState $file -Prune")));

        // A file of the whole platform is the same, too.
        session.Set("out", _files.PathOf("out.psd1"));
        session.Get("Export-ScramjetState $out");
        Assert.Equal(all.Select(a => a.Replace("Add", "Same", StringComparison.Ordinal)), PlanOfHubs(session.Get("Compare-ScramjetState $out -Prune")));

        // Only -Prune removes what the file doesn't have, and only on hubs that it names.
        var path = first.Folder.Replace('\\', '/');
        session.Set("file", _files.Write("small.json", $$"""{ "hubs": "{{other}}", "sequences": { "first": { "path": "{{path}}", "instances": [] } } }"""));
        Assert.Equal([$"Remove Instance on {other}", $"Same Sequence on {other}"], PlanOfHubs(session.Get("Compare-ScramjetState $file")));
        string[] pruned = [$"Remove Instance on {other}", $"Remove Instance on {other}", $"Remove Sequence on {other}", $"Same Sequence on {other}"];
        Assert.Equal(pruned, PlanOfHubs(session.Get("Compare-ScramjetState $file -Prune")));
        Assert.Equal(pruned, PlanOfHubs(session.Get("Sync-ScramjetState $file -Prune -GracePeriodSec 0.1 -Confirm:$false")));
        Assert.Equal([$"Same Sequence on {other}"], PlanOfHubs(session.Get("Compare-ScramjetState $file -Prune")));
        Assert.Empty(session.Get($"Get-ScramjetSequence {second.Name}*"));
        Assert.Equal(one, Text(session.Single($"Get-ScramjetInstance {first.Name} -Status Running"), "Hub"));

        await KillAsync(platform, session, first, one, other);
    }

    /// <summary>A hub is killed while instances are started on both.</summary>
    private async Task KillAsync(LocalPlatform platform, Engine session, TestSequence sequence, string one, string other)
    {
        session.Set("file", _files.Write("many.yaml", $"sequences: {{first: {{path: {sequence.Folder}, instances: [{{count: 12}}]}}}}"));
        var sync = Task.Run(() => session.Run("Sync-ScramjetState $file -GracePeriodSec 0.1"));
        using var watch = platform.Connect();
        while (watch.Run($"Get-ScramjetInstance {sequence.Name} -Hub {other}").Output.Count == 0)
            await Task.Delay(50);
        await platform.Hubs[1].KillAsync();

        var result = await sync;
        var rows = result.Output.Where(c => Text(c, "Action") != "Same").ToLookup(c => Text(c, "Hub"));
        Assert.Equal(12, rows[one].Count());
        Assert.All(rows[one], c => Assert.Equal("Done", Text(c, "Result")));
        Assert.Equal(12, rows[other].Count());
        Assert.Contains(rows[other], c => Text(c, "Result") == "Failed");
        Assert.Contains(rows[other], c => Text(c, "Result") == "Skipped");
        Assert.All(rows[other].Where(c => Text(c, "Result") != "Done"), c => Assert.NotEqual("", Text(c, "ErrorMessage")));
        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors, e => Assert.Equal(other, Text(PSObject.AsPSObject(e.TargetObject), "Hub")));

        // Nothing is taken for removed because its hub can't be reached.
        var compared = session.Run("Compare-ScramjetState $file -Prune");
        Assert.Contains(Engine.Code(Assert.Single(compared.Errors)), new[] { "HUB_DISCONNECTED", "CANNOT_CONNECT", "SERVER_ERROR" });
        Assert.All(compared.Output, c => Assert.Equal(one, Text(c, "Hub")));
        Assert.All(compared.Output, c => Assert.Equal("Same", Text(c, "Action")));
    }

    [Fact]
    public async Task A_hub_that_does_not_exist_is_an_error_with_its_place_and_the_others_are_compared()
    {
        await using var platform = FakePlatform.Of(2);
        using var session = platform.Connect();
        using var sequence = TestSequence.Of("wait");
        session.Set("file", _files.Write("state.yaml", $"sequences: {{a: {{path: {sequence.Folder}, hubs: [{platform.Hubs[0].Id}, nowhere]}}}}"));
        var result = session.Run("Sync-ScramjetState $file");
        Assert.Equal([$"Add Sequence on {platform.Hubs[0].Id}"], PlanOfHubs(result.Output));
        var error = Assert.Single(result.Errors);
        Assert.Equal("NOT_FOUND", Engine.Code(error));
        Assert.StartsWith("sequences.a.hubs: there is no hub 'nowhere'", error.ToString(), StringComparison.Ordinal);

        // With -ErrorAction Stop, nothing is changed.
        sequence.Write("more.txt", "more");
        var stopped = session.Run("Sync-ScramjetState $file -ErrorAction Stop -Verbose 4>&1 | ForEach-Object { Start-Sleep -Milliseconds 300 }");
        Assert.Equal("NOT_FOUND", Engine.Code(Assert.Single(stopped.Errors)));
        Assert.Empty(stopped.Warnings);
        Assert.Equal([$"Change Sequence on {platform.Hubs[0].Id}"], PlanOfHubs(session.Run("Compare-ScramjetState $file").Output));
        Assert.Empty(session.Run($"Compare-ScramjetState $file -Hub {platform.Hubs[0].Id}").Errors);
    }

    [Fact]
    public async Task Two_versions_of_a_sequence_and_an_identical_copy_are_exported_and_the_same()
    {
        await using var platform = FakePlatform.Of(2);
        using var session = platform.Connect();
        using var sequence = TestSequence.Of("wait");
        session.Set("folder", sequence.Folder);
        session.Get("1..2 | ForEach-Object { Publish-ScramjetSequence $folder | Start-ScramjetSequence -ArgumentList $_ }");
        sequence.Write("more.txt", "more");
        session.Get($"Publish-ScramjetSequence $folder -IfChanged -Hub {platform.Hubs[1].Id} -Start");
        foreach (var extension in new[] { "yaml", "json", "psd1" })
        {
            session.Set("file", _files.PathOf("out." + extension));
            session.Get("Export-ScramjetState $file");
            var compared = session.Get("Compare-ScramjetState $file -Prune");
            Assert.All(compared, c => Assert.Equal("Same", Text(c, "Action")));
            Assert.Equal(5, compared.Count(c => Text(c, "Kind") == "Instance" && Text(c, "Name") == sequence.Name));
        }
    }

    [Fact]
    public async Task Prune_asks_before_each_removal_as_the_commands_that_remove_do()
    {
        await using var platform = FakePlatform.Of(1);
        platform.Hubs[0].Second = HubUnderTest.Brief;
        platform.Hubs[0].Topic("cities", "text/plain");
        using var session = platform.Connect();
        using var sequence = TestSequence.Of("wait");
        _files.Sync(session, sequence, "    - {count: 2}");

        // One instance is too many for the file, which names the sequence. Its removal is asked about as the others are.
        _files.Write(sequence, "    - {count: 1}");
        var asked = new List<string>();
        string[] plan = ["Remove Instance", "Remove Instance", "Remove Sequence", "Remove Topic", "Same Instance", "Same Sequence"];
        Assert.Equal(plan, Plan(session.Get("Sync-ScramjetState $file -Prune -WhatIf")));
        session.Answer = message =>
        {
            asked.Add(message);
            return "No";
        };
        var result = session.Run("Sync-ScramjetState $file -Prune -GracePeriodSec 0.1");
        Assert.Empty(result.Errors);
        Assert.Equal(
            [
                "Remove Instance: Skipped", "Remove Instance: Skipped", "Remove Sequence: Skipped", "Remove Topic: Skipped",
                "Same Instance: None", "Same Sequence: None",
            ],
            Results(result.Output));
        Assert.Equal(4, asked.Count);
        Assert.All(asked, message => Assert.StartsWith("Are you sure you want to perform this action?", message, StringComparison.Ordinal));
        Assert.Contains(asked, message => message.EndsWith("the operation \"Remove topic\" on target \"cities on sth-0\".", StringComparison.Ordinal));

        // Each is asked about once, also with -Confirm.
        asked.Clear();
        session.Get("Sync-ScramjetState $file -Prune -Confirm; & { $ConfirmPreference = 'Medium'; Sync-ScramjetState $file -Prune }");
        Assert.Equal(8, asked.Count);

        // One answer can be for all of them, and without questions nothing is asked.
        asked.Clear();
        session.Answer = message =>
        {
            asked.Add(message);
            return "No to All";
        };
        session.Get("Sync-ScramjetState $file -Prune");
        Assert.Single(asked);
        session.Answer = null;
        Assert.Equal(
            [
                "Remove Instance: Done", "Remove Instance: Done", "Remove Sequence: Done", "Remove Topic: Done", "Same Instance: None", "Same Sequence: None",
            ],
            Results(session.Get("& { $ConfirmPreference = 'None'; Sync-ScramjetState $file -Prune -GracePeriodSec 0.1 }")));
        platform.Hubs[0].Topic("more", "text/plain");
        Assert.Equal(
            ["Remove Topic: Done", "Same Instance: None", "Same Sequence: None"],
            Results(session.Get("Sync-ScramjetState $file -Prune -Confirm:$false")));
    }

    [Fact]
    public async Task Prune_keeps_the_topics_of_programs_that_stay()
    {
        await using var platform = FakePlatform.Of(1);
        using var session = platform.Connect();
        using var sequence = TestSequence.Of("topic-writer");
        session.Set("file", _files.Write(sequence, "    - {}"));
        session.Get("Sync-ScramjetState $file -Prune -Confirm:$false");
        session.Get("while (-not (Get-ScramjetTopic cities -Hub * -ErrorAction Ignore)) { }");
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file -Prune")));
    }

    [Fact]
    public async Task A_topic_that_its_hub_can_not_create_or_remove_is_told_by_the_plan()
    {
        await using var platform = FakePlatform.Of(1);
        platform.Hubs[0].Topic("a.b", "text/plain");
        using var session = platform.Connect();
        session.Set("file", _files.Write("state.yaml", "hubs: '*'\ntopics: {c.d: {}}"));
        foreach (var command in new[] { "Compare-ScramjetState $file -Prune", "Sync-ScramjetState $file -Prune -Confirm:$false" })
        {
            var result = session.Run(command);
            Assert.DoesNotContain(result.Output, c => Text(c, "Kind") == "Topic");
            var (warning, error) = (Assert.Single(result.Warnings), Assert.Single(result.Errors).ToString());
            Assert.StartsWith("The hub 'sth-0' has the topic 'a.b', which the file doesn't have, and can't remove it", warning, StringComparison.Ordinal);
            Assert.StartsWith("topics.'c.d': the hub 'sth-0' can't create the topic 'c.d'", error, StringComparison.Ordinal);
        }

        _files.Write("state.yaml", "topics: {a.b: {contentType: text/plain}}");
        Assert.Equal(["Same Topic"], Plan(session.Get("Compare-ScramjetState $file")));
    }

    [Fact]
    public async Task A_topic_without_a_content_type_is_not_exported()
    {
        await using var platform = FakePlatform.Of(1);
        platform.Hubs[0].LeaveTopics("left");
        platform.Hubs[0].Topic("kept", "text/plain");
        using var session = platform.Connect();
        session.Set("file", _files.PathOf("out.yaml"));
        session.Get("Export-ScramjetState $file");
        Assert.DoesNotContain("left", _files.Read("out.yaml"), StringComparison.Ordinal);
        Assert.All(session.Get("Compare-ScramjetState $file"), c => Assert.Equal("Same", Text(c, "Action")));
    }

    [Theory]
    [InlineData("{}", "", "has no sequences and no topics, and names no hubs.")]
    [InlineData("{}", "-Prune", "has no sequences and no topics, and names no hubs.")]
    [InlineData("hubs: '*'", "", "has no sequences and no topics. Add them, or use -Prune")]
    [InlineData("hubs: other*\ntopics: {t: {}}", "", "is about other hubs; the hubs in scope are org-fake-manager/sth-0, org-fake-manager/sth-1.")]
    [InlineData("hubs: other*\ntopics: {t: {}}", "-Prune", "is about other hubs; the hubs in scope are org-fake-manager/sth-0, org-fake-manager/sth-1.")]
    [InlineData("topics: {t: {hubs: sth-1}}", "-Hub sth-0", "is about other hubs; the hubs in scope are org-fake-manager/sth-0.")]
    [InlineData("topics: {t: {spaces: nowhere}}", "-Hub sth-0", "is about other hubs; the hubs in scope are org-fake-manager/sth-0.")]
    [InlineData("topics: {t: {}}", "-Hub other*", "is about other hubs; no hub is in scope.")]
    public async Task A_file_that_is_about_nothing_in_scope_is_a_warning(string text, string parameters, string expected)
    {
        await using var platform = FakePlatform.Of(2);
        using var session = platform.Connect();
        session.Set("file", _files.Write("state.yaml", text));
        foreach (var command in new[] { "Compare-ScramjetState", "Sync-ScramjetState" })
        {
            var result = session.Run($"{command} $file {parameters}");
            Assert.Empty(result.Output);
            Assert.Empty(result.Errors);
            var warning = Assert.Single(result.Warnings);
            Assert.StartsWith("Nothing was compared: '", warning, StringComparison.Ordinal);
            Assert.Contains("state.yaml' " + expected, warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_about_one_of_several_records_is_no_warning()
    {
        await using var platform = FakePlatform.Of(2);
        using var session = platform.Connect();
        session.Set("file", _files.Write("state.yaml", "topics: {t: {hubs: sth-1}}"));
        var result = session.Run("Get-ScramjetHub | Compare-ScramjetState $file");
        Assert.Equal(["Add Topic on sth-1"], PlanOfHubs(result.Output));
        Assert.Empty(result.Warnings);

        // Neither is one that couldn't be compared, which is an error.
        platform.Disconnected.Add("sth-1");
        result = session.Run("Compare-ScramjetState $file");
        Assert.Equal("HUB_DISCONNECTED", Engine.Code(Assert.Single(result.Errors)));
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task The_view_shows_what_would_be_done_with_marks()
    {
        await using var platform = FakePlatform.Of(1);
        using var session = platform.Connect();
        using var sequence = TestSequence.Of("wait");
        session.Set("file", _files.Write("state.yaml", $"sequences: {{a: {{path: {sequence.Folder}, instances: [{{}}]}}}}"));
        var shown = session.Render("Sync-ScramjetState $file -WhatIf");
        Assert.Contains($"+ sequence {sequence.Name} on {platform.Hubs[0].Id}: 1.2.3+sha.", shown, StringComparison.Ordinal);
        Assert.Contains($"+ instance {sequence.Name} on {platform.Hubs[0].Id}", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Hubs[0].Sequences.Values, s => (string?)s["config"]!["name"] == sequence.Name);
    }

    [Fact]
    public async Task An_instance_of_a_topic_is_stopped_before_the_next_is_started_and_started_again_if_that_fails()
    {
        await using var platform = FakePlatform.Of(1);
        platform.Hubs[0].Second = HubUnderTest.Brief;
        using var session = platform.Connect();
        using var sequence = TestSequence.Of("wait");
        session.Set("file", _files.Write("state.yaml", $"sequences: {{a: {{path: {sequence.Folder}, instances: [{{inputTopic: in}}]}}}}"));
        session.Get("Sync-ScramjetState $file");
        sequence.Write("throws.js", "");
        sequence.WriteManifest("2.0.0", "throws.js");
        var result = session.Run("Sync-ScramjetState $file -GracePeriodSec 0.1");
        var error = result.Errors.First(e => e.ToString().Contains("was stopped before", StringComparison.Ordinal));
        Assert.Contains("started again as", error.ToString(), StringComparison.Ordinal);
        var running = session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running");
        Assert.Equal("in", Text(running, "InputTopic"));
        Assert.Equal("1.2.3", Text(session.Single($"Get-ScramjetSequence {sequence.Name}"), "Version").Split('+')[0]);
    }
}
