using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace Scramjet.LocalPlatform.Tests;

/// <summary>Real hubs in a space: 0.18.7 from npm, and a 1.0.1 release where SCRAMJET_TEST_HUB_PROGRAM names one.</summary>
public sealed class RealHubTests : IAsyncLifetime
{
    private const string Space = "first";
    private const string Hub = "sth-0";
    private const string Npm = "0.18.7";
    private const string Release = "1.0.1";

    private readonly string _folder = Directory.CreateTempSubdirectory("platform-test-").FullName;
    private LocalPlatform _platform = null!;
    private SpaceClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 2 };
        options.Spaces.Add(Space);
        _platform = await LocalPlatform.StartAsync(options, Cancel);
        _client = new SpaceClient(_platform.BaseUri, _platform.Token, Space);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _platform.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(Npm)]
    [InlineData(Release)]
    public async Task A_hub_that_is_killed_breaks_its_streams_and_comes_back(string version)
    {
        string? created;
        string? sent;
        await using (var hub = await StartAsync(version, _platform.BaseUri.Authority))
        {
            await _client.UntilConnectedAsync("other");
            sent = (string?)(await _client.SendAsync(HttpMethod.Get, "sth/other/api/v1/version")).Body!["version"];
            created = (string?)(await _client.HubAsync("other"))!["info"]!["created"];
            using var log = await _client.OpenAsync(HttpMethod.Get, "sth/other/api/v1/log");
            await using var stream = await log.Content.ReadAsStreamAsync(Cancel);
            await hub.KillAsync();
            await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(Stream.Null, Cancel).WaitAsync(SpaceClient.NoticeTime, Cancel));
            Assert.True(await _client.UntilGoneAsync("other") < SpaceClient.NoticeTime);
            Assert.Equal(HttpStatusCode.BadGateway, (await _client.SendAsync(HttpMethod.Get, "sth/other/api/v1/version")).Status);
        }

        // Back after a pause.
        await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
        await using var back = await StartAsync(version, _platform.BaseUri.Authority);
        await _client.UntilConnectedAsync("other");
        Assert.Equal(created, (string?)(await _client.HubAsync("other"))!["info"]!["created"]);
        Assert.Equal(sent, (string?)(await _client.SendAsync(HttpMethod.Get, "sth/other/api/v1/version")).Body!["version"]);
    }

    [Theory]
    [InlineData(Npm)]
    [InlineData(Release)]
    public async Task A_frozen_hub_is_noticed_and_comes_back_when_it_goes_on(string version)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that freezes a process.");
        await using var hub = await StartAsync(version, _platform.BaseUri.Authority);
        await _client.UntilConnectedAsync("other");
        var instance = await _client.StartAsync("other", "echo");
        using var output = await _client.OpenAsync(HttpMethod.Get, $"sth/other/api/v1/instance/{instance}/stdout");
        await using var stream = await output.Content.ReadAsStreamAsync(Cancel);
        await SignalAsync("STOP", hub.Process);
        try
        {
            var request = _client.SendAsync(HttpMethod.Get, "sth/other/api/v1/version");
            Assert.True(await _client.UntilGoneAsync("other") < SpaceClient.NoticeTime);
            Assert.Equal(HttpStatusCode.BadGateway, (await request.WaitAsync(SpaceClient.NoticeTime, Cancel)).Status);
            await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(Stream.Null, Cancel).WaitAsync(SpaceClient.NoticeTime, Cancel));
            Assert.Equal("not_responding", (string?)(await _client.HubAsync("other"))!["disconnectReason"]);
        }
        finally
        {
            await SignalAsync("CONT", hub.Process);
        }

        await _client.UntilConnectedAsync("other");
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Get, $"sth/other/api/v1/instance/{instance}")).Status);
    }

    [Theory]
    [InlineData(Npm)]
    [InlineData(Release)]
    public async Task Hubs_join_a_platform_again_that_was_killed_and_their_instances_run_on(string version)
    {
        var port = HubProgram.FreePort();
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "platform")).FullName;
        string[] options = ["--port", port, "--hubs", "0", "--spaces", Space, "--token", "token", "--folder", folder];
        using var client = new SpaceClient(new Uri($"http://127.0.0.1:{port}/api/v1"), "token", Space);
        await using var hub = await StartAsync(version, $"127.0.0.1:{port}");
        string instance;
        await using (var first = HubProgram.StartPlatform(options))
        {
            await SpaceClient.UntilAsync(() => AnswersAsync(client), "The platform should answer");
            await client.UntilConnectedAsync("other");
            instance = await client.StartAsync("other", "echo");
            using var log = await client.OpenAsync(HttpMethod.Get, "sth/other/api/v1/log");
            await using var stream = await log.Content.ReadAsStreamAsync(Cancel);
            await first.KillAsync();
            await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(Stream.Null, Cancel).WaitAsync(SpaceClient.NoticeTime, Cancel));
        }

        await using var second = HubProgram.StartPlatform(options);
        await SpaceClient.UntilAsync(() => AnswersAsync(client), "The platform should answer");
        await client.UntilConnectedAsync("other");
        await SpaceClient.UntilAsync(
            async () => ((string?)(await client.HubAsync("other"))!["instances"]!.ToJsonString())!.Contains(instance, StringComparison.Ordinal),
            "The instance should be listed");
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, $"sth/other/api/v1/instance/{instance}")).Status);
        Assert.False(hub.Process.HasExited);
    }

    [Fact]
    public async Task A_topic_goes_from_one_hub_to_another()
    {
        var reader = await _client.StartAsync("sth-1", "topic-reader");
        await SpaceClient.UntilAsync(async () => (await _client.HubAsync("sth-1"))!["topics"]!.AsArray().Count == 1, "The topic should be required");
        using var output = await _client.OpenAsync(HttpMethod.Get, $"sth/sth-1/api/v1/instance/{reader}/output");
        await _client.StartAsync(Hub, "topic-writer");
        using var lines = new StreamReader(await output.Content.ReadAsStreamAsync(Cancel));
        foreach (var city in new[] { "Gdańsk", "Sopot", "Gdynia" })
            Assert.Contains(city, await lines.ReadLineAsync(Cancel).AsTask().WaitAsync(SpaceClient.NoticeTime, Cancel), StringComparison.Ordinal);

        var topic = Assert.Single((await _client.SendAsync(HttpMethod.Get, "topics")).Body!.AsArray())!;
        Assert.Equal(["consumer sth-1", "provider sth-0"], topic["actors"]!.AsArray().Select(actor => $"{actor!["role"]} {actor["hostId"]}").Order());
    }

    [Fact]
    public async Task An_older_hub_that_was_disconnected_stays_away_while_it_tries()
    {
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Post, "disconnect", SpaceClient.Json("""{"id":"sth-0"}"""))).Status);
        var until = Stopwatch.StartNew();
        while (until.Elapsed < TimeSpan.FromSeconds(6))
        {
            Assert.Equal("id_drop", (string?)(await _client.HubAsync(Hub))!["disconnectReason"]);
            await Task.Delay(200, Cancel);
        }

        Assert.True(await _client.IsConnectedAsync("sth-1"));
    }

    [Fact]
    public async Task A_release_joins_with_the_options_of_its_own_documentation()
    {
        SkipWithoutProgram();
        var address = _platform.BaseUri.Authority;
        var key = (string)(
            await _client.SendAsync(HttpMethod.Post, $"/api/v1/space/{Space}/apikey", SpaceClient.Json("""{"description":"lab"}"""))).Body!["accessKey"]!;
        await using var plain = HubProgram.StartHub(_folder, "plain", "--cpm-url", address, "--cpm-id", Space);
        await using var keyed = HubProgram.StartHub(
            _folder, "keyed", "--platform-api", $"http://{address}", "--platform-space", $"org:{Space}", "--platform-api-key", key);
        await _client.UntilConnectedAsync("plain");
        await _client.UntilConnectedAsync("keyed");
        var (_, status) = await _client.SendAsync(HttpMethod.Get, "sth/keyed/api/v1/status");
        Assert.Equal((true, Space), ((bool)status!["cpm"]!["connected"]!, (string?)status["cpm"]!["cpmId"]));

        // It stays away when its key is revoked.
        await _client.SendAsync(HttpMethod.Delete, $"/api/v1/space/{Space}/apikey", header: ("x-revoke", key));
        await _client.UntilGoneAsync("keyed");
        await Task.Delay(TimeSpan.FromSeconds(4), Cancel);
        Assert.Equal("key_revoked", (string?)(await _client.HubAsync("keyed"))!["disconnectReason"]);

        // And it comes back under its id after a pause.
        await plain.KillAsync();
        await _client.UntilGoneAsync("plain");
        await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
        await using var again = HubProgram.StartHub(_folder, "plain", "--cpm-url", address, "--cpm-id", Space);
        await _client.UntilConnectedAsync("plain");
    }

    [Fact]
    public async Task A_release_starts_a_sequence_of_the_spaces_store()
    {
        SkipWithoutProgram();
        using var package = new MemoryStream();
        await SamplePackage.WriteAsync("count", package);
        await _client.SendAsync(HttpMethod.Put, "s3/stored", SpaceClient.Text(package.ToArray(), "application/octet-stream"));
        await using var hub = HubProgram.StartHub(_folder, "release", "--cpm-url", _platform.BaseUri.Authority, "--cpm-id", Space);
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("release"))?["healthy"] == true, "The hub should be healthy");
        var instance = await _client.StartSequenceAsync("release", "stored", """{"args":[3]}""");
        using var output = await _client.OpenAsync(HttpMethod.Get, $"sth/release/api/v1/instance/{instance}/output");
        using var lines = new StreamReader(await output.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal("""{"n":1}""", await lines.ReadLineAsync(Cancel).AsTask().WaitAsync(SpaceClient.NoticeTime, Cancel));
    }

    [Fact]
    public async Task A_release_answers_to_a_topics_data_that_ends_at_once()
    {
        SkipWithoutProgram();
        await using var hub = HubProgram.StartHub(_folder, "release", "--cpm-url", _platform.BaseUri.Authority, "--cpm-id", Space);
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("release"))?["healthy"] == true, "The hub should be healthy");
        for (var i = 0; i < 5; i++)
        {
            using var read = await _client.OpenAsync(HttpMethod.Get, $"sth/release/api/v1/topic/short-{i}", SpaceClient.Text([], "text/plain"));
            var send = _client.SendAsync(HttpMethod.Post, $"sth/release/api/v1/topic/short-{i}", SpaceClient.Text("Sopot\n"u8.ToArray(), "text/plain"));
            Assert.Equal(HttpStatusCode.OK, (await send.WaitAsync(SpaceClient.NoticeTime, Cancel)).Status);
            using var lines = new StreamReader(await read.Content.ReadAsStreamAsync(Cancel));
            Assert.Equal("Sopot", await lines.ReadLineAsync(Cancel).AsTask().WaitAsync(SpaceClient.NoticeTime, Cancel));
        }
    }

    [Fact]
    public async Task A_topic_of_releases_loses_nothing_while_the_one_that_reads_is_away()
    {
        SkipWithoutProgram();
        string[] options = ["--cpm-url", _platform.BaseUri.Authority, "--cpm-id", Space];
        await using var writer = HubProgram.StartHub(_folder, "writer", options);
        var reader = HubProgram.StartHub(_folder, "reader", options);
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("writer"))?["healthy"] == true, "The hub should be healthy");
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("reader"))?["healthy"] == true, "The hub should be healthy");

        // Who reads at a hub makes the hub require the topic.
        const string Type = "text/plain";
        const string Topic = "topic/numbers";
        using (await ReadAsync("reader"))
            await SpaceClient.UntilAsync(async () => (await _client.HubAsync("reader"))!["topics"]!.AsArray().Count == 1, "The topic should be required");
        await reader.DisposeAsync();
        await _client.UntilGoneAsync("reader");

        var data = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 300_000).Select(n => $"{n}\n")));
        var sending = _client.SendAsync(HttpMethod.Post, $"sth/writer/api/v1/{Topic}", SpaceClient.Text(data, Type));
        await using var back = HubProgram.StartHub(_folder, "reader", options);
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("reader"))?["healthy"] == true, "The hub should be back");
        using var response = await ReadAsync("reader");
        await using var stream = await response.Content.ReadAsStreamAsync(Cancel);
        var received = new byte[data.Length];
        await stream.ReadExactlyAsync(received, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        Assert.True(data.AsSpan().SequenceEqual(received));
        await sending;

        Task<HttpResponseMessage> ReadAsync(string hub) => _client.OpenAsync(HttpMethod.Get, $"sth/{hub}/api/v1/{Topic}", SpaceClient.Text([], Type));
    }

    /// <summary>Starts the hub "other", which joins the space that listens at the address.</summary>
    private async Task<RealHub> StartAsync(string version, string address)
    {
        if (version == Npm)
        {
            var hub = await LocalHub.StartAsync(
                new LocalHubOptions { Id = "other", WorkingFolder = Path.Combine(_folder, "other"), Space = address },
                Cancel);
            return new RealHub(hub.Process, hub.KillAsync, hub);
        }

        SkipWithoutProgram();
        var release = HubProgram.StartHub(_folder, "other", "--cpm-url", address, "--cpm-id", Space);
        return new RealHub(release.Process, release.KillAsync, release);
    }

    private static void SkipWithoutProgram() =>
        Assert.SkipWhen(HubProgram.Path is null, $"{HubProgram.Variable} isn't set to the path of a 1.0.1 release's hub.js.");

    private static async Task<bool> AnswersAsync(SpaceClient client)
    {
        try
        {
            return (await client.SendAsync(HttpMethod.Get, "version")).Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task SignalAsync(string signal, Process process)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancel);
    }

    private sealed record RealHub(Process Process, Func<Task> KillAsync, IAsyncDisposable Program) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Program.DisposeAsync();
    }
}
