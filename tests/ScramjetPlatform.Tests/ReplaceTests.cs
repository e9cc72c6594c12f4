using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Sequences that are published in the place of others, once and on every change of a folder.</summary>
public sealed class ReplaceTests(RealPlatform real)
{
    private static string[] Ids(IEnumerable<PSObject> objects) => [.. objects.Select(o => (string)o.Properties["Id"].Value)];

    [Theory]
    [EachHub]
    public async Task What_runs_is_started_anew_and_the_old_is_stopped_and_removed(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("folder", sequence.Folder);
        session.Set("name", sequence.Name);
        session.Get(
            "1, 2 | ForEach-Object { $s = Publish-ScramjetSequence $folder; "
                + "$null = $s | Start-ScramjetSequence -AppConfig @{ a = 1 } -ArgumentList Hi, 2 -Wait }");
        session.Set("old", session.Get("Get-ScramjetSequence $name; Get-ScramjetInstance $name"));

        var plan = session.Run("Publish-ScramjetSequence $folder -Replace -WhatIf");
        Assert.Empty(plan.Output);
        foreach (var id in session.Get("$old.Id"))
            Assert.Contains(id.ToString(), session.Screen, StringComparison.Ordinal);
        Assert.Equal(2, session.Get("Get-ScramjetSequence $name").Count);

        var result = session.Run("Publish-ScramjetSequence $folder -Replace -GracePeriodSec 0.1");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        session.Set("new", Assert.Single(result.Output));
        Assert.Equal(2, ((System.Collections.ICollection)session.Single("$new").Properties["Instances"].Value).Count);
        Assert.Equal(session.Single("$new.Id").ToString(), Assert.Single(Ids(session.Get("Get-ScramjetSequence $name"))));
        Assert.Equal(2, session.Get("$i = Get-ScramjetInstance $name -Status Running; $i").Count);
        Assert.Equal("1 Hi 2 1 Hi 2", session.Single("\"$($i.ForEach({ \"$($_.AppConfig.a) $($_.ArgumentList)\" }))\"").BaseObject);
        Assert.Equal("True", session.Single("\"$(@($i.SequenceId | Select-Object -Unique) -eq $new.Id)\" -eq $new.Id").ToString());
    }

