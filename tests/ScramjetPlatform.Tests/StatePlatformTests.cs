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

namespace ScramjetPlatform.Tests;

/// <summary>State files of a whole platform: hubs by name and by wildcard, what is removed, and hubs that can't be reached.</summary>
public sealed class StatePlatformTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scramjet-state-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(PSObject change, string property) => change.Properties[property].Value?.ToString() ?? "";

    private static string[] Plan(IEnumerable<PSObject> changes) =>
        [.. changes.Select(c => $"{Text(c, "Action")} {Text(c, "Kind")} on {Text(c, "Hub")}").Order(StringComparer.Ordinal)];

    private static async Task<LocalPlatform> StartAsync()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 2 };
        options.Spaces.Add("local");
        return await LocalPlatform.StartAsync(options);
    }

    private static Engine Connect(LocalPlatform platform)
    {
        var session = new Engine();
        session.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {platform.Token}");
        return session;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public async Task Two_hubs_are_kept_as_the_file_says_until_one_is_killed_in_the_middle()
    {
        await using var platform = await StartAsync();
        using var session = Connect(platform);
        using var first = TestSequence.Of("wait");
        using var second = TestSequence.Of("wait");
        var (one, other) = (platform.Hubs[0].Id, platform.Hubs[1].Id);
        session.Set("file", Write("state.yaml", $"""
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
        Assert.Equal(all, Plan(session.Get("Compare-ScramjetState $file")));
        Assert.Equal(all.Where(a => a.EndsWith(one, StringComparison.Ordinal)), Plan(session.Get($"Compare-ScramjetState $file -Hub {one}")));
        Assert.Equal(
            all.Where(a => a.EndsWith(other, StringComparison.Ordinal)),
            Plan(session.Get($"Get-ScramjetHub {other} | Sync-ScramjetState $file")));
        session.Get("Sync-ScramjetState $file");
        Assert.Equal(all.Select(a => a.Replace("Add", "Same", StringComparison.Ordinal)), Plan(session.Get("Compare-ScramjetState $file -Prune")));

        // A file of the whole platform is the same, too.
        session.Set("out", Path.Combine(_folder, "out.psd1"));
        session.Get("Export-ScramjetState $out");
        Assert.Equal(all.Select(a => a.Replace("Add", "Same", StringComparison.Ordinal)), Plan(session.Get("Compare-ScramjetState $out -Prune")));

        // Only -Prune removes what the file doesn't have, and only on hubs that it names.
        var path = first.Folder.Replace('\\', '/');
        session.Set("file", Write("small.json", $$"""{ "hubs": "{{other}}", "sequences": { "first": { "path": "{{path}}", "instances": [] } } }"""));
        Assert.Equal([$"Remove Instance on {other}", $"Same Sequence on {other}"], Plan(session.Get("Compare-ScramjetState $file")));
        string[] pruned = [$"Remove Instance on {other}", $"Remove Instance on {other}", $"Remove Sequence on {other}", $"Same Sequence on {other}"];
        Assert.Equal(pruned, Plan(session.Get("Compare-ScramjetState $file -Prune")));
        Assert.Equal(pruned, Plan(session.Get("Sync-ScramjetState $file -Prune -GracePeriodSec 0.1")));
        Assert.Equal([$"Same Sequence on {other}"], Plan(session.Get("Compare-ScramjetState $file -Prune")));
        Assert.Empty(session.Get($"Get-ScramjetSequence {second.Name}*"));
        Assert.Equal(one, Text(session.Single($"Get-ScramjetInstance {first.Name} -Status Running"), "Hub"));

        await KillAsync(platform, session, first, one, other);
    }

    /// <summary>A hub is killed while instances are started on both.</summary>
    private async Task KillAsync(LocalPlatform platform, Engine session, TestSequence sequence, string one, string other)
    {
        session.Set("file", Write("many.yaml", $"sequences: {{first: {{path: {sequence.Folder}, instances: [{{count: 12}}]}}}}"));
        var sync = Task.Run(() => session.Run("Sync-ScramjetState $file -GracePeriodSec 0.1"));
        using var watch = Connect(platform);
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
        using var session = new Engine();
        using var sequence = TestSequence.Of("wait");
        session.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        session.Set("file", Write("state.yaml", $"sequences: {{a: {{path: {sequence.Folder}, hubs: [{platform.Hubs[0].Id}, nowhere]}}}}"));
        var result = session.Run("Sync-ScramjetState $file");
        Assert.Equal([$"Add Sequence on {platform.Hubs[0].Id}"], Plan(result.Output));
        var error = Assert.Single(result.Errors);
        Assert.Equal("NOT_FOUND", Engine.Code(error));
        Assert.StartsWith("sequences.a.hubs: there is no hub 'nowhere'", error.ToString(), StringComparison.Ordinal);

        // With -ErrorAction Stop, nothing is changed.
        sequence.Write("more.txt", "more");
        var stopped = session.Run("Sync-ScramjetState $file -ErrorAction Stop -Verbose 4>&1 | ForEach-Object { Start-Sleep -Milliseconds 300 }");
        Assert.Equal("NOT_FOUND", Engine.Code(Assert.Single(stopped.Errors)));
        Assert.Empty(stopped.Warnings);
        Assert.Equal([$"Change Sequence on {platform.Hubs[0].Id}"], Plan(session.Run("Compare-ScramjetState $file").Output));
        Assert.Empty(session.Run($"Compare-ScramjetState $file -Hub {platform.Hubs[0].Id}").Errors);
    }

    [Fact]
    public async Task Two_versions_of_a_sequence_and_an_identical_copy_are_exported_and_the_same()
    {
        await using var platform = FakePlatform.Of(2);
        using var session = new Engine();
        using var sequence = TestSequence.Of("wait");
        session.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        session.Set("folder", sequence.Folder);
        session.Get("1..2 | ForEach-Object { Publish-ScramjetSequence $folder | Start-ScramjetSequence -ArgumentList $_ }");
        sequence.Write("more.txt", "more");
        session.Get($"Publish-ScramjetSequence $folder -IfChanged -Hub {platform.Hubs[1].Id} -Start");
        foreach (var extension in new[] { "yaml", "json", "psd1" })
        {
            session.Set("file", Path.Combine(_folder, "out." + extension));
            session.Get("Export-ScramjetState $file");
            var compared = session.Get("Compare-ScramjetState $file -Prune");
            Assert.All(compared, c => Assert.Equal("Same", Text(c, "Action")));
            Assert.Equal(5, compared.Count(c => Text(c, "Kind") == "Instance" && Text(c, "Name") == sequence.Name));
        }
    }

    [Fact]
    public async Task The_view_shows_what_would_be_done_with_marks()
    {
        await using var platform = FakePlatform.Of(1);
        using var session = new Engine();
        using var sequence = TestSequence.Of("wait");
        session.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        session.Set("file", Write("state.yaml", $"sequences: {{a: {{path: {sequence.Folder}, instances: [{{}}]}}}}"));
        var shown = session.Render("Sync-ScramjetState $file -WhatIf");
        Assert.Contains($"+ sequence {sequence.Name} on {platform.Hubs[0].Id}: 1.2.3+sha.", shown, StringComparison.Ordinal);
        Assert.Contains($"+ instance {sequence.Name} on {platform.Hubs[0].Id}", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Hubs[0].Sequences.Values, s => (string?)s["config"]!["name"] == sequence.Name);
    }

    [Fact]
    public async Task An_instance_of_a_topic_is_stopped_before_the_next_is_started_and_started_again_if_that_fails()
    {
        await using var platform = FakePlatform.Of(1);
        platform.Hubs[0].Second = TimeSpan.FromMilliseconds(20);
        using var session = new Engine();
        using var sequence = TestSequence.Of("wait");
        session.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        session.Set("file", Write("state.yaml", $"sequences: {{a: {{path: {sequence.Folder}, instances: [{{inputTopic: in}}]}}}}"));
        session.Get("Sync-ScramjetState $file");
        sequence.Write("throws.js", "");
        sequence.Write("package.json", $$"""{ "name": "{{sequence.Name}}", "version": "2.0.0", "main": "throws.js", "engines": { "node": ">=16" } }""");
        var result = session.Run("Sync-ScramjetState $file -GracePeriodSec 0.1");
        var error = result.Errors.First(e => e.ToString().Contains("was stopped before", StringComparison.Ordinal));
        Assert.Contains("started again as", error.ToString(), StringComparison.Ordinal);
        var running = session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running");
        Assert.Equal("in", Text(running, "InputTopic"));
        Assert.Equal("1.2.3", Text(session.Single($"Get-ScramjetSequence {sequence.Name}"), "Version").Split('+')[0]);
    }
}
