using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The progress of commands that wait: from the first second on, each second, and completed at the end.</summary>
public sealed class ProgressTests
{
    /// <summary>The hub answers what the path begins with after two and a half seconds.</summary>
    private static void Slow(FakeHub hub, string beginning, string end = "") => hub.Intercept = async (_, path) =>
    {
        if (path.StartsWith(beginning, StringComparison.Ordinal) && path.EndsWith(end, StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        return false;
    };

    private static void AssertShown(Engine.Result result, string activity, string state)
    {
        Assert.NotEmpty(result.Progress);
        Assert.All(result.Progress.SkipLast(1), p => Assert.StartsWith(activity, p.Activity, StringComparison.Ordinal));
        Assert.All(result.Progress.SkipLast(1), p => Assert.Matches($"^{state}, 00:\\d\\d( |$)", p.StatusDescription));
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    [Fact]
    public async Task A_hub_that_takes_long_to_answer_shows_progress_and_one_that_does_not_shows_none()
    {
        var hub = new FakeHub("sth-1");
        hub.AddSequence("wait");
        hub.AddSequence("idle");
        await using var server = hub.Serve();
        using var session = new Engine();
        Assert.Empty(session.Run($"Connect-ScramjetPlatform -HubUri {server.BaseUri}").Progress);
        Assert.Empty(session.Run("Start-ScramjetSequence wait -Wait | Stop-ScramjetInstance -Force -RemoveImmediately").Progress);

        Slow(hub, "/version");
        AssertShown(session.Run($"Connect-ScramjetPlatform -HubUri {server.BaseUri}"), $"Connecting to {server.BaseUri}", "Waiting for a response");
        Slow(hub, "/sequence/", "/start");
        AssertShown(session.Run("Start-ScramjetSequence wait"), "Starting wait on sth-1", "Waiting for the hub");
        hub.Intercept = null;
        session.Get("$i = Start-ScramjetSequence wait -Wait");
        Slow(hub, "/instance/", "/_kill");
        AssertShown(session.Run("$i | Stop-ScramjetInstance -Force"), "Waiting for wait on sth-1 to end", "Running");
        hub.Intercept = null;
        Slow(hub, "/sequence/");
        AssertShown(session.Run("Remove-ScramjetSequence idle -Confirm:$false"), "Waiting for the hub 'sth-1'", "To release its sequence");
    }

    [Fact]
    public async Task The_progress_of_a_wait_is_completed_when_it_fails()
    {
        var hub = new FakeHub("sth-1");
        hub.AddInstance(hub.AddSequence("wait"));
        await using var server = hub.Serve();
        using var session = server.Connect();
        string[] commands =
        [
            "Wait-ScramjetInstance wait -WaitTimeoutSec 2.5", "try { Wait-ScramjetInstance wait -WaitTimeoutSec 2.5 -ErrorAction Stop } catch { }",
        ];
        foreach (var command in commands)
            AssertShown(session.Run(command), "Waiting for wait on sth-1 to end", "Running");
    }
}