    [Theory]
    [EachHub]
    public async Task What_does_not_run_is_removed_and_the_old_runs_on(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        var failing = hub.Sequence("throws");
        failing.WriteManifest("2.0.0", "throws.js", sequence.Name);
        session.Set("name", sequence.Name);
        session.Get($"$i = Publish-ScramjetSequence '{sequence.Folder}' -Start");
        var error = session.Error($"Publish-ScramjetSequence '{failing.Folder}' -Replace");
        Assert.StartsWith("INSTANCE_FAILED,", error.FullyQualifiedErrorId);
        Assert.Contains("the old instances keep running", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("1.2.3", session.Single("Get-ScramjetSequence $name").Properties["Version"].Value);
        Assert.Equal(session.Single("$i.Id").ToString(), session.Single("Get-ScramjetInstance $name -Status Running").Properties["Id"].Value);
    }

    [Fact]
    public async Task Each_hub_is_replaced_by_itself_and_the_same_content_is_not_sent_again()
    {
        await using var platform = FakePlatform.Of(2);
        using var sequence = TestSequence.Of("wait");
        using var session = platform.Connect();
        session.Set("folder", sequence.Folder);
        session.Get($"$null = Publish-ScramjetSequence $folder -Start -Hub {platform.Hubs[1].Id}");
        foreach (var hub in platform.Hubs)
            hub.Second = HubUnderTest.Brief;

        // One starts an instance, because none runs there.
        var first = session.Get("Publish-ScramjetSequence $folder -Replace -IfChanged -Start");
        Assert.Equal(platform.Hubs.Select(h => h.Id).Order(), first.Select(i => (string)i.Properties["Hub"].Value).Order());
        foreach (var hub in platform.Hubs)
            Assert.Single(hub.Sequences.Values, s => (string?)s["config"]!["name"] == sequence.Name);
        Assert.Equal(Ids(first).Order(), Ids(session.Get("Publish-ScramjetSequence $folder -Replace -IfChanged -Start")).Order());
        Assert.Equal(
            Ids(session.Get($"Get-ScramjetSequence {sequence.Name}")).Order(),
            Ids(session.Get("Publish-ScramjetSequence $folder -Replace -IfChanged")).Order());
    }

    [Theory]
    [InlineData("-Replace -Update", "can't be used together")]
    [InlineData("-Watch -Update", "can't be used together")]
    [InlineData("-GracePeriodSec 1", "requires -Replace")]
    [InlineData("-Sequence x", "-Update or -Replace")]
    public void Parameters_that_do_not_belong_together_are_an_error(string parameters, string words)
    {
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        Assert.Contains(words, session.Error($"Publish-ScramjetSequence '{sequence.Folder}' {parameters}").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_that_is_stopped_removes_what_is_new_and_keeps_the_old()
    {
        var hub = new FakeHub("sth-1");
        hub.Second = HubUnderTest.Brief;
        await using var server = hub.Serve();
        using var sequence = TestSequence.Of("wait");
        using var session = server.Connect();
        session.Get($"$i = Publish-ScramjetSequence '{sequence.Folder}' -Start");
        var stopped = await session.StopAfterAsync(
            $"Publish-ScramjetSequence '{sequence.Folder}' -Replace",
            TimeSpan.Zero,
            () => UntilAsync(() => hub.Instances.Count == 2));
        Assert.InRange(stopped, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await UntilAsync(() => hub.Sequences.Count == 1);
        var next = session.Run("Get-ScramjetInstance $i.Id -Status Running");
        Assert.Single(next.Output);
        Assert.Empty(next.Warnings);
    }

    /// <summary>The removal waits for the hub, so that Ctrl+C is likely then.</summary>
    [Fact]
    public async Task A_replacement_that_fails_and_is_stopped_reports_the_failure_and_removes_what_is_new()
    {
        var hub = new FakeHub("sth-1") { Second = TimeSpan.FromSeconds(0.2) };
        await using var server = hub.Serve();
        using var sequence = TestSequence.Of("wait");
        using var session = server.Connect();
        session.Get($"$i = Publish-ScramjetSequence '{sequence.Folder}' -Start");
        var (old, isRefused) = (hub.Sequences.Keys.Single(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        hub.Intercept = async (exchange, path) =>
        {
            if (exchange.Method != "DELETE" || isRefused.Task.IsCompleted)
                return false;
            await exchange.AnswerAsync(409, """{"error":"Can't remove- Sequence in use"}""");
            isRefused.TrySetResult();
            return true;
        };
        sequence.Write("throws.js", "");
        var package = await File.ReadAllTextAsync(Path.Combine(sequence.Folder, "package.json"), TestContext.Current.CancellationToken);
        sequence.Write("package.json", package.Replace("wait.js", "throws.js", StringComparison.Ordinal));
        await session.StopAfterAsync($"Publish-ScramjetSequence '{sequence.Folder}' -Replace", TimeSpan.Zero, () => isRefused.Task);
        await UntilAsync(() => hub.Sequences.Count == 1);
        Assert.Equal(old, hub.Sequences.Keys.Single());
        var next = session.Run("Get-ScramjetInstance $i.Id -Status Running");
        Assert.Single(next.Output);
        Assert.Contains("doesn't run on 'sth-1'", Assert.Single(next.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_instances_of_a_sequence_that_is_no_longer_on_its_hub_are_replaced()
    {
        var hub = new FakeHub("sth-1") { Second = HubUnderTest.Brief };
        await using var server = hub.Serve();
        using var sequence = TestSequence.Of("wait");
        using var session = server.Connect();
        session.Get($"$i = Publish-ScramjetSequence '{sequence.Folder}' -Start");
        hub.Sequences.Clear();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}' -Replace -GracePeriodSec 0.1");
        Assert.NotEqual(session.Single("$i.Id").BaseObject, session.Single("Get-ScramjetInstance -Status Running").Properties["Id"].Value);
    }

    [Fact]
    public async Task Settings_that_are_not_known_are_a_warning_before_anything_is_replaced()
    {
        var hub = new FakeHub("sth-1");
        var instance = hub.AddInstance(hub.AddSequence("wait"));
        await using var server = hub.Serve();
        using var sequence = TestSequence.Of("wait");
        using var session = server.Connect();
        var plan = session.Run($"Publish-ScramjetSequence '{sequence.Folder}' -Replace -Sequence wait -WhatIf");
        Assert.Contains($"'{instance}' starts again without its configuration and limits", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, r => r.Method == "POST");
    }

    [Fact]
    public async Task A_watch_shows_its_plan_once_with_WhatIf_and_takes_folders_only()
    {
        await using var server = new FakeHub("sth-1").Serve();
        using var sequence = TestSequence.Of("wait");
        using var session = server.Connect();
        session.Get($"$package = New-ScramjetSequencePackage '{sequence.Folder}' -Destination '{sequence.Folder}.tar.gz'");
        Assert.Empty(session.Get($"Publish-ScramjetSequence '{sequence.Folder}' -Watch -WhatIf"));
        Assert.Contains("Publish", session.Screen, StringComparison.Ordinal);
        Assert.Contains("isn't a folder", session.Error("Publish-ScramjetSequence $package -Watch").ToString(), StringComparison.Ordinal);
        File.Delete(sequence.Folder + ".tar.gz");
        Assert.DoesNotContain(server.Requests, r => r.Method == "POST");
    }

    [Fact]
    public async Task A_watched_folder_is_published_when_its_content_has_changed()
    {
        var hub = new FakeHub("sth-1");
        hub.Second = HubUnderTest.Brief;
        await using var server = hub.Serve();
        using var sequence = TestSequence.Of("wait");
        sequence.Write(".siignore", "notes.txt");
        using var session = server.Connect();
        var uploads = () => server.Requests.Count(r => r is { Method: "POST", Target: "/api/v1/sequence" });
        var stopped = await session.StopAfterAsync($"Publish-ScramjetSequence '{sequence.Folder}' -Watch -Start -GracePeriodSec 0.1", TimeSpan.Zero, async () =>
        {
            await UntilAsync(() => hub.Instances.Count == 1);
            var first = hub.Instances.Keys.Single();

            // Neither what isn't packed nor the same content again is a change.
            sequence.Write("notes.txt", "a");
            sequence.Write("wait.js", File.ReadAllText(Path.Combine(sequence.Folder, "wait.js")));
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            Assert.Equal(1, uploads());

            // A folder that can't be packed is an error, and is watched on.
            var manifest = File.ReadAllText(Path.Combine(sequence.Folder, "package.json"));
            sequence.Write("package.json", "{");
            await Task.Delay(1000, TestContext.Current.CancellationToken);
            sequence.Write("package.json", manifest);
            sequence.Write("wait.js", "// Changed");
            await UntilAsync(() => uploads() == 2 && hub.Sequences.Count == 1 && !hub.Instances.ContainsKey(first));
        });
        Assert.InRange(stopped, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal("running", (string?)Assert.Single(hub.Instances.Values)["status"]);
        Assert.Contains("+sha.", (string?)Assert.Single(hub.Sequences.Values)["config"]!["version"], StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
