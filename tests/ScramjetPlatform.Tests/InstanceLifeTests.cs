using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Testing;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Instances at the end of their lives, and the commands that can be used with them.</summary>
public sealed class InstanceLifeTests(RealPlatform real)
{
    private static readonly HttpClient s_client = new();

    /// <summary>The duration of the stand-in's seconds for tests that must see the progress of a wait.</summary>
    private static readonly TimeSpan Visible = TimeSpan.FromMilliseconds(250);

    [Theory]
    [InlineData("killing", true, 137, "Completed", false)]
    [InlineData("stopping", true, 138, "Completed", false)]
    [InlineData("running", true, 23, "Errored", false)]
    [InlineData("starting", false, 21, "Errored", false)]
    [InlineData("completed", true, -1, "Completed", true)]
    [InlineData("completed", true, 0, "Completed", true)]
    [InlineData("completed", true, 137, "Completed", false)]
    [InlineData("errored", true, 23, "Errored", false)]
    [InlineData("killing", true, null, "Completed", true)]
    [InlineData(null, true, null, "Completed", true)]
    public async Task An_instance_has_ended_if_its_status_or_end_time_or_termination_says_so(
        string? status,
        bool hasEndTime,
        int? exitCode,
        string expected,
        bool succeeded)
    {
        var hub = new FakeHub("sth-1");
        var instance = hub.Instances[hub.AddInstance(hub.AddSequence("hello"))];
        instance["status"] = status;
        instance["ended"] = hasEndTime ? "2026-11-24T19:48:04.851Z" : null;
        instance["terminated"] = exitCode is null
            ? null
            : new JObject { ["exitcode"] = exitCode, ["reason"] = exitCode < 0 ? "Instance completed" : "Instance ended" };
        await using var server = hub.Serve();
        using var session = server.Connect();
        var seen = session.Single("Get-ScramjetInstance");
        Assert.Equal(expected, seen.Properties["Status"].Value.ToString());
        Assert.True((bool)seen.Properties["HasEnded"].Value);
        Assert.Equal(succeeded, seen.Properties["Succeeded"].Value);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("stopping")]
    [InlineData("killing")]
    public async Task An_instance_without_an_end_time_has_not_ended(string status)
    {
        var hub = new FakeHub("sth-1");
        hub.AddInstance(hub.AddSequence("hello"), status);
        await using var server = hub.Serve();
        using var session = server.Connect();
        var seen = session.Single("Get-ScramjetInstance");
        Assert.Equal(status, seen.Properties["Status"].Value.ToString(), ignoreCase: true);
        Assert.False((bool)seen.Properties["HasEnded"].Value);
        Assert.Null(seen.Properties["Succeeded"].Value);
    }

    [Theory]
    [EachHub]
    public async Task An_ended_instance_is_not_stopped_again(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndStart("wait");
        session.Get("$i | Stop-ScramjetInstance -Force -Wait");

        // According to $i, which is an old snapshot, it is running.
        Assert.False((bool)session.Single("$i.HasEnded").BaseObject);
        if (which != TestHub.Npm)
            Assert.DoesNotContain("What if", session.Render("$i.Id | Stop-ScramjetInstance -Force -WhatIf"), StringComparison.Ordinal);
        foreach (var how in new[] { "-Wait", "-Force -Wait", "-TimeoutSec 0.1", "-Force -RemoveImmediately" })
        {
            var stopped = session.Single($"$i | Stop-ScramjetInstance {how} -PassThru");
            Assert.True((bool)stopped.Properties["HasEnded"].Value);
        }

        if (which != TestHub.Npm)
            Assert.Equal("completed", (string?)(await ReadAsync(hub, "/instance/" + session.Single("$i.Id")))["status"]);
    }

