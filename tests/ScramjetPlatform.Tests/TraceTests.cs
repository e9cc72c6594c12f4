using System;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>What -Verbose and -Debug show of requests.</summary>
public sealed class TraceTests(RealPlatform real)
{
    [Theory]
    [EachHub]
    public async Task Verbose_has_the_status_and_the_duration_of_each_request(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        Assert.Contains(
            session.Run("Get-ScramjetSequence -Verbose").Verbose,
            line => Regex.IsMatch(line, $@"^GET {Regex.Escape(hub.BaseUri)}/sequences: 200 OK \((\d+ ms|\d+\.\d s)\)$"));
    }

    [Theory]
    [EachHub]
    public async Task Debug_shows_requests_and_responses_without_secrets_and_asks_nothing(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("double");
        session.Set("folder", sequence.Folder);
        session.Set("name", sequence.Name);

        var sent = session.Run("Publish-ScramjetSequence $folder -Debug");
        Assert.Empty(sent.Errors);
        Assert.Contains(
            sent.Debug,
            text => text.StartsWith($"POST {hub.BaseUri}/sequence\n", StringComparison.Ordinal)
                && Regex.IsMatch(text, @"^\(\d+ bytes\)$", RegexOptions.Multiline));
        Assert.Empty(sent.Verbose);

        var started = session.Run("""
            $config = @{ plain = 'shown'; dbPassword = 'hunter2'; inner = @{ 'api-key' = 'hunter2' }; secrets = @{ one = 'hunter2', 'hunter2' } }
            $config.database = 'postgres://user:hunter2@db/data'
            $arguments = '--password=hunter2', '--api-key', 'hunter2', '--verbose', 'Server=db;Pwd=hunter2;', '{"token":"hunter2"}'
            $i = Start-ScramjetSequence $name -ArgumentList $arguments -AppConfig $config -Debug
            """);
        Assert.Empty(started.Errors);
        var request = Assert.Single(started.Debug, text => Regex.IsMatch(text, "^POST .*/start\n"));
        Assert.Contains("\"plain\":\"shown\"", request, StringComparison.Ordinal);
        Assert.Contains("postgres://user:***@db", request, StringComparison.Ordinal);
        Assert.Contains("\"--verbose\"", request, StringComparison.Ordinal);
        Assert.DoesNotContain(started.Debug, text => text.Contains("hunter2", StringComparison.Ordinal));
        Assert.Contains(
            started.Debug,
            text => Regex.IsMatch(text, @"^200 OK \(.*\) POST .*/start\n(.*\n)*Content-Type: application/json", RegexOptions.IgnoreCase));
        Assert.Contains(started.Debug, text => Regex.IsMatch(text, @"^Received from POST .*/start:\n\{.*""id"":"));

        // Streams are shown as they come.
        var streamed = session.Run("@{ n = 21 } | Send-ScramjetInput $i -ReceiveOutput -Debug");
        Assert.Empty(streamed.Errors);
        Assert.Contains(streamed.Debug, text => Regex.IsMatch(text, @"^Sent to POST .*/(input|inout), 9 bytes:\n\{""n"":21\}$"));
        Assert.Contains(streamed.Debug, text => Regex.IsMatch(text, @"^Received from (GET|POST) .*/(output|inout), \d+ bytes:\n\{""n"":42\}$"));
    }

    [Fact]
    public void Tokens_and_keys_are_hidden()
    {
        using var session = new Engine();
        var connected = session.Run($"Connect-ScramjetPlatform {real.Platform.BaseUri} -AccessToken {real.Platform.Token} -Debug");
        Assert.Empty(connected.Errors);
        Assert.Contains(connected.Debug, text => text.Contains("\nAuthorization: ***", StringComparison.Ordinal));
        var created = session.Run(
            "$key = New-ScramjetAccessKey 'for a test' -Debug; $secret = [System.Net.NetworkCredential]::new('', $key.AccessKey).Password; $secret; $key | "
                + "Remove-ScramjetAccessKey -Confirm:$false -Debug");
        Assert.Empty(created.Errors);
        var secret = (string)Assert.Single(created.Output).BaseObject;
        Assert.Contains(created.Debug, text => text.Contains("hidden", StringComparison.Ordinal));
        Assert.Contains(created.Debug, text => text.Contains("\nx-revoke: ***", StringComparison.Ordinal));
        Assert.DoesNotContain(
            connected.Debug.Concat(created.Debug),
            text => text.Contains(secret, StringComparison.Ordinal) || text.Contains(real.Platform.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bodies_are_cut_at_4_KB_and_bytes_are_counted()
    {
        await using var server = new FaultServer(exchange => exchange.Target switch
        {
            "/api/v1/version" => exchange.AnswerAsync(200, """{"version":"0.18.7"}"""),
            "/api/v1/sequences" => exchange.AnswerAsync(200, $$"""[{"id":"x","filler":"{{new string('-', 10_000)}}"}]"""),
            "/api/v1/load-check" => exchange.AnswerAsync(404, "\0\u0001\u0002"),
            _ => exchange.AnswerAsync(404, "{}"),
        });
        using var session = new Engine();
        session.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}; $DebugPreference = 'Continue'");
        var body = Assert.Single(session.Run("Get-ScramjetSequence").Debug, text => text.Contains("filler", StringComparison.Ordinal));
        Assert.InRange(body.Length, 4096, 4400);
        Assert.Contains("(The first 4 of 9 KB.)", body, StringComparison.Ordinal);
        Assert.Contains(session.Run("Get-ScramjetLoad").Debug, text => text.EndsWith("(3 bytes)", StringComparison.Ordinal));

        // Nothing is shown where nobody asked.
        Assert.Empty(session.Run("$DebugPreference = 'SilentlyContinue'; Get-ScramjetSequence").Debug);
        Assert.Empty(session.Run("$DebugPreference = 'Continue'; Get-ScramjetSequence -Debug:$false").Debug);
    }
}
