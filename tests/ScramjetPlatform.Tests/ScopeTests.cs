using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The spaces and hubs that a command requests, errors of some of them, and how names are matched.</summary>
public sealed class ScopeTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private FakePlatform Connect(int hubs, Action<FakeHub>? configure = null)
    {
        var platform = FakePlatform.Of(hubs, configure);
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        return platform;
    }

    private static IEnumerable<string> Hubs(IEnumerable<System.Management.Automation.PSObject> objects) =>
        objects.Select(i => (string)i.Properties["Hub"].Value).Order();

    [Fact]
    public async Task A_pipeline_of_commands_reaches_every_hub()
    {
        await using var platform = Connect(3);
        var instances = _engine.Get("Get-ScramjetSpace | Get-ScramjetHub | Get-ScramjetSequence hello | Start-ScramjetSequence");
        Assert.Equal(["sth-0", "sth-1", "sth-2"], Hubs(instances));
        Assert.All(platform.Hubs, h => Assert.Single(h.Starts));
        Assert.All(instances, i => Assert.Equal(FakePlatform.SpaceId, i.Properties["Space"].Value));
    }

    [Fact]
    public async Task A_failing_hub_is_one_error_and_the_results_of_others_are_written()
    {
        await using var platform = Connect(6, hub => hub.Intercept = (exchange, path) => hub.Id switch
        {
            "sth-1" => Do(() => exchange.AnswerAsync(500, """{"error":"on fire"}""")),
            "sth-2" => Do(() => exchange.AnswerAsync(200, "<html><head><title>Welcome</title></head></html>", "text/html")),
            "sth-3" => Do(() => exchange.SilenceAsync()),
            "sth-4" => Do(async () =>
            {
                await exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{\"id\":");
                exchange.Close();
            }),
            _ => Task.FromResult(false),
        });
        var result = _engine.Run("Get-ScramjetInstance -TimeoutSec 2");
        Assert.Equal(["sth-0", "sth-5"], Hubs(result.Output));
        Assert.Equal(
            ["sth-1 SERVER_ERROR", "sth-2 INVALID_RESPONSE", "sth-3 TIMEOUT", "sth-4 INVALID_RESPONSE"],
            result.Errors.Select(e => $"{e.TargetObject} {e.FullyQualifiedErrorId.Split(',')[0]}").Order());
        Assert.Contains("Welcome", result.Errors.Single(e => (string)e.TargetObject == "sth-2").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disconnected_hub_is_one_error()
    {
        await using var platform = Connect(2);
        platform.Disconnected.Add("sth-1");
        var result = _engine.Run("Get-ScramjetSequence");
        Assert.Equal(["sth-0"], Hubs(result.Output));
        Assert.StartsWith("HUB_DISCONNECTED,", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal("Disconnected", _engine.Single("Get-ScramjetHub sth-1").Properties["Status"].Value);
    }

    [Fact]
    public async Task Results_are_written_as_hubs_respond()
    {
        await using var platform = Connect(3, hub => hub.Delay = hub.Id == "sth-2" ? TimeSpan.FromSeconds(20) : TimeSpan.Zero);
        var clock = Stopwatch.StartNew();
        var first = _engine.Get(
            "$seen = @(); foreach ($once in 1) { Get-ScramjetInstance | ForEach-Object { $seen += $_; if ($seen.Count -eq 2) { break } } }; $seen");
        Assert.Equal(["sth-0", "sth-1"], Hubs(first));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), "The slow hub was waited for.");
    }

    [Fact]
    public async Task Names_ids_beginnings_and_wildcards_are_distinguished()
    {
        await using var platform = Connect(2);
        platform.Hubs[0].AddInstance("s", id: "abc-1");
        platform.Hubs[1].AddInstance("s", id: "abc-2");
        platform.Hubs[1].AddInstance("s", id: "abd-3");

        Assert.Equal("abc-1", _engine.Single("Get-ScramjetInstance abc-1").Properties["Id"].Value);
        Assert.Equal("abd-3", _engine.Single("Get-ScramjetInstance abd").Properties["Id"].Value);
        Assert.Equal(2, _engine.Get("Get-ScramjetInstance abc*").Count);
        Assert.Empty(_engine.Get("Get-ScramjetInstance nope*"));

        var ambiguous = _engine.Error("Get-ScramjetInstance abc");
        Assert.StartsWith("AMBIGUOUS,", ambiguous.FullyQualifiedErrorId);
        Assert.Contains("abc-1", ambiguous.ToString(), StringComparison.Ordinal);
        Assert.Contains("abc-2", ambiguous.ToString(), StringComparison.Ordinal);

        var missing = _engine.Error("Get-ScramjetInstance nope");
        Assert.Equal("ObjectNotFound", missing.CategoryInfo.Category.ToString());
        Assert.Equal("nope", missing.TargetObject);
    }

    [Fact]
    public async Task A_name_of_two_sequences_starts_neither()
    {
        await using var platform = Connect(1);
        platform.Hubs[0].AddSequence("hello");
        Assert.Equal(2, _engine.Get("Get-ScramjetSequence hello").Count);
        Assert.StartsWith("AMBIGUOUS,", _engine.Error("Start-ScramjetSequence hello").FullyQualifiedErrorId);
        Assert.Empty(platform.Hubs[0].Starts);
        Assert.Equal(2, _engine.Get("Start-ScramjetSequence hello*").Count);
    }

    [Theory]
    [InlineData("Get-ScramjetSpace nowhere", "space 'nowhere'")]
    [InlineData("Get-ScramjetHub nowhere", "hub 'nowhere'")]
    [InlineData("Get-ScramjetSequence nothing", "sequence 'nothing'")]
    [InlineData("Get-ScramjetInstance nothing", "instance 'nothing'")]
    [InlineData("Get-ScramjetInstance -Hub nowhere", "hub 'nowhere'")]
    [InlineData("Get-ScramjetInstance x -Hub nowhere", "hub 'nowhere'")]
    [InlineData("Get-ScramjetHub -Space nowhere", "space 'nowhere'")]
    [InlineData("Stop-ScramjetInstance nothing", "instance 'nothing'")]
    [InlineData("Start-ScramjetSequence nothing", "sequence 'nothing'")]
    [InlineData("Set-ScramjetContext -Hub nowhere", "hub 'nowhere'")]
    public async Task A_name_that_matches_nothing_is_one_error(string script, string words)
    {
        await using var platform = Connect(2);
        var error = _engine.Error(script);
        Assert.StartsWith("NOT_FOUND,", error.FullyQualifiedErrorId);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("completed", null)]
    [InlineData("errored", null)]
    [InlineData("stopping", null)]
    [InlineData("unknown", "BAD_PARAMETERS")]
    public async Task A_kill_that_a_hub_rejects_is_an_error_unless_the_instance_has_ended(string status, string? code)
    {
        await using var platform = Connect(1, hub => hub.AsDevelopmentHead = true);
        _engine.Get("$i = Get-ScramjetInstance");
        platform.Hubs[0].Instances.Values.Single()["status"] = status;
        var result = _engine.Run("$i | Stop-ScramjetInstance -Force -PassThru");
        Assert.Equal(code is null ? [] : [code], result.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(code is null ? [status] : [], result.Output.Select(o => o.Properties["Status"].Value.ToString()!.ToLowerInvariant()));
    }

    [Fact]
    public async Task A_starting_instance_is_killed_as_soon_as_possible()
    {
        await using var platform = Connect(1, hub => hub.AsDevelopmentHead = true);
        var instance = platform.Hubs[0].Instances.Values.Single();
        instance["status"] = "starting";
        platform.Hubs[0].Intercept = (exchange, path) =>
        {
            if (path.EndsWith("/_kill", StringComparison.Ordinal) && platform.Server.Requests.Count(r => r.Target == exchange.Target) == 2)
                instance["status"] = "running";
            return Task.FromResult(false);
        };
        _engine.Get("Get-ScramjetInstance | Stop-ScramjetInstance -Force -Wait");
        Assert.Equal("completed", (string?)instance["status"]);
    }

    [Fact]
    public async Task A_command_works_on_a_piped_hub()
    {
        using var sequence = new TestSequence();
        await using var platform = Connect(3, hub => hub.Second = TimeSpan.FromMilliseconds(10));
        _engine.Get($"$ProgressPreference = 'SilentlyContinue'; Get-ScramjetHub sth-1 | Publish-ScramjetSequence '{sequence.Folder}' | Out-Null");
        Assert.Equal([1, 2, 1], platform.Hubs.Select(h => h.Sequences.Count));
        Assert.Equal("sth-2", _engine.Single("Get-ScramjetHub sth-2 | Start-ScramjetSequence hello").Properties["Hub"].Value);
        _engine.Get("Get-ScramjetInstance | Stop-ScramjetInstance -Force -Wait; Get-ScramjetHub sth-1 | Remove-ScramjetSequence hello -Confirm:$false");
        Assert.Equal([1, 1, 1], platform.Hubs.Select(h => h.Sequences.Count));
        Assert.DoesNotContain(
            "Hub ",
            _engine.Render("Get-ScramjetHub sth-1 | Format-List *").Replace("Hub : sth", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Remove-ScramjetSequence hello -Hub $unset -Confirm:$false")]
    [InlineData("Remove-ScramjetSequence hello -Hub '' -Confirm:$false")]
    [InlineData("Remove-ScramjetSequence hello -Space $unset -Confirm:$false")]
    [InlineData("Get-ScramjetSequence $unset | Remove-ScramjetSequence -Force -Confirm:$false")]
    [InlineData("$unset | Get-ScramjetInstance | Stop-ScramjetInstance -Force")]
    [InlineData("Stop-ScramjetInstance '' -Force")]
    [InlineData("'' | Remove-ScramjetSequence -Force -Confirm:$false")]
    [InlineData("Remove-ScramjetHub '' -Force -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Hub = '' } | Remove-ScramjetHub -Force -Confirm:$false")]
    [InlineData("Disconnect-ScramjetHub ''")]
    [InlineData("Disconnect-ScramjetHub -All -Space ''")]
    [InlineData("Remove-ScramjetStoreItem -All -Space '' -Confirm:$false")]
    [InlineData("Remove-ScramjetAccessKey -All -Space '' -Confirm:$false")]
    public async Task An_empty_name_never_means_all(string script)
    {
        await using var platform = Connect(2);
        var error = _engine.Error(script);
        Assert.Matches(
            "^(BAD_PARAMETERS|ParameterArgumentValidationError|ParameterBindingArgumentTransformation|CannotConvertArgument)",
            error.FullyQualifiedErrorId);
        Assert.DoesNotContain(platform.Server.Requests, r => r.Method != "GET");
    }

    /// <summary>PowerShell ignores a column that can't be converted. The command must not run without it.</summary>
    [Theory]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Hub = @() } | Remove-ScramjetSequence -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Hub = @{ a = 1 } } | Remove-ScramjetSequence -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Hub = @('sth-0', $null) } | Start-ScramjetSequence")]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Hub = @('sth-0', '') } | Start-ScramjetSequence")]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Space = @('local', $null) } | Start-ScramjetSequence")]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Hub = (Get-ScramjetSequence hello -Hub sth-0) } | Remove-ScramjetSequence -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Instance = '*'; Hub = @() } | Stop-ScramjetInstance -Force")]
    [InlineData("'Sequence,Connection', 'hello,nope' | ConvertFrom-Csv | Remove-ScramjetSequence -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; WaitTimeoutSec = 'abc' } | Start-ScramjetSequence")]
    [InlineData("Get-Process -Id $PID | New-ScramjetTopic cities")]
    [InlineData("Get-Process -Id $PID | Stop-ScramjetInstance -Instance * -Force")]
    [InlineData("'sth-0' | Disconnect-ScramjetHub -All")]
    [InlineData("'a' | Remove-ScramjetStoreItem -All -Confirm:$false")]
    [InlineData("Get-Item / | Remove-ScramjetAccessKey -All -Confirm:$false")]
    [InlineData("Get-Date | Get-ScramjetInstance")]
    [InlineData("[pscustomobject]@{ a = 1 } | Get-ScramjetSequence")]
    [InlineData("Get-ScramjetConnection | Invoke-ScramjetSequence hello")]
    [InlineData("Get-ScramjetSequence hello -Hub sth-0 | Remove-ScramjetSequence -Hub '[abc' -Confirm:$false")]
    public async Task A_row_without_a_place_is_an_error_and_never_means_all(string script)
    {
        await using var platform = Connect(2);
        platform.Hubs[0].AddInstance(platform.Hubs[0].Sequences.Keys.First(), id: "i");
        var error = _engine.Error(script);
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.NotNull(error.ErrorDetails?.RecommendedAction);
        Assert.DoesNotContain(platform.Server.Requests, r => r.Method != "GET");
    }

    [Fact]
    public async Task The_place_of_a_row_is_not_used_for_the_next_row()
    {
        await using var platform = Connect(2);
        var result = _engine.Run(
            "[pscustomobject]@{ Sequence = 'hello'; Hub = 'sth-0' }, [pscustomobject]@{ Sequence = 'hello'; Hub = @() }, "
                + "[pscustomobject]@{ Sequence = 'hello' } | Start-ScramjetSequence");
        Assert.Equal(["sth-0", "sth-0", "sth-1"], Hubs(result.Output));
        Assert.StartsWith("BAD_PARAMETERS,", Assert.Single(result.Errors).FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("Get-ScramjetSequence hello | Start-ScramjetSequence -Hub sth-0", "sth-0")]
    [InlineData("Get-ScramjetSequence hello | Start-ScramjetSequence -Hub sth-[01]", "sth-0 sth-1")]
    [InlineData("Get-ScramjetHub | Start-ScramjetSequence hello -Hub sth-1", "sth-1")]
    [InlineData("Get-ScramjetSequence hello | Select-Object Id, Hub | Start-ScramjetSequence -Hub sth-2", "sth-2")]
    [InlineData("Get-ScramjetSequence hello | Start-ScramjetSequence -Hub sth", "")]
    [InlineData("Get-ScramjetSequence hello | Start-ScramjetSequence -Hub nowhere", "")]
    [InlineData("Get-ScramjetSequence hello | Start-ScramjetSequence -Space nowhere", "")]
    public async Task A_piped_object_outside_of_the_places_on_the_command_line_is_ignored(string script, string hubs)
    {
        await using var platform = Connect(3);
        Assert.Equal(hubs, string.Join(" ", Hubs(_engine.Get(script))));
    }

    [Fact]
    public async Task Stops_run_concurrently_up_to_the_limit()
    {
        await using var platform = Connect(1);
        var sequence = platform.Hubs[0].AddSequence("many");
        for (var i = 0; i < 40; i++)
            platform.Hubs[0].AddInstance(sequence);
        _engine.Get("Get-ScramjetInstance -Sequence many | Stop-ScramjetInstance -GracePeriodSec 0.3 -ThrottleLimit 10");
        Assert.Equal(10, platform.Hubs[0].MostStops);
        Assert.Empty(_engine.Get("Get-ScramjetInstance -Sequence many -Status Running"));
    }

    [Fact]
    public async Task Update_replaces_the_sequence_with_the_same_name()
    {
        using var sequence = new TestSequence();
        await using var platform = Connect(1);
        var id = platform.Hubs[0].AddSequence(sequence.Name);
        Assert.Equal(id, _engine.Single($"Publish-ScramjetSequence '{sequence.Folder}' -Update").Properties["Id"].Value);
        Assert.Contains(platform.Server.Requests, r => r.Method == "PUT" && r.Target.EndsWith("/sequence/" + id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_sends_all_options_of_newer_hubs()
    {
        await using var platform = Connect(1);
        var id = Guid.NewGuid().ToString();
        var instance = _engine.Single(
            $"Start-ScramjetSequence hello -AppConfig ([pscustomobject]@{{ a = 1 }}) -InputTopic in -OutputTopic out -InstanceId {id} -Limits @{{ memory = "
                + "128 } -ArgumentList x");
        Assert.Equal(id, instance.Properties["Id"].Value);
        Assert.Equal(
            $$"""{"appConfig":{"a":1},"args":["x"],"outputTopic":"out","inputTopic":"in","limits":{"memory":128},"instanceId":"{{id}}"}""",
            Assert.Single(platform.Hubs[0].Starts).ToString(Newtonsoft.Json.Formatting.None));
    }

    private static async Task<bool> Do(Func<Task> answer)
    {
        await answer();
        return true;
    }
}