    /// <summary>
    /// Hubs of 1.0 accept what is sent to an instance that has ended, and never send what it doesn't send any more. Hubs of 0.18 don't know it any more.
    /// </summary>
    [Theory]
    [EachHub]
    public async Task Events_and_input_of_an_instance_that_has_ended_are_an_error(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndStart("wait");
        session.Get("$i | Stop-ScramjetInstance -Force -Wait");
        var gone = which == TestHub.Npm ? "NOT_FOUND" : "GONE";
        foreach (var script in new[] { "$i | Receive-ScramjetEvent never", "$i | Receive-ScramjetEvent never -Next", "$i | Send-ScramjetEvent ping" })
            Assert.Equal(gone, Code(session.Error(script)));

        // The input is said to have failed as the instance has.
        Assert.Equal(which == TestHub.Npm ? "NOT_FOUND" : "INSTANCE_FAILED", Code(session.Error("'a' | Send-ScramjetInput $i -ReceiveOutput")));
        if (which != TestHub.Npm)
            Assert.Empty(session.Get("$i | Receive-ScramjetEvent never -Follow"));
    }

    /// <summary>Hubs of 1.0 repeat the last report of an instance that has ended, in which it is healthy.</summary>
    [Theory]
    [EachHub]
    public async Task An_instance_that_has_ended_reports_no_health(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndStart("wait");
        Assert.Single(session.Get("$i | Get-ScramjetHealth"));
        session.Get("$i | Stop-ScramjetInstance -Force -Wait");

        // According to $i, which is an old snapshot, it is running.
        Assert.Equal(which == TestHub.Npm ? "NOT_FOUND" : "GONE", Code(session.Error("$i | Get-ScramjetHealth")));
        Assert.DoesNotContain(session.Get("Get-ScramjetHealth *"), h => (string)h.Properties["Instance"].Value == (string)session.Single("$i.Id").BaseObject);

        // A name means those that run, if one does.
        Assert.Contains(Code(session.Error("Get-ScramjetHealth $i.SequenceName")), new[] { "NOT_FOUND", "GONE" });
        session.Get("$other = $i.SequenceId | Start-ScramjetSequence -Wait");
        Assert.Equal(session.Single("$other.Id").BaseObject, session.Single("Get-ScramjetHealth $i.SequenceName").Properties["Instance"].Value);
    }

    [Theory]
    [EachHub]
    public async Task A_wait_for_an_event_ends_with_its_instance(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        using var other = hub.Connect();
        session.Set("i", session.Single($"Publish-ScramjetSequence '{hub.Sequence("wait").Folder}' | Start-ScramjetSequence -Wait"));
        other.Set("i", session.Single("$i.Id").BaseObject);
        var waits = Task.Run(() => other.Error("Receive-ScramjetEvent $i never"), TestContext.Current.CancellationToken);
        session.Get("Start-Sleep -Milliseconds 500; $i | Stop-ScramjetInstance -Force -Wait");
        Assert.Contains(Code(await waits), which == TestHub.Npm ? ["GONE", "NOT_FOUND"] : new[] { "GONE" });
    }

    [Theory]
    [EachHub]
    public async Task A_kill_with_PassThru_writes_the_ended_instance(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndStart("wait");
        var killed = session.Single("$i | Stop-ScramjetInstance -Force -PassThru");
        Assert.Equal(which == TestHub.Npm ? "Gone" : "Completed", killed.Properties["Status"].Value.ToString());
        if (which != TestHub.Npm)
            Assert.Equal(137, killed.Properties["ExitCode"].Value);
    }

    [Theory]
    [EachHub]
    public async Task A_sequence_is_removed_after_its_instances_have_ended(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.ConnectAndPublish("wait");
        session.Get("$s | Start-ScramjetSequence -Wait | Stop-ScramjetInstance -GracePeriodSec 0.1 -Wait; $s | Remove-ScramjetSequence -Confirm:$false");
        Assert.StartsWith("NOT_FOUND,", session.Error("$s | Get-ScramjetSequence").FullyQualifiedErrorId);

        // An instance that is being killed is waited for too. Hubs of 0.18 report it as running until it has ended.
        if (which == TestHub.Npm)
            return;
        session.Set("s", session.Single($"Publish-ScramjetSequence '{hub.Sequence("wait").Folder}'"));
        session.Get("$s | Start-ScramjetSequence -Wait | Stop-ScramjetInstance -Force -RemoveImmediately; $s | Remove-ScramjetSequence -Confirm:$false");
        Assert.StartsWith("NOT_FOUND,", session.Error("$s | Get-ScramjetSequence").FullyQualifiedErrorId);
    }

