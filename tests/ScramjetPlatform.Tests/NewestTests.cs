using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Several sequences of one name on one hub, of which the one that was uploaded last is the newest.</summary>
public sealed class NewestTests(RealPlatform real)
{
    [Theory]
    [EachHub]
    public async Task The_newest_is_got_started_and_kept(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("name", sequence.Name);
        session.Get($"$ids = 1..3 | ForEach-Object {{ (Publish-ScramjetSequence '{sequence.Folder}').Id }}; [array]::Reverse($ids)");
        var ids = session.Get("$ids").Select(id => id.ToString()).ToArray();

        Assert.Equal(ids, session.Get("Get-ScramjetSequence $name").Select(s => (string)s.Properties["Id"].Value));
        Assert.Equal(ids, session.Get("Get-ScramjetSequence $name | Sort-Object Created -Descending").Select(s => (string)s.Properties["Id"].Value));
        Assert.StartsWith("AMBIGUOUS,", session.Error("Start-ScramjetSequence $name").FullyQualifiedErrorId);
        string[] commands =
        [
            "Get-ScramjetSequence $name -Latest", "Get-ScramjetSequence $ids -Latest", "Get-ScramjetSequence $name | Get-ScramjetSequence -Latest",
        ];
        foreach (var command in commands)
            Assert.Equal(ids[0], session.Single(command).Properties["Id"].Value);
        Assert.Equal(ids[0], session.Single("Start-ScramjetSequence $name -Latest -Wait").Properties["SequenceId"].Value);

        var plan = session.Run("Remove-ScramjetSequence $name -KeepLatest -WhatIf");
        Assert.Empty(plan.Errors);
        foreach (var id in ids)
            Assert.Contains(id, session.Screen, StringComparison.Ordinal);
        session.Get("Remove-ScramjetSequence $name -KeepLatest -Confirm:$false");
        Assert.Equal(ids[0], session.Single("Get-ScramjetSequence $name").Properties["Id"].Value);

        // A single one is the newest too.
        session.Get("Remove-ScramjetSequence $name -KeepLatest -Confirm:$false");
        Assert.Equal(ids[0], session.Single("Get-ScramjetSequence $name -Latest").Properties["Id"].Value);
    }

    [Theory]
    [EachHub]
    public async Task The_newest_is_invoked(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, HubUnderTest.Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("echo");
        session.Set("name", sequence.Name);
        session.Get($"1, 2 | ForEach-Object {{ $null = Publish-ScramjetSequence '{sequence.Folder}' }}");
        Assert.StartsWith("AMBIGUOUS,", session.Run("'x' | Invoke-ScramjetSequence $name").Errors[0].FullyQualifiedErrorId);
        Assert.Equal("x", session.Single("'x' | Invoke-ScramjetSequence $name -Latest").ToString());
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task A_sequence_that_was_updated_last_is_the_newest(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Get(
            $"$ids = 1, 2 | ForEach-Object {{ (Publish-ScramjetSequence '{sequence.Folder}').Id }}; $null = Publish-ScramjetSequence '{sequence.Folder}' "
                + "-Update -Sequence $ids[0]");
        Assert.Equal(session.Single("$ids[0]").ToString(), session.Single($"Get-ScramjetSequence {sequence.Name} -Latest").Properties["Id"].Value);
    }

    [Fact]
    public async Task Nothing_is_removed_where_the_order_is_unknown()
    {
        // Sequences that a hub has found at its start are in none of its records.
        var hub = new FakeHub("sth-1");
        var ids = new[] { hub.AddSequence("copy"), hub.AddSequence("copy") };
        await using var server = hub.Serve();
        using var session = server.Connect();
        string[] commands =
        [
            "Remove-ScramjetSequence copy -KeepLatest -Force -Confirm:$false", "Get-ScramjetSequence copy -Latest",
            "Start-ScramjetSequence copy -Latest",
        ];
        foreach (var command in commands)
        {
            var result = session.Run(command);
            Assert.Empty(result.Output);
            foreach (var error in result.Errors)
            {
                Assert.StartsWith("AMBIGUOUS,", error.FullyQualifiedErrorId);
                Assert.Contains("no record", error.ToString(), StringComparison.Ordinal);
                Assert.Contains(ids[1], error.ToString(), StringComparison.Ordinal);
            }

            Assert.NotEmpty(result.Errors);
        }

        Assert.Equal(2, hub.Sequences.Count);
        Assert.DoesNotContain(server.Requests, r => r.Method == "DELETE");
        Assert.Equal(2, session.Get("Get-ScramjetSequence copy").Count);

        // What is uploaded now is newer than what the hub has no record of.
        using var sequence = new TestSequence();
        sequence.WriteManifest("2.0.0", "index.js", "copy");
        session.Get($"$new = Publish-ScramjetSequence '{sequence.Folder}'; Remove-ScramjetSequence copy -KeepLatest -Confirm:$false");
        Assert.Equal(session.Single("$new.Id").ToString(), Assert.Single(hub.Sequences.Keys));
    }
}
