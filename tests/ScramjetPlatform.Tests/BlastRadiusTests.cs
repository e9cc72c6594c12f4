using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Commands work only on the specified objects: with connections, empty names, rows, and objects of other kinds.</summary>
public sealed class BlastRadiusTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    /// <summary>The commands that list or change objects, as they are used after a pipe.</summary>
    public static TheoryData<string> PipedCommands => new(
        "Get-ScramjetSpace",
        "Get-ScramjetHub",
        "Get-ScramjetInstance",
        "Get-ScramjetSequence",
        "Get-ScramjetTopic",
        "Get-ScramjetLoad",
        "Get-ScramjetConfiguration",
        "Get-ScramjetVersion",
        "Get-ScramjetLog",
        "Get-ScramjetAudit",
        "Get-ScramjetHealth *",
        "Show-ScramjetTree",
        "Stop-ScramjetInstance * -Force",
        "Wait-ScramjetInstance * -Status Running",
        "Receive-ScramjetOutput * -DurationSec 0.5",
        "Receive-ScramjetEvent * done -WaitTimeoutSec 0.5",
        "Send-ScramjetEvent * ping",
        "Start-ScramjetSequence hello",
        "Remove-ScramjetSequence hello -Force -Confirm:$false",
        "New-ScramjetTopic cities",
        "Remove-ScramjetTopic cities -Confirm:$false",
        "Receive-ScramjetTopicData cities -DurationSec 0.5",
        "Publish-ScramjetSequence $folder",
        "Remove-ScramjetHub sth-0 -Force -Confirm:$false",
        "Disconnect-ScramjetHub sth-0",
        "Get-ScramjetStoreItem",
        "Publish-ScramjetStoreItem $folder",
        "Remove-ScramjetStoreItem -All -Confirm:$false",
        "Get-ScramjetAccessKey",
        "New-ScramjetAccessKey x",
        "Remove-ScramjetAccessKey -All -Confirm:$false",
        "Set-ScramjetContext -Hub sth-0",
        "Clear-ScramjetContext",
        "Get-ScramjetContext");

    [Theory]
    [MemberData(nameof(PipedCommands))]
    public async Task A_connection_from_the_pipeline_is_used(string command)
    {
        await using var lab = FakePlatform.Of(1);
        await using var production = FakePlatform.Of(1);
        using var sequence = new TestSequence();
        _engine.Set("folder", sequence.Folder);
        _engine.Get(
            $"Connect-ScramjetPlatform {lab.BaseUri} -AccessToken {FakePlatform.Token} -Name lab; Connect-ScramjetPlatform {production.BaseUri} "
                + $"-AccessToken {FakePlatform.Token} -Name production; Set-ScramjetContext -Hub sth-0");
        var asked = production.Server.Requests.Count;
        _engine.Run($"Get-ScramjetConnection lab | {command}");
        Assert.Equal(asked, production.Server.Requests.Count);
        Assert.Equal("sth-0", _engine.Single("Get-ScramjetContext -Connection production").Properties["Hub"].Value);
    }

    [Fact]
    public async Task Each_of_several_connections_is_used()
    {
        await using var lab = FakePlatform.Of(2);
        await using var production = FakePlatform.Of(1);
        _engine.Get(
            $"Connect-ScramjetPlatform {lab.BaseUri} -AccessToken {FakePlatform.Token} -Name lab; Connect-ScramjetPlatform {production.BaseUri} "
                + $"-AccessToken {FakePlatform.Token} -Name production");
        var expected = lab.Hubs.Concat(production.Hubs).SelectMany(h => h.Instances.Keys).Order();
        Assert.Equal(expected, _engine.Get("Get-ScramjetConnection | Get-ScramjetInstance").Select(i => (string)i.Properties["Id"].Value).Order());
        Assert.Equal(
            lab.Hubs.SelectMany(h => h.Sequences.Keys).Order(),
            _engine.Get("Get-ScramjetConnection lab | Get-ScramjetSequence").Select(i => (string)i.Properties["Id"].Value).Order());
        Assert.Equal(2, _engine.Get("[pscustomobject]@{ Sequence = 'hello'; Connection = 'lab' } | Get-ScramjetSequence").Count);
    }

    [Fact]
    public async Task A_text_from_the_pipeline_is_never_used_as_a_connection()
    {
        await using var lab = FakePlatform.Of(1);
        _engine.Get($"Connect-ScramjetPlatform {lab.BaseUri} -AccessToken {FakePlatform.Token} -Name lab");
        Assert.Contains("instance 'lab'", _engine.Error("'lab' | Get-ScramjetInstance").ToString(), StringComparison.Ordinal);
        Assert.Contains("sequence 'lab'", _engine.Error("'lab' | Get-ScramjetSequence").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_use_the_connection_that_they_were_received_over()
    {
        await using var lab = FakePlatform.Of(1);
        await using var production = FakePlatform.Of(1);
        _engine.Get(
            $"Connect-ScramjetPlatform {lab.BaseUri} -AccessToken {FakePlatform.Token} -Name lab; Connect-ScramjetPlatform {production.BaseUri} "
                + $"-AccessToken {FakePlatform.Token} -Name production");
        _engine.Get("Get-ScramjetInstance -Connection lab | Get-ScramjetHealth | Stop-ScramjetInstance -Force");
        _engine.Run("Get-ScramjetLoad -Connection lab | Disconnect-ScramjetHub");
        Assert.Contains(lab.Server.Requests, r => r.Target.EndsWith("/_kill", StringComparison.Ordinal));
        Assert.DoesNotContain(production.Server.Requests, r => r.Method != "GET");
    }

    private static bool IsReference(Type type) => type.Name.EndsWith("Reference", StringComparison.Ordinal);

    /// <summary>Every parameter for names of objects, of every command.</summary>
    public static TheoryData<string, string> NamingParameters
    {
        get
        {
            using var engine = new Engine();
            var data = new TheoryData<string, string>();
            foreach (var command in engine.Get("Get-Command -Module ScramjetPlatform").Select(c => (CommandInfo)c.BaseObject))
            {
                foreach (var parameter in command.Parameters.Values.Where(p => IsReference(p.ParameterType.GetElementType() ?? p.ParameterType)))
                    data.Add(command.Name, parameter.Name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(NamingParameters))]
    public async Task An_empty_name_on_the_command_line_ends_the_command_with_any_input(string command, string parameter)
    {
        await using var platform = FakePlatform.Of(2);
        using var sequence = new TestSequence();
        _engine.Set("folder", sequence.Folder);
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        var info = (CommandInfo)_engine.Single($"Get-Command {command}").BaseObject;
        foreach (var empty in new[] { "$unset", "''", "@()", "'sth-0', ''" })
        {
            if (empty.Contains('@') && !info.Parameters[parameter].ParameterType.IsArray)
                continue;
            foreach (var pipe in new[] { "", "'hello' | ", "Get-ScramjetHub sth-0 | " })
            {
                var asked = platform.Server.Requests.Count(r => r.Method != "GET");
                var others = string.Join(" ", info.Parameters.Values
                    .Where(
                        p => p.Name != parameter
                            && p.Attributes.OfType<ParameterAttribute>()
                                .Any(a => a.Mandatory && a.ParameterSetName is "__AllParameterSets" or "Path" or "Sequence" or "Instance")
                                    && !(pipe.Length > 0 && p.Attributes.OfType<ParameterAttribute>().Any(a => a.ValueFromPipeline)))
                    .Where(p => p.Name is not ("LiteralPath" or "All"))
                    .GroupBy(p => p.Attributes.OfType<ParameterAttribute>().First().ParameterSetName)
                    .Take(1).SelectMany(g => g)
                    .Select(p => p.Name switch { "Path" => "-Path $folder", _ => $"-{p.Name} x" }));
                var confirm = info.Parameters.ContainsKey("Confirm") ? "-Confirm:$false" : "";
                var result = _engine.Run($"try {{ {pipe}{command} -{parameter} {empty} {others} {confirm} }} catch {{ throw }}");
                Assert.NotEmpty(result.Errors);
                Assert.Empty(result.Output);
                Assert.Equal(asked, platform.Server.Requests.Count(r => r.Method != "GET"));
            }
        }
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Hub = '' } | Start-ScramjetSequence")]
    [InlineData("[pscustomobject]@{ Sequence = 'hello'; Hub = $null } | Start-ScramjetSequence")]
    [InlineData("[pscustomobject]@{ SequenceId = 'hello'; Hub = '' } | Remove-ScramjetSequence -Force -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Instance = '*'; Hub = '' } | Stop-ScramjetInstance -Force")]
    [InlineData("[pscustomobject]@{ Instance = '*'; Hub = 'sth-0'; Space = '' } | Stop-ScramjetInstance -Force")]
    [InlineData("[pscustomobject]@{ Hub = '' } | Stop-ScramjetInstance * -Force")]
    [InlineData("[pscustomobject]@{ Hub = '' } | Publish-ScramjetSequence $folder")]
    [InlineData("[pscustomobject]@{ Hub = '' } | New-ScramjetTopic cities")]
    [InlineData("[pscustomobject]@{ Name = 'cities'; Hub = '' } | Remove-ScramjetTopic -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Hub = '' } | Remove-ScramjetHub * -Force -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Space = '' } | Remove-ScramjetAccessKey -All -Confirm:$false")]
    [InlineData("[pscustomobject]@{ Other = 1 } | Stop-ScramjetInstance * -Force")]
    [InlineData("5 | Stop-ScramjetInstance * -Force")]
    [InlineData("'x' | Stop-ScramjetInstance * -Force")]
    [InlineData("$null | Stop-ScramjetInstance * -Force")]
    [InlineData("Stop-ScramjetInstance * -Force -InputObject $unset")]
    [InlineData("Stop-ScramjetInstance * -Force -InputObject 'sth-0'")]
    public async Task A_row_that_does_not_specify_a_place_is_an_error(string script)
    {
        await using var platform = FakePlatform.Of(2);
        using var sequence = new TestSequence();
        _engine.Set("folder", sequence.Folder);
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        var error = _engine.Error(script);
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.DoesNotContain(platform.Server.Requests, r => r.Method != "GET");
    }

    [Fact]
    public async Task A_script_block_specifies_the_object_of_each_row()
    {
        await using var platform = FakePlatform.Of(2);
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        Assert.Equal("sth-1", _engine.Single("[pscustomobject]@{ Where = 'sth-1' } | Get-ScramjetInstance -Hub { $_.Where }").Properties["Hub"].Value);
        var result = _engine.Run("[pscustomobject]@{ Where = '' }, [pscustomobject]@{ Where = 'sth-0' } | Stop-ScramjetInstance * -Force -Hub { $_.Where }");
        Assert.StartsWith("BAD_PARAMETERS,", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Single(platform.Server.Requests, r => r.Target.EndsWith("/_kill", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_of_a_standalone_hub_needs_no_space()
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"));
        await using var server = hub.Serve();
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        _engine.Get("Get-ScramjetInstance | ForEach-Object { [pscustomobject]@{ Id = $_.Id; Hub = $_.Hub; Space = $_.Space } } | Stop-ScramjetInstance -Force");
        Assert.Contains(server.Requests, r => r.Target.EndsWith("/_kill", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Get-ScramjetSequence | Stop-ScramjetInstance * -Force")]
    [InlineData("Get-ScramjetInstance | Remove-ScramjetSequence -Force -Confirm:$false")]
    [InlineData("Get-ScramjetInstance | Remove-ScramjetHub -Force -Confirm:$false")]
    [InlineData("Get-ScramjetSequence | Disconnect-ScramjetHub")]
    [InlineData("Get-ScramjetHub | Disconnect-ScramjetHub -All")]
    [InlineData("Get-ScramjetInstance | Remove-ScramjetStoreItem -All -Confirm:$false")]
    [InlineData("Get-ScramjetInstance | Remove-ScramjetAccessKey -All -Confirm:$false")]
    [InlineData("Get-ScramjetHub | Remove-ScramjetAccessKey -All -Confirm:$false")]
    [InlineData("Get-ScramjetInstance | Publish-ScramjetSequence $folder")]
    [InlineData("Get-ScramjetSequence | Remove-ScramjetTopic -Confirm:$false")]
    [InlineData("Get-ScramjetInstance | New-ScramjetTopic cities")]
    [InlineData("Get-ScramjetSequence | Stop-ScramjetInstance -Force")]
    [InlineData("Get-ScramjetSequence | Restart-ScramjetInstance")]
    [InlineData("Get-ScramjetSequence | Wait-ScramjetInstance")]
    [InlineData("Get-ScramjetSequence | Receive-ScramjetOutput")]
    [InlineData("Get-ScramjetSequence | Receive-ScramjetEvent ready")]
    [InlineData("Get-ScramjetSequence | Get-ScramjetHealth")]
    [InlineData("Get-ScramjetInstance | Get-ScramjetLoad")]
    [InlineData("Get-ScramjetSequence | Get-ScramjetConfiguration")]
    [InlineData("Get-ScramjetInstance | Get-ScramjetVersion")]
    [InlineData("Get-ScramjetInstance | Get-ScramjetTopic")]
    [InlineData("Get-ScramjetInstance | Show-ScramjetTree")]
    [InlineData("Get-ScramjetInstance | Set-ScramjetContext")]
    [InlineData("Get-ScramjetHealth * | Remove-ScramjetHub -Force -Confirm:$false")]
    [InlineData("Get-ScramjetVersion -Hub sth-0 | Stop-ScramjetInstance * -Force")]
    public async Task An_object_of_another_kind_is_an_error(string script)
    {
        await using var platform = FakePlatform.Of(1);
        using var sequence = new TestSequence();
        _engine.Set("folder", sequence.Folder);
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        var error = _engine.Error(script);
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.Contains("from the pipeline", error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.DoesNotContain(platform.Server.Requests, r => r.Method != "GET");
    }

    [Fact]
    public async Task An_object_of_another_kind_as_an_argument_is_an_error()
    {
        await using var platform = FakePlatform.Of(1);
        using var session = platform.Connect();
        var error = session.Error("Stop-ScramjetInstance -Instance (Get-ScramjetSequence)[0] -Force");
        Assert.Equal("BAD_PARAMETERS", Engine.Code(error));
        Assert.EndsWith("isn't an instance.", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Server.Requests, r => r.Method != "GET");
    }

    [Fact]
    public async Task A_question_that_the_session_cannot_ask_is_an_error_that_tells_how_to_do_without()
    {
        await using var platform = FakePlatform.Of(1);
        using var session = platform.Connect();
        session.Answer = _ => throw new PSInvalidOperationException("Nobody is here.");
        var error = session.Error("Get-ScramjetSequence | Remove-ScramjetSequence");
        Assert.Equal("BAD_PARAMETERS", Engine.Code(error));
        Assert.Contains("asks for confirmation", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("-Confirm:$false", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Server.Requests, r => r.Method != "GET");
    }

    [Fact]
    public async Task Deserialized_objects_lead_to_the_same_objects()
    {
        await using var platform = FakePlatform.Of(2);
        _engine.Get(
            $"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}; $saved = Get-ScramjetHub sth-1 | ForEach-Object {{ "
                + "[System.Management.Automation.PSSerializer]::Serialize($_) }");
        Assert.Equal(
            "sth-1",
            _engine.Single("[System.Management.Automation.PSSerializer]::Deserialize($saved) | Get-ScramjetInstance").Properties["Hub"].Value);
        _engine.Get("$saved = Get-ScramjetSequence -Hub sth-0 | ForEach-Object { [System.Management.Automation.PSSerializer]::Serialize($_) }");
        Assert.StartsWith(
            "BAD_PARAMETERS,",
            _engine.Error("[System.Management.Automation.PSSerializer]::Deserialize($saved) | Stop-ScramjetInstance * -Force").FullyQualifiedErrorId);
        Assert.DoesNotContain(platform.Server.Requests, r => r.Method != "GET");
    }

    [Theory]
    [InlineData("Get-ScramjetInstance | Get-ScramjetHub", 1, "/sth/sth-0/info")]
    [InlineData("Get-ScramjetHub | ForEach-Object { $_; $_; $_ } | Get-ScramjetLoad", 1, "/load-check")]
    [InlineData("'sth-0', 'sth-0' | Get-ScramjetLoad", 1, "/load-check")]
    [InlineData("1..3 | ForEach-Object { [pscustomobject]@{ Hub = 'sth-0' } } | Get-ScramjetConfiguration", 1, "/config")]
    [InlineData("Get-ScramjetInstance | Get-ScramjetAudit", 1, "/audit")]
    [InlineData("Get-ScramjetSequence | Get-ScramjetAudit", 1, "/audit")]
    [InlineData("Get-ScramjetHub | ForEach-Object { $_; $_ } | Get-ScramjetLog", 1, "/log")]
    [InlineData("Get-ScramjetInstance | ForEach-Object { $_; $_ } | Get-ScramjetLog", 5, "/log")]
    [InlineData("Get-ScramjetSequence | Get-ScramjetLog", 5, "/log")]
    public async Task Each_place_is_requested_once(string script, int requests, string route)
    {
        await using var platform = FakePlatform.Of(1);
        var sequence = platform.Hubs[0].AddSequence("many");
        for (var i = 0; i < 4; i++)
            platform.Hubs[0].AddInstance(sequence);
        platform.Hubs[0].Intercept = async (exchange, path) =>
        {
            if (path.EndsWith("/log", StringComparison.Ordinal))
                await exchange.AnswerAsync(200, """{"level":"INFO","msg":"x","ts":1}""");
            else if (path == "/audit")
            {
                await exchange.AnswerAsync(
                    200,
                    string.Join(
                        "\n",
                        platform.Hubs[0].Instances.Keys.Append("another")
                            .Select(id => $$"""{"opState":"END","opCode":11208,"objectId":"{{id}}","rx":1,"tx":2,"receivedAt":1}""")));
            }
            else
                return false;
            return true;
        };
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        var result = _engine.Get(script);
        Assert.Equal(requests, platform.Server.Requests.Count(r => r.Target.EndsWith(route, StringComparison.Ordinal)));
        Assert.Equal(route == "/audit" ? 5 : requests, result.Count);
    }

    [Fact]
    public async Task Audit_and_log_of_a_piped_instance_contain_only_that_instance()
    {
        await using var platform = FakePlatform.Of(1);
        var mine = platform.Hubs[0].Instances.Keys.Single();
        platform.Hubs[0].AddInstance(platform.Hubs[0].AddSequence("other"));
        platform.Hubs[0].Intercept = async (exchange, path) =>
        {
            if (path != "/audit")
                return false;
            await exchange.AnswerAsync(
                200,
                string.Join(
                    "\n",
                    platform.Hubs[0].Instances.Keys.Select(id => $$"""{"opState":"END","opCode":11208,"objectId":"{{id}}","rx":1,"tx":2,"receivedAt":1}""")));
            return true;
        };
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        Assert.Equal(mine, _engine.Single($"Get-ScramjetInstance {mine} | Get-ScramjetAudit").Properties["ObjectId"].Value);
        Assert.Equal(mine, _engine.Single("Get-ScramjetSequence hello | Get-ScramjetAudit").Properties["ObjectId"].Value);
    }

    [Fact]
    public async Task Names_from_the_pipeline_share_one_list()
    {
        await using var platform = FakePlatform.Of(3);
        foreach (var hub in platform.Hubs)
        {
            for (var i = 0; i < 10; i++)
                hub.AddInstance(hub.Sequences.Keys.First());
        }

        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        _engine.Set("ids", platform.Hubs.SelectMany(h => h.Instances.Keys).ToArray());
        platform.Server.Requests.Clear();
        Assert.Equal(33, _engine.Get("$ids | Get-ScramjetInstance").Count);
        Assert.Equal(3, platform.Server.Requests.Count(r => r.Target.EndsWith("/instances", StringComparison.Ordinal)));
        Assert.Single(platform.Server.Requests, r => r.Target.EndsWith("/spaces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_of_a_new_object_is_found()
    {
        await using var platform = FakePlatform.Of(1);
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        Assert.Equal(3, _engine.Get("1..3 | ForEach-Object { (Start-ScramjetSequence hello).Id } | Get-ScramjetInstance").Count);
    }

    [Theory]
    [InlineData("1.0.1")]
    [InlineData("0.18.7")]
    public async Task The_throttle_limit_applies_to_all_requests_of_a_command(string version)
    {
        var now = 0;
        var most = 0;
        await using var platform = FakePlatform.Of(4, hub =>
        {
            hub.Version = version;
            for (var i = 0; i < 10; i++)
                hub.AddInstance(hub.Sequences.Keys.First());
            hub.Intercept = async (exchange, path) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref now));
                await Task.Delay(20);
                Interlocked.Decrement(ref now);
                if (path != "/instances" || version == "1.0.1")
                    return false;
                await exchange.AnswerAsync(
                    200,
                    "[" + string.Join(",", hub.Instances.Keys.Select(id => $$"""{"id":"{{id}}","sequence":"{{hub.Sequences.Keys.First()}}"}""")) + "]");
                return true;
            };
        });
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        Assert.Equal(44, _engine.Get("Get-ScramjetInstance -ThrottleLimit 3").Count);
        Assert.InRange(most, 2, 3);
    }

    [Fact]
    public async Task A_report_stands_for_the_place_that_it_is_about_alone()
    {
        await using var platform = await AdminPlatform.StartAsync(3, "alpha", "beta");
        using var session = platform.Connect();
        string[] Ids(string script) => [.. session.Get(script).Select(o => o.Properties["Id"].Value.ToString()!)];
        Assert.Equal(["sth-1"], Ids("Get-ScramjetLoad sth-1 | Get-ScramjetHub"));
        Assert.Equal(["sth-1"], Ids("Get-ScramjetConfiguration -Hub sth-1 | Get-ScramjetHub"));
        Assert.Equal(["sth-1"], session.Get("Get-ScramjetLoad | Where-Object Hub -eq sth-1 | Disconnect-ScramjetHub").Select(o => o.Properties["Hub"].Value));
        Assert.Equal(["sth-0", "sth-2"], Ids("Get-ScramjetHub | Where-Object Connected"));

        // Of a key, the space: another one is not even asked.
        session.Get("$a = New-ScramjetAccessKey one -Space alpha; $b = New-ScramjetAccessKey one -Space beta");
        Assert.Equal(["alpha"], Ids("$a | Get-ScramjetSpace"));
        Assert.Equal(["beta"], Ids("Get-ScramjetAccessKey | Where-Object Space -eq beta | Get-ScramjetSpace"));
        Assert.Empty(session.Get("Get-ScramjetAccessKey | Where-Object Space -eq beta | Get-ScramjetHub"));
        session.Get("$a | Remove-ScramjetAccessKey -Confirm:$false");
        Assert.Equal("beta", Assert.Single(session.Get("Get-ScramjetAccessKey")).Properties["Space"].Value);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
