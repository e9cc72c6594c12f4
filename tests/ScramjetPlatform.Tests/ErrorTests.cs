using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Invalid input, failing servers, and Ctrl+C: the errors, and that nothing else happens.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private static (string Id, string Category) Kind(System.Management.Automation.ErrorRecord error) =>
        (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category.ToString());

    private async Task<FaultServer> ConnectHubAsync(FakeHub hub)
    {
        var server = hub.Serve();
        await Task.Yield();
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri} -TimeoutSec 30");
        return server;
    }

    [Theory]
    [InlineData("Get-ScramjetSpace")]
    [InlineData("Get-ScramjetHub")]
    [InlineData("Get-ScramjetSequence")]
    [InlineData("Get-ScramjetInstance x")]
    [InlineData("Get-ScramjetContext")]
    [InlineData("Set-ScramjetContext -Space x")]
    [InlineData("Clear-ScramjetContext")]
    [InlineData("Start-ScramjetSequence x")]
    [InlineData("Stop-ScramjetInstance x")]
    [InlineData("Wait-ScramjetInstance x")]
    [InlineData("Get-ScramjetHealth x")]
    [InlineData("Remove-ScramjetSequence x -Confirm:$false")]
    [InlineData("Disconnect-ScramjetPlatform")]
    public void Without_a_connection_there_is_one_clear_error(string script)
    {
        var error = _engine.Error(script);
        Assert.Equal(("NOT_CONNECTED", "ConnectionError"), Kind(error));
    }

    [Fact]
    public void The_module_version_needs_no_connection() => Assert.Equal("Module", _engine.Single("Get-ScramjetVersion").Properties["Component"].Value);

    [Fact]
    public async Task Missing_and_wrong_tokens_are_different_errors()
    {
        await using var platform = new FakePlatform([]);
        var missing = _engine.Error($"Connect-ScramjetPlatform {platform.BaseUri}");
        var wrong = _engine.Error($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken wrong");

        // The platform responds with 403 to both.
        Assert.All([missing, wrong], error => Assert.Equal(("NOT_AUTHORIZED", "PermissionDenied"), Kind(error)));
        Assert.Contains("-AccessToken", missing.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("may be wrong", wrong.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(_engine.Get("Get-ScramjetConnection"));
    }

    [Theory]
    [InlineData("Connect-ScramjetPlatform ftp://127.0.0.1/x", "BAD_PARAMETERS")]
    [InlineData("Connect-ScramjetPlatform not-an-address", "NOT_FOUND")]
    [InlineData("Connect-ScramjetPlatform http://user:word@127.0.0.1/x", "BAD_PARAMETERS")]
    [InlineData("Connect-ScramjetPlatform 'http://127.0.0.1:1/api/v1?x=1'", "BAD_PARAMETERS")]
    [InlineData("Connect-ScramjetPlatform http://127.0.0.1:1/api/v1 -AccessToken \"two`nlines\"", "BAD_PARAMETERS")]
    [InlineData("Connect-ScramjetPlatform", "BAD_PARAMETERS")]
    [InlineData("Connect-ScramjetPlatform -HubUri http://127.0.0.1:1/api/v1", "CANNOT_CONNECT")]
    public void An_invalid_connection_is_a_terminating_error(string script, string id)
    {
        var result = _engine.Run($"try {{ {script} }} catch {{ throw }}");
        Assert.True(result.Terminated);
        Assert.Equal(id, Kind(Assert.Single(result.Errors)).Id);
        Assert.Empty(_engine.Get("Get-ScramjetConnection"));
    }

    [Theory]
    [InlineData("-AppConfig 5")]
    [InlineData("-AppConfig @(1, 2)")]
    [InlineData("-AppConfig '{nope'")]
    [InlineData("-AppConfig ([System.Security.SecureString]::new())")]
    [InlineData("-AppConfig $circle")]
    [InlineData("-Limits 'x'")]
    [InlineData("-Limits @{ memroy = 128 }")]
    [InlineData("-Limits @{ memory = '128' }")]
    [InlineData("-Limits @{ gpu = 1 }")]
    [InlineData("-InstanceId tooshort")]
    public async Task Invalid_start_parameters_start_nothing(string parameters)
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("hello");
        await using var server = await ConnectHubAsync(hub);
        var asked = server.Requests.Count;
        var error = _engine.Error($"$circle = @{{}}; $circle.self = $circle; Start-ScramjetSequence hello {parameters}");
        Assert.Equal(("BAD_PARAMETERS", "InvalidArgument"), Kind(error));
        Assert.Equal(asked, server.Requests.Count);
    }

    [Fact]
    public async Task Invalid_packages_are_rejected_before_anything_is_sent()
    {
        await using var server = await ConnectHubAsync(new FakeHub("sth-0"));
        using var sequence = new TestSequence();
        var asked = server.Requests.Count;
        (string, string) Publish(string path) => Kind(_engine.Error($"Publish-ScramjetSequence -LiteralPath '{path}'"));

        Assert.Equal(("FILE_NOT_FOUND", "ObjectNotFound"), Publish(Path.Combine(sequence.Folder, "nothing")));
        Assert.Equal(("FILE_NOT_FOUND", "ObjectNotFound"), Kind(_engine.Error($"Publish-ScramjetSequence {sequence.Folder}/nothing")));
        Assert.Equal(("INVALID_PACKAGE", "InvalidData"), Publish(Path.Combine(sequence.Folder, "index.js")));
        sequence.Write("empty.tar.gz", "");
        Assert.Equal(("INVALID_PACKAGE", "InvalidData"), Publish(Path.Combine(sequence.Folder, "empty.tar.gz")));
        string[] manifests =
        [
            "{}", "{ nope", "[]", """{ "main": "missing.js" }""", """{ "main": "../outside.js" }""", """{ "main": 5 }""",
            """{ "main": "index.js", "engines": "node" }""",
        ];
        foreach (var manifest in manifests)
        {
            sequence.Write("package.json", manifest);
            Assert.Equal(("INVALID_PACKAGE", "InvalidData"), Publish(sequence.Folder));
        }

        File.Delete(Path.Combine(sequence.Folder, "package.json"));
        Assert.Equal(("INVALID_PACKAGE", "InvalidData"), Publish(sequence.Folder));
        Assert.Equal(asked, server.Requests.Count);
    }

    [Fact]
    public async Task Links_out_of_the_folder_are_not_packed()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Links need special rights on Windows.");
        await using var server = await ConnectHubAsync(new FakeHub("sth-0"));
        using var sequence = new TestSequence();
        File.CreateSymbolicLink(Path.Combine(sequence.Folder, "out"), "../../etc/passwd");
        var error = _engine.Error($"Publish-ScramjetSequence '{sequence.Folder}'");
        Assert.Equal("INVALID_PACKAGE", Kind(error).Id);
        Assert.Contains("'out'", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_upload_is_an_error_and_is_not_repeated()
    {
        var hub = new FakeHub("sth-0");
        await using var server = await ConnectHubAsync(hub);
        hub.Intercept = async (exchange, path) =>
        {
            if (exchange.Method != "POST")
                return false;
            await foreach (var _ in exchange.ReadBlocksAsync())
                break;
            exchange.Reset();
            return true;
        };
        using var sequence = new TestSequence();
        sequence.Write("data.bin", string.Concat(Enumerable.Range(0, 200_000).Select(i => Guid.NewGuid())));
        var error = _engine.Error($"Publish-ScramjetSequence '{sequence.Folder}'");
        Assert.Contains(Kind(error).Id, new[] { "INVALID_RESPONSE", "CANNOT_CONNECT" });
        Assert.Single(server.Requests, r => r.Method == "POST");
    }

    [Fact]
    public async Task A_redirect_to_another_origin_is_not_followed()
    {
        await using var elsewhere = new FaultServer(exchange => exchange.AnswerAsync(200, "[]"));
        await using var server = new FaultServer(exchange => exchange.AnswerAsync(302, "", null, "Found", ("Location", elsewhere.BaseUri + "/spaces")));
        Assert.Equal(("REDIRECT_REFUSED", "SecurityError"), Kind(_engine.Error($"Connect-ScramjetPlatform {server.BaseUri} -AccessToken secret-token")));
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("a/b")]
    [InlineData("a?b=c")]
    [InlineData("a#b")]
    [InlineData("a%2Fb")]
    [InlineData("a b")]
    [InlineData("Gdańsk")]
    public async Task Unusual_ids_stay_in_their_segment(string id)
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: id);
        await using var server = await ConnectHubAsync(hub);
        _engine.Get($"Get-ScramjetInstance '{id}' | Get-ScramjetHealth");
        Assert.Equal($"/api/v1/instance/{Uri.EscapeDataString(id)}/health", server.Requests.Last().Target);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public async Task Dot_segments_lead_to_no_route(string id)
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"), id: id);
        await using var server = await ConnectHubAsync(hub);
        _engine.Error($"Get-ScramjetInstance '{id}'");
        Assert.All(server.Requests, r => Assert.DoesNotContain("..", r.Target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_closed_connection_is_an_error()
    {
        await using var server = await ConnectHubAsync(new FakeHub("sth-0"));
        _engine.Get("$hub = Get-ScramjetHub; $c = Get-ScramjetConnection; Disconnect-ScramjetPlatform");
        Assert.Equal("NOT_CONNECTED", Kind(_engine.Error("$hub | Get-ScramjetSequence")).Id);
        Assert.Equal("NOT_CONNECTED", Kind(_engine.Error("Get-ScramjetSequence -Connection $c")).Id);
    }

    [Theory]
    [InlineData("Get-ScramjetInstance")]
    [InlineData("Get-ScramjetHub | Get-ScramjetSequence")]
    [InlineData("$known | Get-ScramjetHealth")]
    [InlineData("$known | Stop-ScramjetInstance -GracePeriodSec 60")]
    [InlineData("$known | Stop-ScramjetInstance -Force")]
    [InlineData("$known | Wait-ScramjetInstance")]
    [InlineData("$sequence | Start-ScramjetSequence -Wait")]
    [InlineData("$sequence | Remove-ScramjetSequence -Force -Confirm:$false")]
    [InlineData("Get-ScramjetVersion")]
    [InlineData("Publish-ScramjetSequence $folder")]
    [InlineData("Connect-ScramjetPlatform -HubUri $uri")]
    public async Task Ctrl_C_ends_a_command_at_once_while_the_hub_does_not_respond(string script)
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"));
        await using var server = await ConnectHubAsync(hub);
        using var sequence = new TestSequence();
        _engine.Set("folder", sequence.Folder);
        _engine.Set("uri", server.BaseUri);
        _engine.Get("$known = Get-ScramjetInstance; $sequence = Get-ScramjetSequence");
        hub.Intercept = async (exchange, _) =>
        {
            await exchange.SilenceAsync();
            return true;
        };
        var asked = server.Requests.Count;
        var time = await _engine.StopAfterAsync(script, TimeSpan.FromMilliseconds(200), async () =>
        {
            while (server.Requests.Count == asked)
                await Task.Delay(20);
        });
        Assert.True(time < TimeSpan.FromSeconds(10), $"It took {time}.");
    }

    [Fact]
    public async Task The_token_is_never_shown()
    {
        await using var platform = new FakePlatform([new FakeHub("sth-0") { Intercept = async (exchange, path) =>
        {
            // The server repeats what it receives.
            if (path != "/sequences")
                return false;
            await exchange.AnswerAsync(500, $$"""{"error":"{{exchange.Headers["Authorization"]}}"}""");
            return true;
        } }]);
        const string Secret = FakePlatform.Token;
        _engine.Set("token", Secret);
        _engine.Set("uri", platform.BaseUri);
        var result = _engine.Run("""
            $VerbosePreference = 'Continue'; $DebugPreference = 'Continue'
            $c = Connect-ScramjetPlatform -Uri $uri -AccessToken $token -PassThru -Verbose -Debug
            $c; "$c"; $c.PSObject.Properties | ForEach-Object { "$($_.Name) $($_.Value)" }
            Get-ScramjetConnection; Get-ScramjetContext; Get-ScramjetSpace; Get-ScramjetHub
            Get-ScramjetSequence -Verbose -Debug
            Get-ScramjetInstance nothing -Verbose -Debug
            Connect-ScramjetPlatform -Uri $uri -AccessToken "$token-wrong" -Verbose
            """);
        var screen = _engine.Render(
            "$c; $c.PSObject.Properties; Get-ScramjetSpace; $Error; $Error | ForEach-Object "
                + "{ $_.Exception.ToString(); $_.ErrorDetails.Message; $_.ScriptStackTrace }");
        var all = string.Join("\n", [
            .. result.Output.Select(o => o.ToString()),
            .. result.Errors.SelectMany(
                e => new[] { e.ToString(), e.Exception.ToString(), e.ErrorDetails?.Message, e.ErrorDetails?.RecommendedAction, e.TargetObject?.ToString() }),
            .. result.Verbose, .. result.Debug, .. result.Warnings, screen, _engine.Screen]);
        Assert.True(result.Errors.Count >= 3);
        Assert.NotEmpty(result.Verbose);
        Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
        Assert.Contains(platform.Server.Requests, r => r.Headers["Authorization"] == "Bearer " + Secret);
    }

    [Fact]
    public async Task Completion_returns_existing_objects_and_never_throws()
    {
        var hub = new FakeHub("sth-0");
        hub.AddSequence("hello");
        hub.AddSequence("it's odd");
        var server = await ConnectHubAsync(hub);
        string[] Complete(string text)
        {
            const string CompleteInput = "[System.Management.Automation.CommandCompletion]::CompleteInput";
            var matches = _engine.Get($"{CompleteInput}('{text.Replace("'", "''")}', {text.Length}, $null).CompletionMatches");
            return [.. matches.Select(m => (string)m.Properties["CompletionText"].Value)];
        }

        Assert.Equal(["hello", "'it''s odd'"], Complete("Start-ScramjetSequence "));
        Assert.Equal(["hello"], Complete("Get-ScramjetSequence -Sequence he"));
        Assert.Equal(["sth-0"], Complete("Get-ScramjetInstance -Hub s"));
        await server.DisposeAsync();
        Assert.DoesNotContain("hello", Complete("Get-ScramjetHealth "));
    }
}
