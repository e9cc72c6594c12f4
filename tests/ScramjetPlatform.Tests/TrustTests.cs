using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>What malicious servers and input can't do: add headers, show secrets or control characters, or exceed limits.</summary>
public sealed class TrustTests : IDisposable
{
    private const string Secret = FakePlatform.Token + "/+==";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private static string Everything(Engine.Result result, Engine engine) => string.Join("\n", [
        .. result.Output.Select(o => o.ToString()),
        .. result.Errors.SelectMany(e => new[]
        {
            e.ToString(), e.Exception.ToString(), e.Exception.Message, e.ErrorDetails?.Message, e.ErrorDetails?.RecommendedAction,
            e.TargetObject?.ToString(), e.CategoryInfo.ToString(),
        }),
        .. result.Verbose, .. result.Debug, .. result.Warnings, .. result.Progress.Select(p => p.ToString()), engine.Screen]);

    /// <summary>A server that reports the version of a hub. The handler responds to everything else.</summary>
    private async Task<FaultServer> ConnectAsync(Func<FaultServer.Exchange, string, Task<bool>> intercept, string? token = null)
    {
        var hub = new FakeHub("sth-0");
        hub.AddInstance(hub.AddSequence("hello"));
        var server = hub.Serve();
        _engine.Set("token", token);
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri} {(token is null ? "" : "-AccessToken $token")}");
        await Task.Yield();
        hub.Intercept = intercept;
        return server;
    }

    [Theory]
    [InlineData("'x' | Send-ScramjetTopicData t -ContentType \"text/plain`r`nX-Evil: y`r`n`r`nDELETE /api/v1/sequence/x HTTP/1.1\"")]
    [InlineData("'x' | Send-ScramjetInput * -ContentType \"text/plain`nX-Evil: y\"")]
    [InlineData("'x' | Send-ScramjetInput * -ContentType \"application/octet-stream`r`n`r`nx-ndjson\"")]
    [InlineData("Receive-ScramjetTopicData t -ContentType \"text/plain`r`nX-Evil: y\" -DurationSec 1")]
    [InlineData("New-ScramjetTopic t -ContentType \"text/plain`r`nX-Evil: y\"")]
    [InlineData("'x' | Invoke-ScramjetSequence hello -ContentType \"text/plain`r`nX-Evil: y\"")]
    [InlineData("'x' | Send-ScramjetTopicData t -ContentType 'nonsense'")]
    [InlineData("'x' | Send-ScramjetTopicData t -ContentType 'text/plain, text/html'")]
    public async Task A_value_that_is_invalid_in_a_header_is_rejected_before_anything_is_sent(string script)
    {
        await using var server = await ConnectAsync((_, _) => Task.FromResult(false));
        var asked = server.Requests.Count(r => r.Method != "GET");
        var error = _engine.Error(script);
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.DoesNotContain(server.Requests, r => r.Headers.ContainsKey("X-Evil"));
        Assert.Equal(asked, server.Requests.Count(r => r.Method != "GET"));
    }

    [Fact]
    public async Task An_access_key_that_is_invalid_in_a_header_is_rejected_and_not_shown()
    {
        await using var platform = FakePlatform.Of(1);
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        var error = _engine.Error("Remove-ScramjetAccessKey -AccessKey \"secretkey`r`nX-Evil: y\" -Confirm:$false");
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.DoesNotContain("secretkey", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Server.Requests, r => r.Method == "DELETE");
    }

    public static TheoryData<string> Echoes => new(
        "plain", "json", "json-slash", "html", "html-hex", "percent", "reason", "header", "redirect", "wrong-shape", "not-json", "stream");

    [Theory]
    [MemberData(nameof(Echoes))]
    public async Task A_token_that_the_server_repeats_is_never_shown(string how)
    {
        string Escape(Func<char, string> escape) => string.Concat(Secret.Select(escape));
        await using var server = await ConnectAsync(
            async (exchange, path) =>
            {
                if (path.StartsWith("/elsewhere", StringComparison.Ordinal))
                {
                    await exchange.AnswerAsync(500, "{}");
                    return true;
                }

                switch (how)
                {
                    case "plain":
                        await exchange.AnswerAsync(500, Secret, "text/plain");
                        break;
                    case "json":
                        await exchange.AnswerAsync(500, $$"""{"error":"{{Escape(c => $"\\u{(int)c:x4}")}}"}""");
                        break;
                    case "json-slash":
                        await exchange.AnswerAsync(500, $$"""{"error":"{{Secret.Replace("/", "\\/", StringComparison.Ordinal)}}"}""");
                        break;
                    case "html":
                        await exchange.AnswerAsync(500, $"<html><title>{Escape(c => $"&#{(int)c};")}</title></html>", "text/html");
                        break;
                    case "html-hex":
                        await exchange.AnswerAsync(500, $"no tag, {Escape(c => $"&#x{(int)c:X};")}", "text/plain");
                        break;
                    case "percent":
                        await exchange.AnswerAsync(500, Escape(c => $"%{(int)c:X2}"), "text/plain");
                        break;
                    case "reason":
                        await exchange.AnswerAsync(500, "", null, $"No {Secret}");
                        break;
                    case "header":
                        await exchange.SendAsync($"HTTP/1.1 200 OK\r\n{Secret} is no header\r\n\r\n");
                        exchange.Close();
                        break;
                    case "redirect":
                        await exchange.AnswerAsync(302, "", null, null, ("Location", $"/api/v1/elsewhere?token={Uri.EscapeDataString(Secret)}"));
                        break;
                    case "wrong-shape":
                        await exchange.AnswerAsync(200, $$"""{"token":"{{Secret}}"}""");
                        break;
                    case "not-json":
                        await exchange.AnswerAsync(200, $"<{Secret}", "text/plain");
                        break;
                    default:
                        await exchange.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Secret}\r\n");
                        exchange.Close();
                        break;
                }

                return true;
            },
            Secret);
        var result = _engine.Run(how == "stream" ? "Get-ScramjetLog -Verbose -Debug -Follow" : "Get-ScramjetSequence -Verbose -Debug -TimeoutSec 5");
        Assert.NotEmpty(result.Errors);
        _engine.Render(
            "$Error; $Error | Format-List * -Force; $Error | ForEach-Object "
                + "{ $_.Exception.ToString(); $_.Exception.Uri; $_.Exception.ServerMessage; $_.Exception.InnerException }");
        var all = Everything(result, _engine);
        var unescaped = Regex.Unescape(Regex.Replace(all, @"\\(?!u[0-9a-fA-F]{4})", ""));
        foreach (var text in new[] { all, unescaped, WebUtility.HtmlDecode(all), Uri.UnescapeDataString(all) })
            Assert.DoesNotContain(FakePlatform.Token, text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Get-ScramjetSequence", "/sequences")]
    [InlineData("Get-ScramjetInstance nothing", "/instances")]
    [InlineData("Get-ScramjetLog", "/log")]
    [InlineData("Stop-ScramjetInstance * -Force", "/_kill")]
    public async Task Control_and_direction_characters_from_servers_are_in_no_error_or_verbose_line(string script, string route)
    {
        const string Evil = "ab\u001b[2Jcd\u0007ef\u202egh\u2028ij\u009bkl";
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            if (!path.EndsWith(route, StringComparison.Ordinal))
                return false;
            await exchange.AnswerAsync(500, new Newtonsoft.Json.Linq.JObject { ["error"] = Evil }.ToString(), "application/json", "Evil\u001b[31mreason");
            return true;
        });
        var result = _engine.Run($"{script} -Verbose");
        var error = Assert.Single(result.Errors);
        foreach (var text in result.Verbose.Append(error.ToString()).Append(error.Exception.Message))
            Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\u2028\u2029]", text);
        Assert.Contains("ab [2Jcd ef gh ij kl", error.ToString(), StringComparison.Ordinal);

        // The object keeps the original text of the server.
        Assert.Equal(Evil, error.Exception.GetType().GetProperty("ServerMessage")!.GetValue(error.Exception));
    }

    [Theory]
    [InlineData("Get-ScramjetSequence")]
    [InlineData("Get-ScramjetInstance")]
    [InlineData("Get-ScramjetInstance | Get-ScramjetHealth")]
    [InlineData("Get-ScramjetTopic")]
    [InlineData("Get-ScramjetLog")]
    [InlineData("Get-ScramjetAudit")]
    [InlineData("Get-ScramjetLoad")]
    [InlineData("Get-ScramjetConfiguration")]
    [InlineData("Get-ScramjetVersion -Hub *")]
    [InlineData("Get-ScramjetHub")]
    [InlineData("Receive-ScramjetEvent * x")]
    [InlineData("Show-ScramjetTree")]
    public async Task Control_and_direction_characters_from_servers_are_in_no_table_or_list(string script)
    {
        const string Evil = "a\u001b[2Jb\u0007c\u202ed";
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            var text = new Newtonsoft.Json.Linq.JValue(Evil).ToString(Newtonsoft.Json.Formatting.None);
            var sequence = $$"""
                {"id":{{text}},"name":{{text}},"config":{"name":{{text}},"version":{{text}},"description":{{text}},"language":{{text}},
                "entrypointPath":{{text}},"engines":{ {{text}}:{{text}} } },"instances":[{{text}}],"location":{{text}} }
                """;
            var instance = $$"""
                {"id":{{text}},"sequence":{{sequence}},"appConfig":{ {{text}}:{{text}} },"args":[{{text}}],"provides":{{text}},"requires":{{text}},
                "created":"2026-01-01T00:00:00Z","started":"2026-01-01T00:00:00Z","status":{{text}},"terminated":{"exitcode":1,"reason":{{text}} } }
                """;
            var body = path switch
            {
                "/sequences" => $"[{sequence}]",
                "/instances" => $"[{instance}]",
                "/entities" => $$"""{"sequences":[{{sequence}}],"instances":[{{instance}}]}""",
                "/topics" => $$"""[{"topicName":{{text}},"contentType":{{text}},"localProvider":{{text}} }]""",
                "/log" => $$"""{"level":"INFO","msg":{{text}},"from":{{text}},"ts":1,"data":[{{text}}]}""",
                "/audit" => $$"""{"opState":{{text}},"opCode":11208,"requestId":{{text}},"objectId":{{text}},"requestorId":{{text}},"receivedAt":1}""",
                "/load-check" => $$"""
                    {"avgLoad":1,"currentLoad":1,"memFree":1,"memUsed":1,
                    "fsSize":[{"fs":{{text}},"mount":{{text}},"type":{{text}},"size":1,"used":1,"available":1}]}
                    """,
                "/config" => $$"""{"host":{"id":"sth-0"},"description":{{text}},"tags":[{{text}}],{{text}}:{{text}} }""",
                "/version" => $$"""{"service":"@scramjet/host","apiVersion":{{text}},"version":"1.0.1","build":{{text}} }""",
                _ when path.EndsWith("/health", StringComparison.Ordinal) => $$"""{"healthy":true,"processId":1,"containerId":{{text}} }""",
                _ when path.Contains("/event/", StringComparison.Ordinal) => text,
                _ => null,
            };
            if (body is null)
                return false;
            await exchange.AnswerAsync(200, body);
            return true;
        });
        var screen = _engine.Render(script) + _engine.Render($"{script} | Format-List") + _engine.Render($"{script} | Format-Table");
        Assert.Matches(@"\w", screen);
        Assert.DoesNotContain("\u001b[2J", screen, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"[\u0007\u202e]", screen);
    }

    [Fact]
    public async Task A_binary_response_is_not_shown()
    {
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            await exchange.SendAsync("HTTP/1.1 500 Oops\r\nContent-Length: 300\r\n\r\n");
            await exchange.SendAsync(Enumerable.Range(0, 300).Select(i => (byte)i).ToArray());
            return true;
        });
        var error = _engine.Error("Get-ScramjetSequence");
        Assert.Contains("binary data", error.ToString(), StringComparison.Ordinal);
        Assert.InRange(error.ToString().Length, 10, 300);
    }

    [Fact]
    public async Task A_plain_text_token_is_accepted_only_with_the_parameter_name()
    {
        await using var platform = FakePlatform.Of(1);
        var error = _engine.Error($"Connect-ScramjetPlatform {platform.BaseUri} '{FakePlatform.Token}'");
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.DoesNotContain(FakePlatform.Token, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(platform.Server.Requests);

        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken '{FakePlatform.Token}'");
        _engine.Get(
            $"$s = [System.Security.SecureString]::new(); '{FakePlatform.Token}'.ToCharArray() | ForEach-Object {{ $s.AppendChar($_) }}; "
                + $"Connect-ScramjetPlatform {platform.BaseUri} $s");
        _engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} ([pscredential]::new('user', $s))");
    }

    [Fact]
    public async Task A_body_that_never_ends_is_a_timeout()
    {
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[");
            await exchange.ClosedAsync();
            return true;
        });
        Assert.StartsWith("TIMEOUT,", _engine.Error("Get-ScramjetSequence -TimeoutSec 1").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task An_error_whose_body_never_ends_is_an_error_with_the_received_part()
    {
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            await exchange.SendAsync("HTTP/1.1 500 Oops\r\nContent-Length: 100000\r\n\r\nthe first words");
            await exchange.ClosedAsync();
            return true;
        });
        var error = _engine.Error("Get-ScramjetSequence");
        Assert.StartsWith("SERVER_ERROR,", error.FullyQualifiedErrorId);
        Assert.Contains("the first words", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_body_without_end_is_read_to_its_limit()
    {
        var sent = 0L;
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            await exchange.BeginChunkedAsync(500, "text/plain");
            var block = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
            try
            {
                while (true)
                {
                    await exchange.SendChunkAsync(block);
                    sent += block.Length;
                }
            }
            catch (IOException)
            {
                return true;
            }
        });
        Assert.StartsWith("SERVER_ERROR,", _engine.Error("Get-ScramjetSequence").FullyQualifiedErrorId);
        Assert.InRange(sent, 0, 64 * 1024 * 1024);
    }

    [Theory]
    [InlineData("86400")]
    [InlineData("Fri, 31 Dec 2100 23:59:59 GMT")]
    public async Task A_long_retry_after_is_an_error_without_a_wait(string retryAfter)
    {
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            await exchange.AnswerAsync(503, "", null, null, ("Retry-After", retryAfter));
            return true;
        });
        server.Requests.Clear();
        var error = _engine.Error("Get-ScramjetSequence");
        Assert.StartsWith("SERVER_ERROR,", error.FullyQualifiedErrorId);
        Assert.Contains("503", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("requests to wait", error.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_retry_that_would_exceed_the_time_limit_is_replaced_by_the_failure()
    {
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            await exchange.AnswerAsync(503, "", null, null, ("Retry-After", "20"));
            return true;
        });
        Assert.StartsWith("SERVER_ERROR,", _engine.Error("Get-ScramjetSequence -TimeoutSec 2").FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Compressed_responses_are_read_in_streams_too(string encoding)
    {
        byte[] Compress(string text)
        {
            using var target = new MemoryStream();
            using (
                Stream stream = encoding == "gzip"
                    ? new GZipStream(target, CompressionLevel.Fastest, true)
                    : new DeflateStream(target, CompressionLevel.Fastest, true))
                stream.Write(Encoding.UTF8.GetBytes(text));
            return target.ToArray();
        }

        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            var body = Compress(path == "/sequences" ? """[{"id":"x","name":"packed"}]""" : """{"level":"INFO","msg":"packed","ts":1}""");
            await exchange.SendAsync($"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {body.Length}\r\n\r\n");
            await exchange.SendAsync(body);
            return true;
        });
        Assert.Equal("packed", _engine.Single("Get-ScramjetSequence").Properties["Name"].Value);
        Assert.Equal("packed", _engine.Single("Get-ScramjetLog").Properties["Message"].Value);
    }

    [Fact]
    public async Task An_unknown_encoding_is_an_error()
    {
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            await exchange.AnswerAsync(200, "[]", "application/json", null, ("Content-Encoding", "zstd"));
            return true;
        });
        var error = _engine.Error("Get-ScramjetSequence");
        Assert.StartsWith("INVALID_RESPONSE,", error.FullyQualifiedErrorId);
        Assert.Contains("zstd", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_page_instead_of_a_stream_is_an_error()
    {
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            await exchange.AnswerAsync(200, "<html><title>Welcome</title></html>", "text/html; charset=utf-8");
            return true;
        });
        var result = _engine.Run("Get-ScramjetLog");
        Assert.Empty(result.Output);
        Assert.StartsWith("INVALID_RESPONSE,", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Contains("Welcome", result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"version":{"a":1}}""")]
    [InlineData("""{"version":[1]}""")]
    [InlineData("""{"version":7}""")]
    public async Task A_version_that_is_not_a_string_is_a_typed_error(string version)
    {
        await using var server = new FaultServer(
            exchange => exchange.AnswerAsync(200, exchange.Target.EndsWith("/version", StringComparison.Ordinal) ? version : "[]"));
        var result = _engine.Run($"Connect-ScramjetPlatform -HubUri {server.BaseUri}; Get-ScramjetHub; Get-ScramjetInstance");
        Assert.All(result.Errors, e => Assert.StartsWith("Scramjet.Client.Scramjet", e.Exception.GetType().FullName, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_with_many_title_tags_is_an_error_at_once()
    {
        var page = string.Concat(Enumerable.Repeat("<title", 100_000));
        await using var server = await ConnectAsync(async (exchange, path) =>
        {
            if (path is not ("/sequences" or "/instances"))
                return false;
            await exchange.AnswerAsync(path == "/sequences" ? 200 : 500, page, "text/html");
            return true;
        });
        Assert.StartsWith("INVALID_RESPONSE,", _engine.Error("Get-ScramjetSequence").FullyQualifiedErrorId);
        Assert.StartsWith("SERVER_ERROR,", _engine.Error("Get-ScramjetInstance").FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("$env:SCRAMJET_URI = 'http://['; try { Connect-ScramjetPlatform } finally { $env:SCRAMJET_URI = $null }")]
    [InlineData("Get-ScramjetInstance '[abc'")]
    [InlineData("Get-ScramjetInstance -Sequence '[abc'")]
    [InlineData("Get-ScramjetSequence '[abc'")]
    [InlineData("Get-ScramjetInstance -Hub '[abc'")]
    [InlineData("Get-ScramjetTopic '[abc'")]
    [InlineData("Get-ScramjetConnection '[abc'")]
    [InlineData("Get-ScramjetProfile '[abc'")]
    [InlineData("'[abc' | Stop-ScramjetInstance -Force")]
    public async Task Invalid_input_is_a_typed_error(string script)
    {
        await using var server = await ConnectAsync((_, _) => Task.FromResult(false));
        var error = _engine.Error(script);
        Assert.StartsWith("BAD_PARAMETERS,", error.FullyQualifiedErrorId);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }
}
