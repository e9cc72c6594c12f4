using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Tab completion of real objects. It never throws an error at the prompt and never delays it.</summary>
public sealed class CompletionTests(RealPlatform real)
{
    /// <summary>The parameters for objects of the platform.</summary>
    private static readonly string[] Naming = [
        "Space", "Hub", "Sequence", "Instance", "Topic", "StoreItem", "InputTopic", "OutputTopic", "Profile", "EventName", "ContentType",
        "OutputContentType", "Connection"];

    private static IReadOnlyList<PSObject> Complete(Engine session, string line)
    {
        session.Set("line", line);
        return session.Get("[System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches");
    }

    private static string[] Texts(IEnumerable<PSObject> matches) => [.. matches.Select(m => (string)m.Properties["CompletionText"].Value)];

    [Fact]
    public void Every_parameter_for_an_object_is_completed()
    {
        using var session = new Engine();
        var without = session.Get("Get-Command -Module ScramjetPlatform").Select(c => (CmdletInfo)c.BaseObject)
            .SelectMany(
                c => c.Parameters.Values.Where(p => Naming.Contains(p.Name) && !p.Attributes.OfType<ArgumentCompleterAttribute>().Any())
                    .Select(p => $"{c.Name} -{p.Name}"));
        Assert.Empty(without);
    }

    [Fact]
    public void Names_are_completed_with_ids_and_status()
    {
        using var sequence = new TestSequence();
        using var session = real.Connect();
        var instance = session.Single($"Publish-ScramjetSequence '{sequence.Folder}' -Hub sth-1 | Start-ScramjetSequence -Wait");
        Assert.Equal(["local"], Texts(Complete(session, "Get-ScramjetHub -Space lo")));
        var hubs = Complete(session, "Get-ScramjetInstance -Hub sth-");
        Assert.Equal(["sth-0", "sth-1"], Texts(hubs));
        Assert.Contains("Healthy", (string)hubs[0].Properties["ToolTip"].Value, StringComparison.Ordinal);
        var sequences = Complete(session, $"Start-ScramjetSequence {sequence.Name[..8]}");
        Assert.Contains(sequence.Name, Texts(sequences));
        var id = (string)instance.Properties["Id"].Value;
        var instances = Complete(session, $"Stop-ScramjetInstance {id[..13]}");
        Assert.Equal([id], Texts(instances));
        Assert.Contains(sequence.Name, (string)instances[0].Properties["ToolTip"].Value, StringComparison.Ordinal);
        Assert.Contains("Running", (string)instances[0].Properties["ToolTip"].Value, StringComparison.Ordinal);

        // The name is enough where it is that of one instance.
        var named = Assert.Single(Complete(session, $"Stop-ScramjetInstance {sequence.Name[..8]}"));
        Assert.Equal([sequence.Name], Texts([named]));
        Assert.Equal($"{sequence.Name}  {id[..8]}  Running on sth-1", named.Properties["ListItemText"].Value);
        Assert.Equal($"{sequence.Name}  {id}  Running on sth-1", named.Properties["ToolTip"].Value);

        // Parameters on the line already limit the results.
        Assert.DoesNotContain(sequence.Name, Texts(Complete(session, $"Start-ScramjetSequence -Hub sth-0 -Sequence {sequence.Name}")));
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public async Task Instances_are_offered_by_name_only_where_the_name_is_enough()
    {
        await using var platform = FakePlatform.Of(2);
        var (one, two) = (platform.Hubs[0], platform.Hubs[1]);
        var single = one.AddInstance(one.AddSequence("single"));
        var sequence = one.AddSequence("both sides");
        string[] both = [one.AddInstance(sequence), two.AddInstance(two.AddSequence("both sides"))];
        using var session = platform.Connect();
        Assert.Equal(["single"], Texts(Complete(session, "Stop-ScramjetInstance sin")));
        Assert.Equal([single], Texts(Complete(session, $"Stop-ScramjetInstance {single[..6]}")));
        var matches = Complete(session, "Receive-ScramjetOutput BOTH");

        // The name comes first: a prompt writes the beginning that all offers share, which could be one of the ids alone.
        Assert.Equal("'both sides'", Texts(matches)[0]);
        Assert.Equal("both sides  2 instances", matches[0].Properties["ListItemText"].Value);
        Assert.Equal(both.Order(), Texts(matches).Skip(1).Order());
        Assert.Contains($"both sides  {both[1][..8]}  Running on {two.Id}", matches.Select(m => (string)m.Properties["ListItemText"].Value));

        // With the hub, the name is enough.
        Assert.Equal(["'both sides'"], Texts(Complete(session, $"Stop-ScramjetInstance -Hub {two.Id} -Instance both")));
        session.Get($"Stop-ScramjetInstance -Hub {two.Id} -Instance 'both sides' -Force -Wait");
    }

    [Fact]
    public async Task Ended_instances_are_offered_only_where_a_command_does_something_with_them()
    {
        await using var platform = FakePlatform.Of(1);
        var hub = platform.Hubs[0];
        var running = hub.AddInstance(hub.AddSequence("works"));
        var ended = hub.AddInstance(hub.AddSequence("worked"), "completed");
        using var session = platform.Connect();
        foreach (var command in new[] { "Stop-ScramjetInstance", "Enter-ScramjetInstance", "Send-ScramjetInput", "Send-ScramjetEvent" })
        {
            Assert.Equal(["works"], Texts(Complete(session, $"{command} work")));
            Assert.Equal([running], Texts(Complete(session, $"{command} {running[..13]}")));
            Assert.Empty(Complete(session, $"{command} {ended[..13]}"));
        }

        foreach (var command in new[] { "Get-ScramjetInstance", "Restart-ScramjetInstance", "Get-ScramjetLog -Instance" })
            Assert.Equal(["works", "worked"], Texts(Complete(session, $"{command} work")));
    }

    [Fact]
    public async Task A_hundred_matches_are_offered_and_no_more()
    {
        await using var platform = FakePlatform.Of(1);
        var sequence = platform.Hubs[0].AddSequence("many");
        for (var i = 0; i < 150; i++)
            platform.Hubs[0].AddInstance(sequence);
        for (var i = 0; i < 150; i++)
            platform.Hubs[0].AddSequence($"many-{i:000}");
        using var session = platform.Connect();
        Assert.Equal(100, Complete(session, "Stop-ScramjetInstance many").Count);
        Assert.Equal(100, Complete(session, "Start-ScramjetSequence many-").Count);
        Assert.Equal(["many-149"], Texts(Complete(session, "Start-ScramjetSequence many-149")));
    }

    [Fact]
    public async Task Store_items_and_unusual_names_are_completed()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        using var sequence = new TestSequence();
        platform.Hubs[0].AddSequence("it's a name");
        using var session = platform.Connect();
        session.Get($"Publish-ScramjetStoreItem '{sequence.Folder}' mine");
        Assert.Equal(["mine"], Texts(Complete(session, "Remove-ScramjetStoreItem m")));
        Assert.Equal(["'it''s a name'"], Texts(Complete(session, "Start-ScramjetSequence it")));
    }

