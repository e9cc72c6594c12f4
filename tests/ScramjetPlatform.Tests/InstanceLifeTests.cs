using System;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>What is true of instances at the end of their lives, and what may be done with them then.</summary>
public sealed class InstanceLifeTests
{
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
    public async Task An_instance_has_ended_where_its_status_its_end_or_its_termination_says_so(string? status, bool hasEndTime, int? exitCode, string expected, bool succeeded)
    {
        var hub = new FakeHub("sth-1");
        var instance = hub.Instances[hub.AddInstance(hub.AddSequence("hello"))];
        instance["status"] = status;
        instance["ended"] = hasEndTime ? "2026-11-24T19:48:04.851Z" : null;
        instance["terminated"] = exitCode is null ? null : new JObject { ["exitcode"] = exitCode, ["reason"] = exitCode < 0 ? "Instance completed" : "Instance ended" };
        await using var server = hub.Serve();
        using var session = new Engine();
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        var seen = session.Single("Get-ScramjetInstance");
        Assert.Equal(expected, seen.Properties["Status"].Value.ToString());
        Assert.True((bool)seen.Properties["HasEnded"].Value);
        Assert.Equal(succeeded, seen.Properties["Succeeded"].Value);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("stopping")]
    [InlineData("killing")]
    public async Task An_instance_without_an_end_has_not_ended(string status)
    {
        var hub = new FakeHub("sth-1");
        hub.AddInstance(hub.AddSequence("hello"), status);
        await using var server = hub.Serve();
        using var session = new Engine();
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        var seen = session.Single("Get-ScramjetInstance");
        Assert.Equal(status, seen.Properties["Status"].Value.ToString(), ignoreCase: true);
        Assert.False((bool)seen.Properties["HasEnded"].Value);
        Assert.Null(seen.Properties["Succeeded"].Value);
    }
}
