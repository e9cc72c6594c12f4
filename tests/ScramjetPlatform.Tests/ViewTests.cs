using System;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>What tables show, and in which order.</summary>
public sealed class ViewTests(RealPlatform real)
{
    private static string[] Header(Engine session, string script) => Regex.Split(
        session.Render(script).Split('\n').First(line => line.Trim().Length > 0).Trim(), @"\s+");

    [Theory]
    [EachHub]
    public async Task A_hub_alone_shows_what_it_has_and_its_load(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("double");
        session.Set("folder", sequence.Folder);
        session.Get("$before = Get-ScramjetHub; $s = Publish-ScramjetSequence $folder; $i = $s | Start-ScramjetSequence -Wait; $after = Get-ScramjetHub");
        Assert.Equal(
            [true, true, true, true],
            session.Get("$after.Sequences -contains $s.Id; $before.Sequences -notcontains $s.Id; $after.Instances -contains $i.Id; $after.MemoryUsed -gt 0")
                .Select(o => o.BaseObject));
        Assert.Equal(["Id", "Status", "Version", "Sequences", "Instances", "Load", "MemoryUsed", "MemoryFree"], Header(session, "$after"));
        Assert.Equal(["Instance", "Healthy", "PID", "Hub"], Header(session, "$i | Get-ScramjetHealth"));
        Assert.Matches(@"\sYes\s", session.Render("$i | Get-ScramjetHealth"));
    }

    [Fact]
    public void A_space_shows_its_hubs()
    {
        using var session = real.Connect();
        Assert.Equal(["sth-0", "sth-1"], session.Get("(Get-ScramjetSpace).Hubs").Select(h => h.BaseObject));
        Assert.Equal(["Id", "Hubs", "Uri"], Header(session, "Get-ScramjetSpace"));
        Assert.Matches(@"\nlocal\s+2 http", session.Render("Get-ScramjetSpace"));
        Assert.Equal(["Id", "Status", "Version", "Sequences", "Instances", "Connected", "Since", "Space"], Header(session, "Get-ScramjetHub"));
        Assert.Matches($@"\nsth-0\s+Healthy\s+{Regex.Escape(RealPlatform.HubVersion)}\s+\d+\s+\d+\s+Yes\s+\d+[smhd] local", session.Render("Get-ScramjetHub"));
    }

    [Fact]
    public async Task Connected_is_a_yes_or_a_no()
    {
        await using var platform = FakePlatform.Of(2);
        platform.Disconnected.Add("sth-1");
        using var session = platform.Connect();
        var shown = session.Render("Get-ScramjetHub");
        Assert.Matches(@"\nsth-0 .* Yes\s+\d+[hd] ", shown);
        Assert.Matches(@"\nsth-1 .* No\s", shown);
    }

    [Fact]
    public async Task Rows_come_in_the_order_of_the_hubs_whichever_answers_first()
    {
        const int Count = 6;
        await using var platform = FakePlatform.Of(Count);
        foreach (var (hub, index) in platform.Hubs.Select((hub, index) => (hub, index)))
            hub.Delay = TimeSpan.FromMilliseconds(40 * (Count - index));
        using var session = platform.Connect();
        string[] expected = [.. platform.Hubs.Select(h => h.Id)];
        Assert.Equal(expected, session.Get("Get-ScramjetHub | ForEach-Object Id").Select(o => o.BaseObject));
        Assert.Equal(expected, session.Get("Get-ScramjetLoad | ForEach-Object Hub").Select(o => o.BaseObject));
        Assert.Equal(expected, session.Get("Get-ScramjetInstance | Sort-Object Hub | Get-ScramjetHealth | ForEach-Object Hub").Select(o => o.BaseObject));

        // One that fails holds up nothing, and leaves the others in their order.
        platform.Disconnected.Add("sth-2");
        var result = session.Run("Get-ScramjetLoad | ForEach-Object Hub");
        Assert.Equal("sth-2", Assert.Single(result.Errors).TargetObject.ToString());
        Assert.Equal(expected.Except(["sth-2"]), result.Output.Select(o => o.BaseObject));
    }

    [Fact]
    public async Task Times_are_local_and_have_their_offset()
    {
        await using var platform = FakePlatform.Of(1);
        using var session = platform.Connect();
        var time = (DateTimeOffset)session.Single("(Get-ScramjetHub).LastConnected").BaseObject;
        var expected = new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero);
        Assert.Equal(expected, time);
        Assert.Equal(TimeZoneInfo.Local.GetUtcOffset(expected), time.Offset);
    }
}
