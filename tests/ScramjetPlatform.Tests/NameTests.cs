using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Instances that are named by the names of their sequences.</summary>
public sealed class NameTests(RealPlatform real)
{
    [Theory]
    [EachHub]
    public async Task An_instance_is_found_by_the_name_of_its_sequence(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("name", sequence.Name);
        session.Set("id", session.Single($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait").Properties["Id"].Value);
        string[] commands =
        [
            "Get-ScramjetInstance $name", "Get-ScramjetInstance $name.ToUpper()", "Get-ScramjetInstance \"$name*\"",
            "Wait-ScramjetInstance $name -Status Running", "$name | Wait-ScramjetInstance -Status Running",
        ];
        foreach (var command in commands)
            Assert.Equal(session.Single("$id").BaseObject, session.Single(command).Properties["Id"].Value);
        Assert.True((bool)session.Single("Get-ScramjetHealth $name").Properties["Healthy"].Value);
        Assert.Equal(session.Single("$id").BaseObject, session.Single("Stop-ScramjetInstance $name -Force -Wait -PassThru").Properties["Id"].Value);
    }

    [Theory]
    [EachHub]
    public async Task A_name_that_two_instances_have_stops_none_and_offers_both(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("name", sequence.Name);
        session.Get($"$i = 1, 2 | ForEach-Object {{ $s = Publish-ScramjetSequence '{sequence.Folder}' }} {{ $s | Start-ScramjetSequence -Wait }}");
        string[] commands =
        [
            "Stop-ScramjetInstance $name -Force", "Restart-ScramjetInstance $name", "Receive-ScramjetOutput $name", "Send-ScramjetInput $name x",
            "Wait-ScramjetInstance $name",
        ];
        foreach (var command in commands)
        {
            var error = Assert.Single(session.Run(command).Errors, e => e.FullyQualifiedErrorId.StartsWith("AMBIGUOUS,", StringComparison.Ordinal));
            foreach (var id in session.Get("$i.Id"))
                Assert.Contains($"{id} on ", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, session.Get("Get-ScramjetInstance $name -Status Running").Count);

        // A wildcard means all of them.
        session.Get("Stop-ScramjetInstance \"$($name)*\" -Force -Wait");
        Assert.Empty(session.Get("Get-ScramjetInstance $name* -Status Running"));
    }

    /// <summary>Both errors occur while the text is encoded, and the second one ends the command.</summary>
    [Fact]
    public async Task The_reason_is_reported_before_the_error_that_ends_the_command()
    {
        await using var platform = FakePlatform.Of(1);
        var sequence = platform.Hubs[0].AddSequence("greeter");
        platform.Hubs[0].AddInstance(sequence);
        platform.Hubs[0].AddInstance(sequence);
        using var session = platform.Connect();
        session.Set("text", new string('ż', 100_000_000));
        Assert.Equal(["AMBIGUOUS", "NOT_FOUND"], session.Run("Send-ScramjetInput greeter $text").Errors.Select(Engine.Code));
    }

    [Fact]
    public async Task A_name_says_on_which_hub_each_instance_is()
    {
        await using var platform = FakePlatform.Of(2);
        var ids = platform.Hubs.Select(hub => hub.AddInstance(hub.AddSequence("greeter"))).ToArray();
        using var session = platform.Connect();
        var error = session.Error("Stop-ScramjetInstance greeter");
        Assert.StartsWith("AMBIGUOUS,", error.FullyQualifiedErrorId);
        Assert.Contains($"{ids[0]} on {platform.Hubs[0].Id} (Running)", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{ids[1]} on {platform.Hubs[1].Id} (Running)", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("-Hub", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        session.Get($"Stop-ScramjetInstance greeter -Hub {platform.Hubs[1].Id} -Force -Wait");
        Assert.Equal(ids[0], session.Single("Get-ScramjetInstance greeter -Status Running").Properties["Id"].Value);
    }

    [Fact]
    public async Task What_runs_is_meant_rather_than_what_has_ended()
    {
        var hub = new FakeHub("sth-1");
        var sequence = hub.AddSequence("hello");
        var ended = new[] { hub.AddInstance(sequence), hub.AddInstance(sequence) };
        await using var server = hub.Serve();
        using var session = server.Connect();
        session.Get("Get-ScramjetInstance | Stop-ScramjetInstance -Force -Wait");
        var error = session.Error("Restart-ScramjetInstance hello");
        Assert.StartsWith("AMBIGUOUS,", error.FullyQualifiedErrorId);
        Assert.Contains($"{ended[0]} on sth-1 (Completed)", error.ToString(), StringComparison.Ordinal);

        var running = hub.AddInstance(sequence);
        Assert.Equal(3, session.Get("Get-ScramjetInstance hello").Count);
        foreach (var name in new[] { "hello", "hel*" })
            Assert.Equal(running, session.Single($"Wait-ScramjetInstance {name} -Status Running").Properties["Id"].Value);
        Assert.Equal(running, session.Single("Stop-ScramjetInstance hel* -Force -PassThru").Properties["Id"].Value);
    }

    [Fact]
    public async Task A_name_that_is_the_beginning_of_another_instance_s_id_means_neither()
    {
        var hub = new FakeHub("sth-1");
        var other = hub.AddInstance(hub.AddSequence("other"));
        var named = hub.AddInstance(hub.AddSequence(other[..8]));
        await using var server = hub.Serve();
        using var session = server.Connect();
        var error = session.Error($"Stop-ScramjetInstance {other[..8]}");
        Assert.StartsWith("AMBIGUOUS,", error.FullyQualifiedErrorId);
        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(other, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(other, session.Single($"Get-ScramjetInstance {other[..12]}").Properties["Id"].Value);
        Assert.StartsWith("NOT_FOUND,", session.Error("Stop-ScramjetInstance nothing").FullyQualifiedErrorId);
        Assert.Empty(session.Get("Stop-ScramjetInstance nothing*"));
    }
}
