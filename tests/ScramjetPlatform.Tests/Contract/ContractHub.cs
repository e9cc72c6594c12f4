using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests.Contract;

/// <summary>A hub that the contract tests use with plain HTTP.</summary>
internal sealed class ContractHub : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(240);
    private static readonly HttpClient s_client = new() { Timeout = s_patience };
    private static readonly ConcurrentDictionary<string, Task<HubFacts>> s_facts = new();

    private readonly HubUnderTest _hub;

    private ContractHub(HubUnderTest hub, HubFacts facts)
    {
        _hub = hub;
        Facts = facts;
    }

    public HubFacts Facts { get; }

    public string BaseUri => _hub.BaseUri;

    /// <summary>Whether the hub is reached through a space.</summary>
    public bool ThroughSpace => _hub.ThroughSpace;

    /// <summary>The duration of a second of the hub's times.</summary>
    public TimeSpan Second => _hub.StandIn?.Second ?? TimeSpan.FromSeconds(1);

    /// <param name="which">The hub.</param>
    /// <param name="real">The platform with the hub from npm.</param>
    /// <param name="configure">Configures the stand-in.</param>
    public static async Task<ContractHub> StartAsync(TestHub which, RealPlatform real, Action<FakeHub> configure)
    {
        var hub = await HubUnderTest.StartAsync(which, real);
        if (hub.StandIn is { } standIn)
            configure(standIn);
        return new ContractHub(hub, which switch
        {
            TestHub.Npm => HubFacts.Npm018,
            TestHub.StandIn => HubFacts.Release101,
            _ => await s_facts.GetOrAdd(hub.BaseUri, _ => RecognizeAsync(hub, real)),
        });
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    /// <summary>Returns a unique topic name. The topic is removed after the test.</summary>
    public string NewTopic() => _hub.NewTopic();

    public Task<Answer> GetAsync(string path, string? contentType = null) => SendAsync(HttpMethod.Get, path, null, contentType);

    public Task<Answer> PostAsync(string path, string body, string? contentType = "application/json", params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), contentType, headers);

    public Task<Answer> DeleteAsync(string path, string? contentType = "application/json", params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Delete, path, [], contentType, headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, byte[]? body, string? contentType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, BaseUri + path);
        if (body is not null || contentType is not null)
            request.Content = new ByteArrayContent(body ?? []);
        if (contentType is not null)
            request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var answer = await s_client.SendAsync(request);
        return new Answer(
            (int)answer.StatusCode,
            answer.ReasonPhrase ?? "",
            answer.Content.Headers.ContentType?.ToString(),
            await answer.Content.ReadAsStringAsync());
    }

    public Task<WireConnection> OpenAsync() => WireConnection.OpenAsync(BaseUri);

    /// <summary>Returns all bytes of a GET until the hub closes the connection.</summary>
    public async Task<string> ReceiveAllAsync(string path)
    {
        var uri = new Uri(BaseUri);
        using var socket = new TcpClient(uri.Host, uri.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {uri.AbsolutePath}{path} HTTP/1.1\r\nHost: {uri.Authority}\r\nConnection: close\r\n\r\n"));
        return await new StreamReader(stream).ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Opens a stream and reads its headers.</summary>
    public async Task<WireConnection> ReadAsync(string path, string? contentType = null)
    {
        var connection = await WireConnection.GetAsync(BaseUri, path, contentType);
        await connection.HeadAsync();
        Assert.Equal(200, connection.Status);
        return connection;
    }

    /// <summary>Uploads a sequence with a sample or one of <see cref="TestPrograms"/>, and returns its id.</summary>
    public async Task<string> UploadAsync(string program)
    {
        var answer = await SendAsync(HttpMethod.Post, "/sequence", Package(program), "application/octet-stream");
        Assert.True(answer.Status == 200, $"The upload was answered with {answer.Status}: {answer.Text}");
        return (string)answer.Json["id"]!;
    }

    /// <summary>Returns the bytes of a package with a program. Its name is removed after the test.</summary>
    public byte[] Package(string program) => TestPackage.Pack(_hub.Sequence(program).Folder);

    /// <summary>Starts an instance, and waits until it is running.</summary>
    public async Task<string> StartAsync(string sequence, string body = """{"appConfig":{},"args":[]}""")
    {
        var answer = await PostAsync($"/sequence/{sequence}/start", body);
        Assert.True(answer.Status == 200, $"The start was answered with {answer.Status}: {answer.Text}");
        var id = (string)answer.Json["id"]!;
        await UntilAsync(async () => (string?)(await InstanceAsync(id))?["status"] is not ("initializing" or "starting"), "the instance to run");
        return id;
    }

    /// <summary>Starts an instance of a program in a separate sequence.</summary>
    public async Task<string> RunAsync(string program, string body = """{"appConfig":{},"args":[]}""") => await StartAsync(await UploadAsync(program), body);

    /// <summary>
    /// Starts an instance of the program broken, which can't be loaded. A real hub may detect that before it responds, so this can need several starts.
    /// </summary>
    public async Task<string> RunBrokenAsync()
    {
        var sequence = await UploadAsync("broken");
        var answer = await PostAsync($"/sequence/{sequence}/start", "{}");
        for (var i = 0; i < 20 && answer.Status != 200; i++)
        {
            answer.MustBe(400, """{"error":"Sequence failed on start"}""");
            answer = await PostAsync($"/sequence/{sequence}/start", "{}");
        }

        return (string)answer.Json["id"]!;
    }

    /// <summary>Starts an instance of the program events, and waits until it responds.</summary>
    public async Task<string> RunEventsAsync()
    {
        var id = await RunAsync("events");
        using var here = await ReadAsync($"/instance/{id}/events/here");
        await UntilAsync(
            async () =>
            {
                await PostAsync($"/instance/{id}/_event", """[5001,{"eventName":"there?","message":"x"}]""");
                return await here.WithinAsync(TimeSpan.FromMilliseconds(200), () => here.Lines.Count > 0);
            },
            "the program to answer");
        return id;
    }

    /// <summary>Returns what the hub reports about an instance, or null if it doesn't list it.</summary>
    public async Task<JObject?> InstanceAsync(string id) => await GetAsync($"/instance/{id}") is { Status: 200 } answer ? answer.Json : null;

    /// <summary>Waits until an instance has ended, and returns what the hub then reports about it, or null if it doesn't list it.</summary>
    public async Task<JObject?> EndAsync(string id)
    {
        JObject? instance = null;
        await UntilAsync(async () => (instance = await InstanceAsync(id)) is null || instance["terminated"] is not null, "the instance to end");
        return instance;
    }

    /// <summary>Starts an instance, kills it in a way that the hub still lists it, and waits until it has ended.</summary>
    public async Task<string> RunToEndAsync()
    {
        var id = await RunAsync("wait");
        await KillAsync(id, removeImmediately: false);
        await EndAsync(id);
        return id;
    }

    public Task<Answer> KillAsync(string id, bool removeImmediately = true) =>
        PostAsync($"/instance/{id}/_kill", JsonConvert.SerializeObject(new { removeImmediately }));

    public Task<Answer> StopAsync(string id, int milliseconds) =>
        PostAsync($"/instance/{id}/_stop", Facts.StopForm.Replace("TIMEOUT", milliseconds.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    /// <summary>Sends input in one request after the content type was announced, so that it isn't changed.</summary>
    public async Task<Answer> SendInputAsync(string id, string text, string contentType = "text/plain", bool stays = false)
    {
        (string, string)[] open = [("x-end-stream", "false")];
        var announced = await PostAsync($"/instance/{id}/input", "", contentType, open);
        Assert.Equal(202, announced.Status);
        await Task.Delay(300);
        return await PostAsync($"/instance/{id}/input", text, contentType, stays ? open : []);
    }

    /// <summary>Waits until a condition is true.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var clock = Stopwatch.StartNew();
        for (var pause = 20.0; !await isSo(); pause = Math.Min(200, 1.3 * pause))
        {
            if (clock.Elapsed > s_patience)
                throw new TimeoutException($"{s_patience.TotalSeconds} s weren't enough for {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(pause));
        }
    }

    /// <summary>Whether the hub reports that it is in a space.</summary>
    public async Task<bool> IsInSpaceAsync() => Facts.HasAdministration && (await GetAsync("/status")).Json["cpm"]!.HasValues;

    /// <summary>Distinguishes the versions of 1.0.1: the release doesn't report the configuration of an instance.</summary>
    private static async Task<HubFacts> RecognizeAsync(HubUnderTest hub, RealPlatform real)
    {
        var version = (string)JObject.Parse(await s_client.GetStringAsync(hub.BaseUri + "/version"))["version"]!;
        if (!version.StartsWith("1.0.", StringComparison.Ordinal))
            return HubFacts.Of(version, false);
        await using var probed = await HubUnderTest.StartAsync(TestHub.Named, real);
        var probe = new ContractHub(probed, HubFacts.Release101);
        return HubFacts.Of(version, (await probe.InstanceAsync(await probe.RunAsync("wait")))!.ContainsKey("appConfig"));
    }

    /// <summary>A response of the hub.</summary>
    public sealed record Answer(int Status, string Reason, string? ContentType, string Text)
    {
        public JObject Json => JsonConvert.DeserializeObject<JObject>(Text, new JsonSerializerSettings { DateParseHandling = DateParseHandling.None })!;

        public JArray List => JsonConvert.DeserializeObject<JArray>(Text, new JsonSerializerSettings { DateParseHandling = DateParseHandling.None })!;

        public void MustBe(Expected expected)
        {
            Assert.Equal((expected.Status, expected.Text ?? Text), (Status, Text));
            if (expected.Reason is not null)
                Assert.Equal(expected.Reason, Reason);
        }

        public void MustBe(int status, string text) => MustBe(new Expected(status, text));
    }
}
