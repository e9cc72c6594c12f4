using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace Scramjet.LocalPlatform.Tests;

/// <summary>Requests to a space, and waits for what it lists.</summary>
internal sealed class SpaceClient(Uri platform, string token, string space) : IDisposable
{
    /// <summary>What the issue gives a platform to notice that a hub has gone.</summary>
    public static readonly TimeSpan NoticeTime = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = Patience };

    public void Dispose() => _http.Dispose();

    /// <summary>A request under the space's base, or under the platform's with a slash before it.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        (string Name, string Value)? header = null)
    {
        using var response = await OpenAsync(method, path, content, header);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>A request whose answer is read as it comes.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, HttpContent? content = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(
            method,
            new Uri(platform, path.StartsWith('/') ? path : $"/api/v1/space/{space}/api/v1/{path}")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (header is { } extra)
            request.Headers.Add(extra.Name, extra.Value);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public static HttpContent Json(string text) => new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    public static HttpContent Text(byte[] data, string type) => new ByteArrayContent(data) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    /// <summary>A hub's entry; null where there is none.</summary>
    public async Task<JsonObject?> HubAsync(string id) =>
        (JsonObject?)(await SendAsync(HttpMethod.Get, "list")).Body!.AsArray().FirstOrDefault(hub => (string?)hub!["id"] == id);

    public async Task<bool> IsConnectedAsync(string id) => (bool?)(await HubAsync(id))?["isConnectionActive"] == true;

    /// <summary>Waits until something is so, and says how long that took.</summary>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(clock.Elapsed < Patience, $"{what}, within {Patience.TotalSeconds} s.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return clock.Elapsed;
    }

    public Task<TimeSpan> UntilConnectedAsync(string id) => UntilAsync(() => IsConnectedAsync(id), $"The hub {id} should have joined");

    public Task<TimeSpan> UntilGoneAsync(string id) => UntilAsync(async () => !await IsConnectedAsync(id), $"The hub {id} should be listed as away");

    /// <summary>Uploads a sample to a hub, and starts it.</summary>
    public async Task<string> StartAsync(string hub, string sample, string body = "{}")
    {
        using var package = new MemoryStream();
        await SamplePackage.WriteAsync(sample, package);
        var (status, sent) = await SendAsync(HttpMethod.Post, $"sth/{hub}/api/v1/sequence", Text(package.ToArray(), "application/octet-stream"));
        Assert.Equal(HttpStatusCode.OK, status);
        return await StartSequenceAsync(hub, (string)sent!["id"]!, body);
    }

    public async Task<string> StartSequenceAsync(string hub, string sequence, string body = "{}")
    {
        var (status, started) = await SendAsync(HttpMethod.Post, $"sth/{hub}/api/v1/sequence/{sequence}/start", Json(body));
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)started!["id"]!;
    }
}