    [Theory]
    [EachHub]
    public async Task A_forced_removal_waits_until_the_hub_allows_it(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Visible);
        using var session = hub.ConnectAndPublish("wait");
        var result = session.Run("$s | Start-ScramjetSequence -Wait | Stop-ScramjetInstance -Force -Wait; $s | Remove-ScramjetSequence -Force -Confirm:$false");
        Assert.Empty(result.Errors);
        Assert.StartsWith("NOT_FOUND,", session.Error("$s | Get-ScramjetSequence").FullyQualifiedErrorId);
        if (which == TestHub.Npm)
            return;

        AssertProgress(result, "to release its sequence", "Completed");
    }

    [Fact]
    public async Task A_forced_removal_sends_few_requests_and_writes_one_verbose_line()
    {
        var hub = new FakeHub("sth-1") { Second = Visible };
        var sequence = hub.AddSequence("wait");
        hub.AddInstance(sequence);
        await using var server = hub.Serve();
        using var session = server.Connect();
        var result = session.Run("Remove-ScramjetSequence wait -Force -Confirm:$false -Verbose");
        Assert.Empty(result.Errors);
        Assert.Single(result.Verbose, line => line.StartsWith("Waiting for ", StringComparison.Ordinal));
        Assert.InRange(result.Verbose.Count, 1, 10);
        Assert.InRange(server.Requests.Count, 1, 60);
        Assert.Single(server.Requests, r => r.Target.EndsWith("/_kill", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_forced_removal_that_times_out_is_an_error_with_the_instance()
    {
        var hub = new FakeHub("sth-1");
        var instance = hub.AddInstance(hub.AddSequence("wait"));
        await using var server = hub.Serve();
        using var session = server.Connect();
        var result = session.Run("Remove-ScramjetSequence wait -Force -Confirm:$false -WaitTimeoutSec 2");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("TIMEOUT,", error.FullyQualifiedErrorId);
        Assert.Contains(instance, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("-WaitTimeoutSec", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        AssertProgress(result, "to release its sequence", "Completed");
        Assert.Single(hub.Sequences);
    }

    [Fact]
    public async Task Running_instances_keep_their_sequence_even_if_another_one_ended_long_ago()
    {
        var hub = new FakeHub("sth-1") { Second = HubUnderTest.Brief };
        var sequence = hub.AddSequence("wait");
        var ended = hub.AddInstance(sequence);
        var running = hub.AddInstance(sequence);
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Get($"Stop-ScramjetInstance {ended} -Force -Wait");

        // The hub would remove the sequence then.
        await Task.Delay(HubUnderTest.Brief * 30, TestContext.Current.CancellationToken);
        foreach (var command in new[] { "Remove-ScramjetSequence wait -Confirm:$false", "Publish-ScramjetSequence $folder -Sequence wait -Update" })
        {
            using var folder = new TestSequence();
            session.Set("folder", folder.Folder);
            var error = session.Error(command);
            Assert.StartsWith("REQUEST_ERROR,", error.FullyQualifiedErrorId);
            Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
            Assert.Contains(running, error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(ended, error.ToString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(server.Requests, r => r.Method is "DELETE" or "PUT");
        session.Get("Remove-ScramjetSequence wait -Force -Confirm:$false");
        Assert.Empty(hub.Sequences);
    }

    [Fact]
    public async Task A_sequence_is_replaced_when_its_hub_no_longer_lists_ended_instances()
    {
        var hub = new FakeHub("sth-1") { Second = TimeSpan.FromMilliseconds(30) };
        await using var server = hub.Serve();
        using var session = server.Connect();
        using var sequence = TestSequence.Of("wait");
        session.Set("s", session.Single($"Publish-ScramjetSequence '{sequence.Folder}'"));
        session.Get("$s | Start-ScramjetSequence -Wait | Stop-ScramjetInstance -GracePeriodSec 0.1 -Wait");
        var result = session.Run($"Publish-ScramjetSequence '{sequence.Folder}' -Update");
        Assert.Empty(result.Errors);
        Assert.Equal(session.Single("$s.Id").BaseObject, Assert.Single(result.Output).Properties["Id"].Value);
        AssertProgress(result, "to release its sequence", "Completed");
        Assert.Single(server.Requests, r => r.Method == "PUT");
    }

    [Theory]
    [EachHub]
    public async Task Wait_detects_that_a_hub_no_longer_lists_an_instance(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.ConnectAndStart("wait");
        var gone = session.Single("$i | Stop-ScramjetInstance -Force -RemoveImmediately; $i | Wait-ScramjetInstance -Status Gone -WaitTimeoutSec 60");
        Assert.Equal("Gone", gone.Properties["Status"].Value.ToString());
        Assert.StartsWith("NOT_FOUND,", session.Error("Get-ScramjetInstance $i.Id").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task A_wait_times_out_if_its_hub_does_not_respond()
    {
        var hub = new FakeHub("sth-1");
        hub.AddInstance(hub.AddSequence("wait"));
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Get("$i = Get-ScramjetInstance");
        hub.Intercept = async (exchange, path) =>
        {
            if (path.StartsWith("/instance/", StringComparison.Ordinal))
                await exchange.SilenceAsync();
            return path.StartsWith("/instance/", StringComparison.Ordinal);
        };
        Assert.StartsWith("TIMEOUT,", session.Error("$i | Wait-ScramjetInstance -WaitTimeoutSec 0.2").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Waits_for_many_instances_have_one_progress_record()
    {
        var hub = new FakeHub("sth-1");
        var sequence = hub.AddSequence("wait");
        for (var i = 0; i < 5; i++)
            hub.AddInstance(sequence);
        await using var server = hub.Serve();
        using var session = server.Connect();
        var result = session.Run("Get-ScramjetInstance | Wait-ScramjetInstance -WaitTimeoutSec 3");
        Assert.Equal(5, result.Errors.Count);
        Assert.Single(result.Progress.Select(p => p.ActivityId).Distinct());
        Assert.Contains(
            result.Progress,
            p => p.Activity == "Waiting for 5 instances to end" && p.StatusDescription.StartsWith("5 Running, ", StringComparison.Ordinal));
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    [Theory]
    [EachHub]
    public async Task The_start_options_of_an_instance_are_known_even_if_its_hub_does_not_report_them(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.ConnectAndPublish("wait");
        session.Get("$i = $s | Start-ScramjetSequence -AppConfig @{ a = 1; t = '2024-01-01T00:00:00+05:30' } -ArgumentList Hi, 2 -Wait");
        foreach (var instance in new[] { "$i", "(Get-ScramjetInstance $i.Id)", "($i | Get-ScramjetInstance)", "($s | Get-ScramjetInstance)" })
        {
            Assert.Equal(
                "1 2024-01-01T00:00:00+05:30 Hi 2",
                session.Single($"$x = {instance}; \"$($x.AppConfig.a) $($x.AppConfig.t) $($x.ArgumentList)\"").BaseObject);
        }
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_restart_keeps_the_id_and_the_start_options(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Visible);
        using var session = hub.ConnectAndPublish("wait");
        session.Get(
            "$i = $s | Start-ScramjetSequence -AppConfig @{ a = 1; t = '2024-01-01T00:00:00+05:30' } -ArgumentList Hi, 2 -Limits @{ memory = 256 } "
                + "-OutputTopic out -InputTopic in -Wait");
        foreach (var what in new[] { "$i", "$i.Id", "($s | Get-ScramjetInstance)" })
        {
            var result = session.Run($"$after = Restart-ScramjetInstance {what} -Wait; $after");
            Assert.Empty(result.Errors);
            Assert.Empty(result.Warnings);
            Assert.Equal(session.Single("$i.Id").BaseObject, Assert.Single(result.Output).Properties["Id"].Value);
            Assert.Equal(
                "1 2024-01-01T00:00:00+05:30 Hi 2 256 out in Running",
                session.Single(
                    "\"$($after.AppConfig.a) $($after.AppConfig.t) $($after.ArgumentList) $($after.Limits.memory) $($after.OutputTopic) "
                        + "$($after.InputTopic) $($after.Status)\"").BaseObject);
            AssertProgress(result, "to leave its hub's list", "Completed");
            if (hub.StandIn is { } standIn)
            {
                var start = standIn.Starts.Last();
                start.Remove("instanceId");
                var asItStands = new JsonSerializerSettings { DateParseHandling = DateParseHandling.None };
                var sent = JsonConvert.DeserializeObject<JObject>(
                    """{"appConfig":{"a":1,"t":"2024-01-01T00:00:00+05:30"},"args":["Hi",2],"limits":{"memory":256},"outputTopic":"out","inputTopic":"in"}""",
                    asItStands);
                Assert.Equal(sent, start, JToken.EqualityComparer);
            }
        }
    }

    [Fact]
    public void A_restart_on_a_hub_of_0_18_changes_the_id_and_reports_it_with_Verbose()
    {
        RealPlatform.SkipIfRelease();
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        session.Get($"$i = Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -AppConfig @{{ a = 1 }} -ArgumentList Hi, 2 -Wait");
        var result = session.Run("$i | Restart-ScramjetInstance -Wait -Verbose");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Contains(result.Verbose, line => line.Contains("gets another", StringComparison.Ordinal));
        session.Set("after", Assert.Single(result.Output));
        Assert.Equal(
            "1 Hi 2 Running False",
            session.Single("\"$($after.AppConfig.a) $($after.ArgumentList) $($after.Status) $($after.Id -eq $i.Id)\"").BaseObject);
        Assert.True((bool)session.Single("$i | Wait-ScramjetInstance -TimeoutSec 30").Properties["HasEnded"].Value);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_restart_of_an_ended_instance_keeps_the_id(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.ConnectAndStart("wait");
        var result = session.Run("$i | Stop-ScramjetInstance -Force -Wait; $i | Restart-ScramjetInstance -Wait");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var after = Assert.Single(result.Output);
        Assert.Equal(session.Single("$i.Id").BaseObject, after.Properties["Id"].Value);
        Assert.Equal("Running", after.Properties["Status"].Value.ToString());
    }

    [Fact]
    public async Task A_restart_that_is_stopped_tells_that_the_instance_may_not_run()
    {
        var hub = new FakeHub("sth-1") { Second = Visible };
        hub.AddSequence("wait");
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Get("$i = Start-ScramjetSequence wait -Wait");
        await session.StopAfterAsync(
            "$i | Restart-ScramjetInstance",
            TimeSpan.Zero,
            () => UntilAsync(() => Task.FromResult(server.Requests.Any(r => r.Target.EndsWith("/_kill", StringComparison.Ordinal)))));
        var warning = Assert.Single(session.Run("Get-ScramjetHub").Warnings);
        Assert.Contains($"was stopped while it restarted the instance '{session.Single("$i.Id")}' on sth-1.", warning, StringComparison.Ordinal);
        Assert.EndsWith($"use Start-ScramjetSequence {session.Single("$i.SequenceId")}.", warning, StringComparison.Ordinal);
        Assert.Empty(session.Run("Get-ScramjetHub").Warnings);
    }

    [Fact]
    public async Task A_restart_warns_of_another_id_if_its_hub_keeps_listing_the_ended_instance()
    {
        var hub = new FakeHub("sth-1") { AsDevelopmentHead = true };
        hub.AddSequence("wait");
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Get("$i = Start-ScramjetSequence wait -Wait; $i | Stop-ScramjetInstance -Force -Wait");
        var result = session.Run("$i | Restart-ScramjetInstance");
        Assert.Empty(result.Errors);
        Assert.Contains("another id", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.NotEqual(session.Single("$i.Id").BaseObject, Assert.Single(result.Output).Properties["Id"].Value);
    }

    [Theory]
    [InlineData(false, "configuration and limits")]
    [InlineData(true, "limits")]
    public async Task A_restart_warns_if_start_options_are_unknown(bool asDevelopmentHead, string unknown)
    {
        var hub = new FakeHub("sth-1") { Second = HubUnderTest.Brief, AsDevelopmentHead = asDevelopmentHead };
        var id = hub.AddInstance(hub.AddSequence("wait"));
        if (asDevelopmentHead)
            hub.Instances[id]["appConfig"] = new JObject();
        await using var server = hub.Serve();
        using var session = server.Connect();
        Assert.Single(session.Run("Get-ScramjetInstance | Restart-ScramjetInstance -WhatIf").Warnings);
        Assert.Empty(hub.Starts);
        var result = session.Run("Get-ScramjetInstance | Restart-ScramjetInstance");
        Assert.Empty(result.Errors);
        Assert.Matches($"without its {unknown}:", Assert.Single(result.Warnings));
        Assert.Single(result.Output);

        // The options of an instance that this session has started are known.
        Assert.Empty(session.Run("Get-ScramjetInstance | Restart-ScramjetInstance").Warnings);
    }

    [Fact]
    public async Task Start_options_are_not_used_for_another_instance_with_the_same_id()
    {
        var hub = new FakeHub("sth-1") { Second = TimeSpan.Zero };
        hub.AddSequence("wait");
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Get(
            "$i = Start-ScramjetSequence wait -AppConfig @{ a = 1 } -Wait; $i | Stop-ScramjetInstance -Force -RemoveImmediately; $i | "
                + "Wait-ScramjetInstance -Status Gone | Out-Null");
        await Task.Delay(5, TestContext.Current.CancellationToken);
        hub.AddInstance(hub.Sequences.Keys.Single(), id: (string)session.Single("$i.Id").BaseObject);
        Assert.Null(session.Single("Get-ScramjetInstance").Properties["AppConfig"].Value);
    }

    [Theory]
    [EachHub]
    public async Task An_object_as_the_argument_is_requested_again(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.ConnectAndPublish("wait");
        session.Get("$i = $s | Start-ScramjetSequence -Wait; $i | Stop-ScramjetInstance -Force -RemoveImmediately -Wait");
        Assert.Empty(session.Run("Get-ScramjetInstance $i -Status Running").Output);
        session.Get("$i | Wait-ScramjetInstance -Status Gone; $s | Remove-ScramjetSequence -Confirm:$false");
        Assert.StartsWith("NOT_FOUND,", session.Error("Get-ScramjetInstance $i").FullyQualifiedErrorId);
        Assert.StartsWith("NOT_FOUND,", session.Error("Get-ScramjetSequence $s").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Hubs_spaces_and_store_items_as_the_argument_are_requested_again()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "first", "second");
        using var session = platform.Connect();
        using var sequence = new TestSequence();
        session.Get($"$h = Get-ScramjetHub sth-0; $s = Get-ScramjetSpace second; $t = Publish-ScramjetStoreItem '{sequence.Folder}' -Space first");
        Assert.Equal("sth-0", session.Single("Get-ScramjetHub $h").Properties["Id"].Value);
        Assert.Equal("second", session.Single("Get-ScramjetSpace $s").Properties["Id"].Value);
        Assert.Equal("second", session.Single("$s | Get-ScramjetSpace").Properties["Id"].Value);
        Assert.Equal(sequence.Name, session.Single("Get-ScramjetStoreItem $t").Properties["Name"].Value);
        Assert.Equal(sequence.Name, session.Single("$t | Get-ScramjetStoreItem").Properties["Name"].Value);

        session.Get("Remove-ScramjetStoreItem $t -Confirm:$false; Disconnect-ScramjetHub sth-0 -Confirm:$false");
        Assert.StartsWith("NOT_FOUND,", session.Error("Get-ScramjetStoreItem $t").FullyQualifiedErrorId);
        Assert.StartsWith("NOT_FOUND,", session.Error("$t | Get-ScramjetStoreItem").FullyQualifiedErrorId);
        Assert.False((bool)session.Single("Get-ScramjetHub $h").Properties["Connected"].Value);
    }

    [Theory]
    [EachHub]
    public async Task A_run_of_a_folder_leaves_nothing_behind(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Visible);
        using var session = hub.Connect();
        var sequence = hub.Sequence("echo");
        session.Set("folder", sequence.Folder);
        var result = session.Run("1..10 | Invoke-ScramjetSequence -Path $folder -RemoveAfter");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(10, result.Output.Count);
        Assert.Empty(await LeftAsync(hub, sequence));
        if (which != TestHub.Npm)
            Assert.Contains(result.Progress, p => p.Activity.Contains("to release its sequence", StringComparison.Ordinal));
    }

    [Theory]
    [EachHub]
    public async Task A_run_of_a_folder_leaves_nothing_behind_if_its_output_is_no_longer_needed(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Visible);
        using var session = hub.Connect();
        var sequence = hub.Sequence("echo");
        session.Set("folder", sequence.Folder);
        SelectFirstCommand.AddTo(session);
        var result = session.Run("1..100000 | Invoke-ScramjetSequence -Path $folder -RemoveAfter | Select-First 3");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(3, result.Output.Count);
        Assert.Empty(await LeftAsync(hub, sequence));
        if (which != TestHub.Npm)
            AssertProgress(result, "to release its sequence", "");
    }

    [Theory]
    [EachHub]
    public async Task A_stopped_run_of_a_folder_returns_to_the_prompt_and_leaves_nothing_behind(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Visible);
        using var session = hub.Connect();
        var sequence = hub.Sequence("ticks");
        session.Set("folder", sequence.Folder);
        var stopped = await session.StopAfterAsync(
            "Invoke-ScramjetSequence -Path $folder -RemoveAfter",
            TimeSpan.Zero,
            () => UntilAsync(async () => (await LeftAsync(hub, sequence)).Any(name => name.StartsWith("instance", StringComparison.Ordinal))));
        Assert.InRange(stopped, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await UntilAsync(async () => (await LeftAsync(hub, sequence)).Length == 0);
    }

    /// <summary>The published sequence is there for everybody.</summary>
    [Theory]
    [EachHub]
    public async Task A_run_of_a_folder_leaves_the_instances_of_others_and_their_sequence(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Visible);
        using var session = hub.Connect();
        using var other = hub.Connect();
        var sequence = hub.Sequence("echo");
        session.Set("other", (Action)(() => other.Get($"$i = Get-ScramjetSequence {sequence.Name} | Start-ScramjetSequence -Wait")));
        var result = session.Run(
            $"1..3 | ForEach-Object {{ if ($_ -eq 3) {{ $other.Invoke() }}; $_ }} | Invoke-ScramjetSequence -Path '{sequence.Folder}' -RemoveAfter");
        Assert.Empty(result.Errors);
        Assert.Equal(3, result.Output.Count);
        var id = (string)other.Single("$i.Id").BaseObject;
        Assert.Contains($"is in use by the instance '{id}'", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(["4"], other.Get("4 | Send-ScramjetInput $i -ReceiveOutput").Select(o => $"{o}"));
        var left = await LeftAsync(hub, sequence);
        Assert.Contains($"instance {id}", left);
        Assert.Contains(left, name => name.StartsWith("sequence", StringComparison.Ordinal));
        other.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public async Task A_run_of_a_folder_that_is_stopped_during_its_upload_leaves_nothing_behind()
    {
        var hub = new FakeHub("sth-1") { Second = HubUnderTest.Brief };
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Intercept = async (exchange, path) =>
        {
            if (exchange.Method == "POST" && path == "/sequence")
            {
                await exchange.ReadBodyAsync();
                arrived.TrySetResult();
                await stopped.Task;
            }

            return false;
        };
        await using var server = hub.Serve();
        using var session = server.Connect();
        using var sequence = TestSequence.Of("echo");
        await session.StopAfterAsync($"Invoke-ScramjetSequence -Path '{sequence.Folder}' -RemoveAfter", TimeSpan.Zero, () => arrived.Task);
        stopped.TrySetResult();
        await UntilAsync(() => Task.FromResult(server.Requests.Any(r => r.Method == "DELETE") && hub.Sequences.IsEmpty));
    }

    [Fact]
    public async Task A_failed_cleanup_is_a_warning_if_the_pipeline_ended_early()
    {
        var hub = new FakeHub("sth-1") { Second = HubUnderTest.Brief, Intercept = RefuseRemovalAsync };
        await using var server = hub.Serve();
        using var session = server.Connect();
        using var sequence = TestSequence.Of("ticks");
        SelectFirstCommand.AddTo(session);
        var result = session.Run($"Invoke-ScramjetSequence -Path '{sequence.Folder}' -RemoveAfter | Select-First 3");
        Assert.Equal(3, result.Output.Count);
        Assert.Contains("the disk is full", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_cleanup_after_a_stop_is_reported_by_the_next_command()
    {
        var hub = new FakeHub("sth-1") { Second = Visible };
        await using var server = hub.Serve();
        using var session = server.Connect();
        using var sequence = TestSequence.Of("ticks");
        var refusals = 0;
        hub.Intercept = async (exchange, path) =>
        {
            if (!await RefuseRemovalAsync(exchange, path))
                return false;
            Interlocked.Increment(ref refusals);
            return true;
        };
        await session.StopAfterAsync(
            $"Invoke-ScramjetSequence -Path '{sequence.Folder}' -RemoveAfter",
            TimeSpan.Zero,
            () => UntilAsync(() => Task.FromResult(!hub.Instances.IsEmpty)));
        await UntilAsync(() => Task.FromResult(Volatile.Read(ref refusals) > 0));

        // The failed command reports it shortly after the hub's response.
        var warnings = new List<string>();
        await UntilAsync(() =>
        {
            warnings.AddRange(session.Run("Get-ScramjetHub").Warnings);
            return Task.FromResult(warnings.Count > 0);
        });
        Assert.Contains("the disk is full", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains(sequence.Folder, warnings[0], StringComparison.Ordinal);
        Assert.Empty(session.Run("Get-ScramjetHub").Warnings);
    }

    private static async Task<bool> RefuseRemovalAsync(FaultServer.Exchange exchange, string path)
    {
        if (exchange.Method != "DELETE")
            return false;
        await exchange.ReadBodyAsync();
        await exchange.AnswerAsync(500, """{"error":"the disk is full"}""");
        return true;
    }

    private static void AssertProgress(Engine.Result result, string activity, string status)
    {
        var shown = Assert.Single(result.Progress.Where(p => p.Activity.Contains(activity, StringComparison.Ordinal)).Select(p => p.ActivityId).Distinct());
        var records = result.Progress.Where(p => p.ActivityId == shown).ToArray();
        Assert.Contains(
            records,
            p => p.StatusDescription.Contains(status, StringComparison.Ordinal)
                && System.Text.RegularExpressions.Regex.IsMatch(p.StatusDescription, @", \d\d:\d\d"));
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    private static async Task<JToken> ReadAsync(HubUnderTest hub, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, hub.BaseUri + path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var answer = await s_client.SendAsync(request, TestContext.Current.CancellationToken);
        return JToken.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Returns the objects of a sequence on a hub: the sequence and its instances.</summary>
    private static async Task<string[]> LeftAsync(HubUnderTest hub, TestSequence sequence)
    {
        var sequences = (await ReadAsync(hub, "/sequences")).Where(s => (string?)s["config"]!["name"] == sequence.Name).Select(s => (string)s["id"]!).ToArray();
        var instances = (await ReadAsync(hub, "/instances"))
            .Where(
                i => i["sequence"] is JObject whole
                    ? (string?)whole["config"]?["name"] == sequence.Name
                    : sequences.Contains((string?)i["sequence"], StringComparer.Ordinal));
        return [.. sequences.Select(id => "sequence " + id), .. instances.Select(i => "instance " + i["id"])];
    }
}