    [Fact]
    public async Task Control_characters_are_never_completed()
    {
        await using var platform = FakePlatform.Of(1);
        platform.Hubs[0].AddSequence("plain", version: "1\u001b[2J\u202e0");
        platform.Hubs[0].AddSequence("pl\u001b[31mred");
        using var session = platform.Connect();
        var matches = Complete(session, "Start-ScramjetSequence pl");
        Assert.Equal(["plain"], Texts(matches));
        foreach (var text in matches.SelectMany(m => new[] { "CompletionText", "ListItemText", "ToolTip" }.Select(p => (string)m.Properties[p].Value)))
            Assert.DoesNotContain(text, c => char.IsControl(c) || c == '\u202e');
    }

    [Fact]
    public async Task A_hub_that_does_not_respond_hides_no_results_of_the_others()
    {
        await using var platform = FakePlatform.Of(2);
        platform.Hubs[1].Intercept = async (exchange, _) =>
        {
            await exchange.SilenceAsync();
            return true;
        };
        using var session = platform.Connect();
        var name = (string)platform.Hubs[0].Sequences.Values.First()["config"]!["name"]!;
        Assert.Contains(name, Texts(Complete(session, "Start-ScramjetSequence ")));
    }

    [Fact]
    public async Task A_platform_that_fails_or_does_not_respond_has_no_results()
    {
        // It responds while the connection is created, and never again.
        var connecting = true;
        await using var silent = new FaultServer(exchange => connecting ? exchange.AnswerAsync(200, "[]") : exchange.SilenceAsync());
        using var session = new Engine();
        session.Get($"Connect-ScramjetPlatform -Uri {silent.BaseUri}");
        connecting = false;
        Assert.Empty(Texts(Complete(session, "Get-ScramjetSequence -Sequence x")));
        Assert.Empty(Texts(Complete(session, "Get-ScramjetHub -Hub x")));
        session.Get("Disconnect-ScramjetPlatform");
        Assert.Empty(Texts(Complete(session, "Stop-ScramjetInstance x")));
    }
}
