using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Which connection is meant, and what other runspaces can do with it.</summary>
public sealed class SessionTests(RealPlatform real) : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private void Connect(int hub, string name, Engine? engine = null) =>
        (engine ?? _engine).Get($"Connect-ScramjetPlatform {real.HubUri(hub)} -Name {name}");

    private string? Default() => (string?)_engine.Get("Get-ScramjetConnection | Where-Object IsDefault").SingleOrDefault()?.Properties["Name"].Value;

    private string HubUri(string arguments) => _engine.Single($"(Get-ScramjetHub {arguments}).Uri.ToString()").BaseObject.ToString()!;

    [Fact]
    public void The_default_can_be_chosen_and_is_marked()
    {
        Connect(0, "one");
        Connect(1, "two");
        Assert.Equal("two", Default());
        Assert.Equal("one", _engine.Single("Select-ScramjetConnection ONE -PassThru").Properties["Name"].Value);
        Assert.Equal("one", Default());
        Assert.Equal(real.HubUri().ToString(), HubUri(""));
        Assert.Contains("* one", _engine.Render("Get-ScramjetConnection"), StringComparison.Ordinal);
        Assert.Empty(_engine.Get("Get-ScramjetConnection two | Select-ScramjetConnection"));
        Assert.Equal("two", Default());
        Assert.Contains("'nothing'", _engine.Error("Select-ScramjetConnection nothing").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_offered_with_their_addresses()
    {
        Connect(0, "one");
        Connect(1, "two");
        _engine.Set("line", "Select-ScramjetConnection ");
        var offered = _engine.Get("[System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches");
        Assert.Equal(["one", "two"], offered.Select(o => o.Properties["CompletionText"].Value));
        Assert.Equal($"Hub {RealPlatform.HubVersion} {real.HubUri()}", offered[0].Properties["ToolTip"].Value);
    }

    [Fact]
    public void Nothing_takes_the_place_of_a_default_that_was_disconnected()
    {
        Connect(0, "one");
        Connect(1, "two");
        _engine.Get("Disconnect-ScramjetPlatform");
        Assert.Null(Default());
        var error = _engine.Error("Get-ScramjetInstance | Stop-ScramjetInstance");
        Assert.StartsWith("NOT_CONNECTED,", error.FullyQualifiedErrorId);
        Assert.Contains("one", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.StartsWith("NOT_CONNECTED,", _engine.Error("Disconnect-ScramjetPlatform").FullyQualifiedErrorId);
        Assert.Equal(real.HubUri().ToString(), HubUri("-Connection one"));
        _engine.Get("Select-ScramjetConnection one");
        Assert.Equal(real.HubUri().ToString(), HubUri(""));

        // Another one than the default leaves the default as it is.
        Connect(1, "two");
        _engine.Get("Disconnect-ScramjetPlatform one");
        Assert.Equal("two", Default());
    }

    [Fact]
    public void A_connection_that_was_closed_cannot_be_selected()
    {
        Connect(0, "one");
        Assert.StartsWith(
            "NOT_CONNECTED,",
            _engine.Error("$c = Get-ScramjetConnection one; Disconnect-ScramjetPlatform one; Select-ScramjetConnection $c").FullyQualifiedErrorId);
        Assert.Empty(_engine.Get("Get-ScramjetConnection"));
    }

    [Fact]
    public void Parallel_runspaces_use_a_connection_by_its_name()
    {
        Connect(0, "one");
        Connect(1, "shared");
        Connect(0, "three");
        _engine.Set("module", Engine.ManifestPath);
        var found = _engine.Get("""
            1..4 | ForEach-Object -Parallel {
                Import-Module $using:module
                (Get-ScramjetHub -Connection shared).Uri.ToString()
            } -ThrottleLimit 4
            Start-ThreadJob { Import-Module $using:module; (Get-ScramjetConnection shared | Get-ScramjetHub).Uri.ToString() } | Receive-Job -Wait -AutoRemoveJob
            """);
        Assert.Equal([.. Enumerable.Repeat(real.HubUri(1).ToString(), 5)], found.Select(f => f.ToString()));
    }

    [Fact]
    public void Another_runspace_has_a_default_of_its_own_and_closes_nothing()
    {
        Connect(0, "one");
        _engine.Set("module", Engine.ManifestPath);
        var found = _engine.Get("""
            1 | ForEach-Object -Parallel {
                Import-Module $using:module
                @(Get-ScramjetConnection).Count
                try { Get-ScramjetHub -ErrorAction Stop } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
                try { Disconnect-ScramjetPlatform one -ErrorAction Stop } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
                Select-ScramjetConnection one
                (Get-ScramjetHub).Uri.ToString()
                Disconnect-ScramjetPlatform
                @(Get-ScramjetConnection).Count
            }
            """);
        Assert.Equal(["0", "NOT_CONNECTED", "NOT_SUPPORTED", real.HubUri().ToString(), "0"], found.Select(f => f.ToString()));
        Assert.Equal("one", Default());
        Assert.Equal(real.HubUri().ToString(), HubUri(""));
    }

    [Fact]
    public void A_name_that_several_other_runspaces_have_is_not_guessed()
    {
        using (var first = new Engine())
        {
            using var second = new Engine();
            Connect(0, "ambiguous", first);
            Connect(1, "ambiguous", second);
            Assert.Contains("2 other runspaces", _engine.Error("Get-ScramjetHub -Connection ambiguous").ToString(), StringComparison.Ordinal);

            // A runspace's own comes first.
            Assert.Equal(real.HubUri(1).ToString(), second.Single("(Get-ScramjetHub -Connection ambiguous).Uri.ToString()").BaseObject);
        }

        // What has ended is not found any more.
        Assert.Contains("no connection 'ambiguous'", _engine.Error("Get-ScramjetHub -Connection ambiguous").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_came_from_a_runspace_that_has_ended_can_still_be_used()
    {
        var other = new Engine();
        Connect(0, "passing", other);
        var connection = other.Single("Get-ScramjetConnection").BaseObject;
        other.Dispose();
        _engine.Set("connection", connection);
        Assert.Equal(real.HubUri().ToString(), HubUri("-Connection $connection"));
        _engine.Get("Disconnect-ScramjetPlatform $connection");
        Assert.StartsWith("NOT_CONNECTED,", _engine.Error("Get-ScramjetHub -Connection $connection").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Runspaces_that_connect_and_disconnect_at_the_same_time_do_not_disturb_each_other()
    {
        Connect(0, "base");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() =>
        {
            using var engine = new Engine();
            for (var round = 0; round < 5; round++)
            {
                Connect(i % 2, $"own{i}", engine);
                Assert.Equal(real.HubUri().ToString(), engine.Single("(Get-ScramjetHub -Connection base).Uri.ToString()").BaseObject);
                engine.Get("Disconnect-ScramjetPlatform -All");
            }
        })));
        Assert.Equal("base", Default());
    }
}
