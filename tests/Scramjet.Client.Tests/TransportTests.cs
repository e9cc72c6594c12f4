using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Api;
using Scramjet.Client.Http;
using Scramjet.Testing;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>Retries, time limits, redirects and invalid responses.</summary>
public sealed class TransportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static HubClient Client(FaultServer server, string? token = null) => new(new ScramjetTransport(
        new Uri(server.BaseUri),
        new TransportOptions { AccessToken = token, Timeout = TimeSpan.FromSeconds(10), RetryDelay = TimeSpan.FromMilliseconds(10) }));

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_transient_failure_is_retried(int status)
    {
        var asked = 0;
        await using var server = new FaultServer(exchange => Interlocked.Increment(ref asked) < 3
            ? exchange.AnswerAsync(status, "", null, null, ("Retry-After", "0"))
            : exchange.AnswerAsync(200, "[]"));
        var told = 0;
        var client = ApiClient.With(
            Client(server),
            new RequestOptions { Trace = line => told += line.Contains("Trying again", StringComparison.Ordinal) ? 1 : 0 });
        Assert.Empty(await client.ListSequencesAsync(Cancel));
        Assert.Equal((3, 2), (asked, told));
    }

    [Fact]
    public async Task An_object_outlasts_the_options_of_the_call_that_returned_it()
    {
        await using var server = new FaultServer(exchange => exchange.AnswerAsync(200, exchange.Target.EndsWith("/version", StringComparison.Ordinal)
            ? """{"version":"1.0.1"}"""
            : exchange.Target.EndsWith('s') ? """[{"id":"one"}]""" : """{"id":"one"}"""));
        var told = 0;
        var hub = ApiClient.With(Client(server), new RequestOptions { Timeout = TimeSpan.FromMilliseconds(1), Trace = _ => told++ });
        hub = ApiClient.With(hub, new RequestOptions { Timeout = TimeSpan.FromSeconds(10), Trace = _ => told++ });
        var sequence = (await hub.ListSequencesAsync(Cancel)).Single();
        await hub.GetSequenceClient("one").GetInfoAsync(Cancel);
        Assert.Equal(2, told);

        await sequence.GetClient().GetInfoAsync(Cancel);
        await sequence.GetClient().Hub.GetHubVersionAsync(Cancel);
        await (await hub.GetSequenceAsync("one", Cancel)).GetClient().GetInfoAsync(Cancel);
        Assert.Equal(3, told);
    }

    [Fact]
    public async Task Retry_after_is_respected()
    {
        var asked = 0;
        await using var server = new FaultServer(exchange => Interlocked.Increment(ref asked) == 1
            ? exchange.AnswerAsync(503, "", null, null, ("Retry-After", "1"))
            : exchange.AnswerAsync(200, "[]"));
        string? line = null;
        await ApiClient.With(Client(server), new RequestOptions { Trace = l => line = l.Contains("Trying again", StringComparison.Ordinal) ? l : line })
            .ListSequencesAsync(Cancel);
        Assert.Contains("1.0 s", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Starts_and_uploads_are_never_sent_twice()
    {
        await using var server = new FaultServer(exchange => exchange.AnswerAsync(503, ""));
        await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).GetSequenceClient("x").StartAsync(cancellationToken: Cancel));
        var package = new Packaging.PackageSource(() => new System.IO.MemoryStream(new byte[10]), 10);
        await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).UploadSequenceAsync(package, cancellationToken: Cancel));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(400, ErrorCodes.BadParameters)]
    [InlineData(401, ErrorCodes.NeedAuthentication)]
    [InlineData(403, ErrorCodes.NotAuthorized)]
    [InlineData(404, ErrorCodes.NotFound)]
    [InlineData(409, ErrorCodes.RequestError)]
    [InlineData(410, ErrorCodes.Gone)]
    [InlineData(419, ErrorCodes.InsufficientResources)]
    [InlineData(422, ErrorCodes.UnprocessableEntity)]
    [InlineData(500, ErrorCodes.ServerError)]
    public async Task Each_status_has_upstreams_code(int status, string code)
    {
        await using var server = new FaultServer(exchange => exchange.AnswerAsync(status, "the words", "text/plain"));
        var error = await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).ListSequencesAsync(Cancel));
        Assert.Equal((code, status, "the words"), (error.Code, (int)error.StatusCode!, error.ServerMessage));
    }

    [Theory]
    [InlineData("""{"error":"plain"}""", "plain")]
    [InlineData("""{"error":{"code":"X","data":"why"}}""", "X: why")]
    [InlineData("""{"opStatus":"Conflict","error":"both"}""", "both")]
    [InlineData("""{"message":"said"}""", "said")]
    [InlineData("""{"opStatus":"Not Found"}""", "Not Found")]
    [InlineData("{}", null)]
    [InlineData("  ", null)]
    [InlineData("<!doctype html><title>A &amp; B</title>", "A & B")]
    [InlineData("just text", "just text")]
    public void The_best_message_is_used(string body, string? words) => Assert.Equal(words, ResponseErrors.ServerMessage(body));

    [Fact]
    public async Task Redirects_are_followed_within_the_origin_and_the_token_stays_there()
    {
        await using var elsewhere = new FaultServer(exchange => exchange.AnswerAsync(200, "[]"));
        await using var server = new FaultServer(exchange => exchange.Target switch
        {
            "/api/v1/sequences" => exchange.AnswerAsync(307, "", null, null, ("Location", "/moved")),
            "/moved" => exchange.AnswerAsync(200, "[]"),
            _ => exchange.AnswerAsync(302, "", null, null, ("Location", elsewhere.BaseUri + "/instances")),
        });
        Assert.Empty(await Client(server, "token").ListSequencesAsync(Cancel));
        Assert.All(server.Requests, r => Assert.Equal("Bearer token", r.Headers["Authorization"]));
        var error = await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server, "token").ListInstancesAsync(Cancel));
        Assert.Equal(ErrorCodes.RedirectRefused, error.Code);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task An_endless_redirect_ends()
    {
        await using var server = new FaultServer(exchange => exchange.AnswerAsync(302, "", null, null, ("Location", "/again")));
        Assert.Equal(ErrorCodes.RedirectRefused, (await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).ListSequencesAsync(Cancel))).Code);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public async Task A_response_that_was_interrupted_is_an_error(string bytes)
    {
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.SendAsync(bytes);
            exchange.Close();
        });
        Assert.Equal(ErrorCodes.InvalidResponse, (await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).ListSequencesAsync(Cancel))).Code);
    }

    [Theory]
    [InlineData("{\"id\":1}")]
    [InlineData("[1, 2]")]
    [InlineData("[{\"name\":\"no id\"}]")]
    [InlineData("")]
    [InlineData("[] []")]
    [InlineData("nonsense")]
    public async Task Json_of_another_form_is_an_error(string body)
    {
        await using var server = new FaultServer(exchange => exchange.AnswerAsync(200, body));
        Assert.Equal(ErrorCodes.InvalidResponse, (await Assert.ThrowsAsync<ScramjetApiException>(() => Client(server).ListSequencesAsync(Cancel))).Code);
    }

    [Fact]
    public async Task Unknown_fields_and_fields_of_other_types_are_ignored()
    {
        await using var server = new FaultServer(
            exchange => exchange.AnswerAsync(
                200,
                """[{"id":"x","status":"dancing","created":5,"started":"not a time","args":{},"surprise":{"deep":[1,"two"]}}]"""));
        var instance = Assert.Single(await Client(server).ListInstancesAsync(Cancel));
        Assert.Equal((Model.InstanceStatus.Unknown, "dancing"), (instance.GetStatus(), instance.Status));
        var surprise = (System.Collections.Specialized.OrderedDictionary)instance.GetAdditionalData()["surprise"]!;
        Assert.Equal(new object[] { 1L, "two" }, surprise["deep"]);
    }

    [Fact]
    public async Task A_missing_response_has_a_time_limit_and_cancellation_is_not_a_timeout()
    {
        await using var server = new FaultServer(exchange => exchange.SilenceAsync());
        var client = ApiClient.With(Client(server), new RequestOptions { Timeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(ErrorCodes.Timeout, (await Assert.ThrowsAsync<ScramjetApiException>(() => client.ListSequencesAsync(Cancel))).Code);

        using var stop = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(server).ListSequencesAsync(stop.Token));
    }

    /// <summary>The handler that .NET Framework needs for a GET with a content header. Here it uses the HttpWebRequest of this runtime.</summary>
    private static HubClient FrameworkClient(string baseUri, string? token = null) => new(new ScramjetTransport(
        new Uri(baseUri),
        new TransportOptions { AccessToken = token, UsesContentHeaderHandler = true, UserAgent = "Tests/1.0", RetryDelay = TimeSpan.FromMilliseconds(10) }));

    [Fact]
    public async Task On_NET_Framework_a_GET_with_a_content_header_is_sent_and_its_stream_is_read_as_it_arrives()
    {
        var ended = new TaskCompletionSource();
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.BeginChunkedAsync();
            await exchange.SendChunkAsync("first");
            await exchange.ClosedAsync();
            ended.SetResult();
        });
        using (var stream = await FrameworkClient(server.BaseUri, "secret").GetTopicStreamAsync("cities", "text/plain", Cancel))
        {
            var block = new byte[100];
            var read = await stream.ReadAsync(block, Cancel);
            Assert.Equal("first", System.Text.Encoding.UTF8.GetString(block, 0, read));
        }

        await ended.Task.WaitAsync(Cancel);
        var request = Assert.Single(server.Requests);
        Assert.Equal(
            ("GET", "/api/v1/topic/cities", "text/plain", "Bearer secret", "Tests/1.0"),
            (request.Method, request.Target, request.Headers["Content-Type"], request.Headers["Authorization"], request.Headers["User-Agent"]));
    }

    [Fact]
    public async Task On_NET_Framework_failures_of_a_GET_with_a_content_header_are_the_same_errors()
    {
        string address;
        await using (var server = new FaultServer(exchange => exchange.AnswerAsync(404, "no such topic", "text/plain")))
        {
            address = server.BaseUri;
            var error = await Assert.ThrowsAsync<ScramjetApiException>(() => FrameworkClient(address).GetTopicStreamAsync("cities", "text/plain", Cancel));
            Assert.Equal((ErrorCodes.NotFound, "no such topic"), (error.Code, error.ServerMessage));
        }

        var refused = await Assert.ThrowsAsync<ScramjetApiException>(() => FrameworkClient(address).GetTopicStreamAsync("cities", "text/plain", Cancel));
        Assert.Equal(ErrorCodes.CannotConnect, refused.Code);

        var asked = new TaskCompletionSource();
        await using var silent = new FaultServer(exchange =>
        {
            asked.SetResult();
            return exchange.ClosedAsync();
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = FrameworkClient(silent.BaseUri).GetTopicStreamAsync("cities", "text/plain", stop.Token);
        await asked.Task.WaitAsync(Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public void A_token_is_not_sent_to_another_computer_over_http_by_itself()
    {
        static string[] Tried(string address, bool hasToken) =>
            [.. new ServerAddress(address).Candidates(hasToken).SelectMany(c => c).Select(u => u.ToString())];
        Assert.Equal(["https://hub.example:8000/api/v1", "https://hub.example:8000/"], Tried("hub.example:8000", hasToken: true));
        Assert.Equal(
            ["https://hub.example/api/v1", "https://hub.example/", "http://hub.example/api/v1", "http://hub.example/"],
            Tried("hub.example", hasToken: false));
        Assert.Equal(["http://hub.example/api/v1"], Tried("http://hub.example/api/v1", hasToken: true));
        Assert.Equal("http://127.0.0.1:8000/api/v1", Tried("127.0.0.1:8000", hasToken: true)[0]);
        Assert.Equal("http://localhost:8000/api/v1", Tried("localhost:8000", hasToken: true)[0]);
        Assert.Equal("http://[::1]:8000/api/v1", Tried("[::1]:8000", hasToken: true)[0]);
    }

    [Theory]
    [InlineData("""{"password":"a","b":1}""", """{"password":"***","b":1}""")]
    [InlineData("""{"a":{"Api_Key" : ["x","y"]},"token":12.5}""", """{"a":{"Api_Key" : "***"},"token":"***"}""")]
    [InlineData("{\"secret\":\"cut off in the mid", "{\"secret\":\"***\"")]
    [InlineData("{\"secrets\":{\"a\":\"x\",\"b\":{\"c\":\"y", "{\"secrets\":\"***\"")]
    [InlineData("""{"pass\u0077ord":"a"}""", """{"pass\u0077ord":"***"}""")]
    [InlineData("""{"a":"the \"token\": b"}""", """{"a":"the \"token\": b"}""")]
    [InlineData("{\"token\":null}\n{\"token\":\"b\"}", "{\"token\":\"***\"}\n{\"token\":\"***\"}")]
    [InlineData("""["a","--password","b c","--name","d"]""", """["a","--password","***","--name","d"]""")]
    [InlineData("""["--token=a b","-key=x;y","Pwd=a;User=b"]""", """["--token=*** b","-key=***","Pwd=***;User=b"]""")]
    [InlineData("""["{\"token\":\"a\",\"b\":\"c\"}"]""", """["{\"token\":\"***\",\"b\":\"c\"}"]""")]
    [InlineData("redis://:a@host https://u:b@host/c?sig=1&token=d", "redis://:***@host https://u:***@host/c?sig=1&token=***")]
    [InlineData("plain text with \"quotes\": and more", "plain text with \"quotes\": and more")]
    public void Values_of_secret_fields_are_hidden(string text, string shown) => Assert.Equal(shown, SecretFields.Hide(text));
}
