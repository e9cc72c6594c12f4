using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace Scramjet.LocalPlatform.Tests;

/// <summary>What the local platform handles itself, and what it forwards, in plain HTTP. The hubs are stand-ins.</summary>
public sealed class PlatformTests : IAsyncLifetime
{
    private const string First = "first";
    private const string Second = "second";
    private const string Key = "/api/v1/space/first/apikey";

    private readonly FakeHub _hub = new("sth-0");
    private readonly HttpClient _http = new();
    private FaultServer _server = null!;
    private LocalPlatform _platform = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = _hub.Serve();
        var options = new LocalPlatformOptions { HubsPerSpace = 0 };
        options.Spaces.Add(First);
        options.Spaces.Add(Second);
        options.ExternalHubs.Add(new ExternalHub(_hub.Id, new Uri(_server.BaseUri)));
        _platform = await LocalPlatform.StartAsync(options, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _platform.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_request_without_a_token_or_with_another_is_forbidden()
    {
        var (status, body) = await SendWithTokenAsync(null, HttpMethod.Get, "/api/v1/spaces");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal("""{"message":"Forbidden"}""", body!.ToJsonString());
        Assert.Equal(HttpStatusCode.Forbidden, (await SendWithTokenAsync("another", HttpMethod.Get, "/api/v1/spaces")).Status);
        Assert.Equal([First, Second], Ids((await SendAsync(HttpMethod.Get, "/api/v1/spaces")).Body));
    }

    [Fact]
    public async Task An_access_key_is_shown_once_and_is_no_token()
    {
        var key = (string)(await SendAsync(HttpMethod.Post, Key, """{"description":"lab"}""")).Body!["accessKey"]!;
        Assert.Equal(HttpStatusCode.Forbidden, (await SendWithTokenAsync(key, HttpMethod.Get, "/api/v1/space/first/api/v1/list")).Status);

        var listed = (await SendAsync(HttpMethod.Get, Key)).Body!.ToJsonString();
        Assert.Contains("lab", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, Key, header: ("x-revoke", key))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, Key, header: ("x-revoke", key))).Status);
    }

    [Fact]
    public async Task A_request_to_a_hub_keeps_its_path_and_gets_the_hubs_response()
    {
        var (status, body) = await SendAsync(HttpMethod.Get, "/api/v1/space/first/api/v1/sth/sth-0/api/v1/sequence/a%2Fb?x=1%202");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.NotNull(body);
        Assert.Contains(_server.Requests, r => r.Target == "/api/v1/sequence/a%2Fb?x=1%202");
    }

    [Fact]
    public async Task A_hub_never_gets_the_platforms_token()
    {
        await SendAsync(HttpMethod.Get, "/api/v1/space/first/api/v1/sth/sth-0/api/v1/version");
        Assert.All(_server.Requests, r => Assert.DoesNotContain("Authorization", r.Headers.Keys, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_hub_that_stops_is_listed_as_disconnected_and_its_requests_fail()
    {
        Assert.True((bool)await HubFieldAsync("isConnectionActive"));
        await _server.DisposeAsync();
        _server = _hub.Serve();
        Assert.Equal(HttpStatusCode.BadGateway, (await SendAsync(HttpMethod.Get, "/api/v1/space/first/api/v1/sth/sth-0/api/v1/version")).Status);
        Assert.False((bool)await HubFieldAsync("isConnectionActive"));
    }

    [Fact]
    public async Task A_hub_is_disconnected_by_its_id_and_connected_again()
    {
        const string disconnect = "/api/v1/space/first/api/v1/disconnect";
        var disconnected = (await SendAsync(HttpMethod.Post, disconnect, """{"id":"sth-0"}""")).Body!["disconnected"]!.AsArray();
        Assert.Equal("id_drop", (string?)Assert.Single(disconnected)!["reason"]);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(HttpMethod.Post, disconnect, """{"id":"sth-0"}""")).Status);
        Assert.Equal("id_drop", (string?)await HubFieldAsync("disconnectReason"));

        _platform.ReconnectHub(First, _hub.Id);
        Assert.Equal("", (string?)await HubFieldAsync("disconnectReason"));
    }

    [Fact]
    public async Task A_file_that_is_not_a_package_is_not_stored()
    {
        const string store = "/api/v1/space/first/api/v1/s3";
        var (status, body) = await SendAsync(HttpMethod.Put, store + "/mine", "not a package");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("PRERUNNER_ERROR", body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty((await SendAsync(HttpMethod.Get, store)).Body!.AsArray());
    }

    [Fact]
    public async Task A_topic_keeps_its_data_for_the_first_reader()
    {
        const string topic = "/api/v1/space/first/api/v1/topic/cities";
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, topic, "Sopot", contentType: "text/plain")).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(HttpMethod.Post, topic, "{}", contentType: "application/x-ndjson")).Status);
        using var response = await _http.SendAsync(
            Request(HttpMethod.Get, topic, null, null, _platform.Token),
            HttpCompletionOption.ResponseHeadersRead,
            Cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancel);
        var buffer = new byte[5];
        await stream.ReadExactlyAsync(buffer, Cancel);
        Assert.Equal("Sopot", Encoding.UTF8.GetString(buffer));
    }

    [Fact]
    public async Task A_space_is_created_once()
    {
        Assert.Equal("third", (string?)(await SendAsync(HttpMethod.Post, "/mm/api/v1/start", """{"manager":{"id":"third"}}""")).Body!["id"]);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(HttpMethod.Post, "/mm/api/v1/start", """{"manager":{"id":"third"}}""")).Status);
        Assert.Equal([First, Second, "third"], Ids((await SendAsync(HttpMethod.Get, "/mm/api/v1/list")).Body));
    }

    private static string[] Ids(JsonNode? list) => [.. list!.AsArray().Select(item => (string)item!["id"]!)];

    private async Task<JsonNode> HubFieldAsync(string name) =>
        Assert.Single((await SendAsync(HttpMethod.Get, "/api/v1/space/first/api/v1/list")).Body!.AsArray())![name]!;

    private Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(
        HttpMethod method,
        string path,
        string? content = null,
        string? contentType = null,
        (string, string)? header = null) =>
        SendWithTokenAsync(_platform.Token, method, path, content, contentType, header);

    private async Task<(HttpStatusCode Status, JsonNode? Body)> SendWithTokenAsync(
        string? token, HttpMethod method, string path, string? content = null, string? contentType = null, (string Name, string Value)? header = null)
    {
        using var request = Request(method, path, content, contentType, token);
        if (header is { } extra)
            request.Headers.Add(extra.Name, extra.Value);
        using var response = await _http.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? content, string? contentType, string? token)
    {
        var request = new HttpRequestMessage(method, _platform.BaseUri.GetLeftPart(UriPartial.Authority) + path);
        if (content is not null)
            request.Content = new StringContent(content, Encoding.UTF8, new MediaTypeHeaderValue(contentType ?? "application/json"));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }
}
