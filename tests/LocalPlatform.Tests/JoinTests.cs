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
using Scramjet.LocalPlatform.Spaces;
using Xunit;

namespace Scramjet.LocalPlatform.Tests;

/// <summary>Hubs that join a space and leave it: made ones over real connections.</summary>
public sealed class JoinTests : IAsyncLifetime
{
    private const string Space = "first";
    private const string Keys = "/api/v1/space/first/apikey";

    private LocalPlatform _platform = null!;
    private SpaceClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 0 };
        options.Spaces.Add(Space);
        options.Spaces.Add("second");
        _platform = await LocalPlatform.StartAsync(options, Cancel);
        _client = new SpaceClient(_platform.BaseUri, _platform.Token, Space);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _platform.DisposeAsync();
    }

    [Fact]
    public async Task A_hub_joins_the_space_that_it_names_and_no_other()
    {
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await _client.UntilConnectedAsync("one");
        await SpaceClient.UntilAsync(async () => (bool)(await _client.HubAsync("one"))!["healthy"]!, "The hub should be healthy");
        Assert.Equal("made", (string?)(await _client.HubAsync("one"))!["tags"]![0]);
        Assert.Equal(404, (await MadeHub.JoinAsync(_platform.BaseUri, "nowhere", "two")).Status);
        using var second = new SpaceClient(_platform.BaseUri, _platform.Token, "second");
        Assert.Null(await second.HubAsync("one"));
    }

    [Fact]
    public async Task A_connected_hub_keeps_its_id_from_another()
    {
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await _client.UntilConnectedAsync("one");
        await using var other = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        Assert.Equal(409, other.Status);
    }

    [Fact]
    public async Task A_hub_that_has_gone_comes_back_as_the_same()
    {
        var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await _client.UntilConnectedAsync("one");
        var created = (string)(await _client.HubAsync("one"))!["info"]!["created"]!;
        await hub.DisposeAsync();
        await _client.UntilGoneAsync("one");
        var gone = (await _client.HubAsync("one"))!;
        Assert.Equal("connection_closed", (string?)gone["disconnectReason"]);
        Assert.NotNull(gone["info"]!["lastDisconnected"]);
        Assert.Equal(HttpStatusCode.BadGateway, (await _client.SendAsync(HttpMethod.Get, "sth/one/api/v1/version")).Status);

        await using var back = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await _client.UntilConnectedAsync("one");
        var entry = (await _client.HubAsync("one"))!;
        Assert.Equal((created, ""), ((string?)entry["info"]!["created"], (string?)entry["disconnectReason"]));
    }

    [Fact]
    public async Task The_list_follows_what_hubs_say()
    {
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("one"))?["healthy"] == true, "The hub should be healthy");
        await hub.SayAsync("""[7004,{"sequences":[{"id":"s1"},{"id":"s2"}]}]""");
        await hub.SayAsync("""[7005,{"instance":{"id":"i1","sequence":{"id":"s1"}}}]""");
        await hub.SayAsync("""[7006,{"id":"s2","status":1}]""");
        await hub.SayAsync("""[7007,{"topicName":"cities","provides":"cities","contentType":"text/plain","status":"add"}]""");
        await SpaceClient.UntilAsync(async () => (await _client.HubAsync("one"))!["topics"]!.AsArray().Count == 1, "The topic should be listed");
        var entry = (await _client.HubAsync("one"))!;
        Assert.Equal(("[\"s1\"]", "[\"i1\"]"), (entry["sequences"]!.ToJsonString(), entry["instances"]!.ToJsonString()));
        var topic = Assert.Single((await _client.SendAsync(HttpMethod.Get, "topics")).Body!.AsArray())!;
        Assert.Equal(("cities", "text/plain", "provider"), ((string?)topic["name"], (string?)topic["contentType"], (string?)topic["actors"]![0]!["role"]));

        await hub.SayAsync("""[7005,{"instance":{"id":"i1","status":"gone"}}]""");
        await SpaceClient.UntilAsync(async () => (await _client.HubAsync("one"))!["instances"]!.AsArray().Count == 0, "The instance should have gone");
    }

    [Fact]
    public async Task A_hub_joins_with_a_key_until_the_key_is_revoked()
    {
        var key = (string)(await _client.SendAsync(HttpMethod.Post, Keys, SpaceClient.Json("""{"description":"lab"}"""))).Body!["accessKey"]!;
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one", key);
        await using var other = await MadeHub.JoinAsync(_platform.BaseUri, Space, "two");
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("one"))?["healthy"] == true, "The hub should be healthy");
        await _client.UntilConnectedAsync("two");

        // Wrong at the end, wrong at the start, and that of another space.
        await using var wrong = await MadeHub.JoinAsync(_platform.BaseUri, Space, "three", key[..^1] + (key[^1] == '0' ? '1' : '0'));
        await using var unknown = await MadeHub.JoinAsync(_platform.BaseUri, Space, "three", new string('0', key.Length));
        await using var elsewhere = await MadeHub.JoinAsync(_platform.BaseUri, "second", "three", key);
        Assert.Equal((403, 403, 403), (wrong.Status, unknown.Status, elsewhere.Status));

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Delete, Keys, header: ("x-revoke", key))).Status);
        await hub.Closed.WaitAsync(SpaceClient.NoticeTime, Cancel);
        Assert.Contains("[9001,", hub.Control, StringComparison.Ordinal);
        Assert.Equal("key_revoked", (string?)(await _client.HubAsync("one"))!["disconnectReason"]);
        Assert.True(await _client.IsConnectedAsync("two"));
        await using var again = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one", key);
        Assert.Equal(403, again.Status);
    }

    [Theory]
    [InlineData("""{"id":"one"}""", "[9003,", "id_drop")]
    [InlineData("""{"limit":0}""", "[9002,", "limit_exceeded")]
    public async Task A_hub_is_told_why_it_is_disconnected(string request, string said, string reason)
    {
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("one"))?["healthy"] == true, "The hub should be healthy");
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Post, "disconnect", SpaceClient.Json(request))).Status);
        await hub.Closed.WaitAsync(SpaceClient.NoticeTime, Cancel);
        Assert.Contains(said, hub.Control, StringComparison.Ordinal);
        Assert.Equal(reason, (string?)(await _client.HubAsync("one"))!["disconnectReason"]);

        Assert.Equal(HttpStatusCode.Accepted, (await _client.SendAsync(HttpMethod.Delete, "sth/one", SpaceClient.Json("{}"))).Status);
        Assert.Null(await _client.HubAsync("one"));
    }

    [Fact]
    public async Task A_removed_hub_is_told_to_stay_away()
    {
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await SpaceClient.UntilAsync(async () => (bool?)(await _client.HubAsync("one"))?["healthy"] == true, "The hub should be healthy");
        Assert.Equal(HttpStatusCode.Conflict, (await _client.SendAsync(HttpMethod.Delete, "sth/one", SpaceClient.Json("{}"))).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await _client.SendAsync(HttpMethod.Delete, "sth/one", SpaceClient.Json("{}"), ("x-force", "true"))).Status);
        await hub.Closed.WaitAsync(SpaceClient.NoticeTime, Cancel);
        Assert.Contains("[9003,", hub.Control, StringComparison.Ordinal);
        Assert.Null(await _client.HubAsync("one"));
    }

    [Fact]
    public async Task A_hub_may_ask_for_what_is_in_its_own_space_alone()
    {
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await _client.UntilConnectedAsync("one");
        Assert.Contains("@scramjet/manager", await hub.RequestAsync("GET /api/v1/cpm/first/api/v1/version HTTP/1.1"), StringComparison.Ordinal);
        foreach (var path in new[] { "/api/v1/cpm/second/api/v1/version", "/api/v1/spaces", "/mm/api/v1/list", Keys })
            Assert.StartsWith("HTTP/1.1 403", await hub.RequestAsync($"GET {path} HTTP/1.1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_fetches_a_package_from_the_store()
    {
        using var package = new MemoryStream();
        await SamplePackage.WriteAsync("hello", package);
        Assert.Equal(
            HttpStatusCode.OK,
            (await _client.SendAsync(HttpMethod.Put, "s3/mine", SpaceClient.Text(package.ToArray(), "application/octet-stream"))).Status);
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await _client.UntilConnectedAsync("one");
        foreach (var path in new[] { "s3/mine.tar.gz", "s3/undefined/mine.tar.gz", "sequence-store/mine" })
        {
            Assert.Contains(
                $"Content-Length: {package.Length}",
                await hub.RequestAsync($"GET /api/v1/cpm/first/api/v1/{path} HTTP/1.1"),
                StringComparison.Ordinal);
        }

        Assert.StartsWith("HTTP/1.1 404", await hub.RequestAsync("GET /api/v1/cpm/first/api/v1/s3/other.tar.gz HTTP/1.1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_data_of_a_topic_comes_after_a_pause()
    {
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await _client.UntilConnectedAsync("one");
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            var (status, _) = await _client.SendAsync(
                HttpMethod.Post, "sth/one/api/v1/topic/cities", SpaceClient.Text("Sopot\n"u8.ToArray(), "text/plain"));

            // The hub has answered when it had the end. A busy machine only makes this longer, and timers can be a little early.
            Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(90), SpaceClient.NoticeTime);
            Assert.Equal(HttpStatusCode.OK, status);
        }

        // With a length, a hub would know the end from the start.
        Assert.Contains("Transfer-Encoding: chunked", hub.TopicHead, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Content-Length", hub.TopicHead, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_stream_that_nobody_reads_stops_no_other()
    {
        const long Bytes = 64 << 20;
        await using var hub = await MadeHub.JoinAsync(_platform.BaseUri, Space, "one");
        await _client.UntilConnectedAsync("one");
        using var unread = await _client.OpenAsync(
            HttpMethod.Get,
            "sth/one/api/v1/stream",
            header: ("x-bytes", Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using var read = await _client.OpenAsync(
            HttpMethod.Get,
            "sth/one/api/v1/stream",
            header: ("x-bytes", Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        await using var stream = await read.Content.ReadAsStreamAsync(Cancel);
        var buffer = new byte[128 * 1024];
        var total = 0L;
        for (int count; (count = await stream.ReadAsync(buffer, Cancel)) > 0; total += count)
        {
            for (var i = 0; i < count; i += 4096)
                Assert.Equal((byte)(total + i), buffer[i]);
        }

        Assert.Equal(Bytes, total);
    }

    [Fact]
    public async Task Two_hundred_hubs_come_and_go()
    {
        const int Count = 200;
        var hubs = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => MadeHub.JoinAsync(_platform.BaseUri, Space, $"hub-{i}")));
        await SpaceClient.UntilAsync(async () => await CountAsync() == Count, $"{Count} hubs should be connected");
        var clock = Stopwatch.StartNew();
        Assert.Equal(Count, await CountAsync());
        TestContext.Current.SendDiagnosticMessage($"{Count} hubs were listed in {clock.ElapsedMilliseconds} ms.");
        await Task.WhenAll(hubs.Take(Count / 2).Select(hub => hub.DisposeAsync().AsTask()));
        await SpaceClient.UntilAsync(async () => await CountAsync() == Count / 2, "Half of the hubs should have gone");
        await Task.WhenAll(hubs.Skip(Count / 2).Select(hub => hub.DisposeAsync().AsTask()));

        async Task<int> CountAsync() => (await _client.SendAsync(HttpMethod.Get, "list")).Body!.AsArray().Count(hub => (bool)hub!["isConnectionActive"]!);
    }

    [Fact]
    public async Task Without_a_key_no_hub_joins_where_keys_are_needed()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 0, RequireKeys = true };
        options.Spaces.Add(Space);
        await using var platform = await LocalPlatform.StartAsync(options, Cancel);
        await using var hub = await MadeHub.JoinAsync(platform.BaseUri, Space, "one");
        Assert.Equal(403, hub.Status);
    }

    [Fact]
    public async Task A_platform_that_others_can_reach_needs_a_token()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 0, Address = IPAddress.Any, RequireToken = false };
        await Assert.ThrowsAsync<LocalPlatformException>(() => LocalPlatform.StartAsync(options, Cancel));
    }

    [Fact]
    public async Task Keys_hubs_and_the_store_survive_a_restart_in_files_of_their_owner()
    {
        var folder = Directory.CreateTempSubdirectory("platform-test-").FullName;
        try
        {
            string token, key;
            var options = new LocalPlatformOptions { HubsPerSpace = 0, WorkingFolder = folder };
            options.Spaces.Add(Space);
            await using (var platform = await LocalPlatform.StartAsync(options, Cancel))
            {
                token = platform.Token;
                using var client = new SpaceClient(platform.BaseUri, token, Space);
                key = (string)(await client.SendAsync(HttpMethod.Post, Keys, SpaceClient.Json("""{"description":"lab"}"""))).Body!["accessKey"]!;
                using var package = new MemoryStream();
                await SamplePackage.WriteAsync("hello", package);
                await client.SendAsync(HttpMethod.Put, "s3/mine", SpaceClient.Text(package.ToArray(), "application/octet-stream"));
                await using var hub = await MadeHub.JoinAsync(platform.BaseUri, Space, "one", key);
                await client.UntilConnectedAsync("one");
            }

            foreach (var file in Directory.GetFiles(folder))
            {
                Assert.DoesNotContain(key, await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
                if (!OperatingSystem.IsWindows())
                    Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            // Packages can have secrets too.
            var store = Assert.Single(Directory.GetDirectories(folder));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(store));

            await using var again = await LocalPlatform.StartAsync(new LocalPlatformOptions { HubsPerSpace = 0, WorkingFolder = folder }, Cancel);
            Assert.Equal((token, Space), (again.Token, Assert.Single(again.SpaceIds)));
            using var later = new SpaceClient(again.BaseUri, token, Space);
            var gone = await later.HubAsync("one");
            Assert.Equal((false, "connection_closed"), ((bool)gone!["isConnectionActive"]!, (string?)gone["disconnectReason"]));
            Assert.Equal("mine", (string?)Assert.Single((await later.SendAsync(HttpMethod.Get, "s3")).Body!.AsArray())!["id"]);
            await using var back = await MadeHub.JoinAsync(again.BaseUri, Space, "one", key);
            await later.UntilConnectedAsync("one");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_key_derivation_is_that_of_the_standard() => Assert.Equal(
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
        Convert.ToHexStringLower(Scrypt.Derive(Encoding.ASCII.GetBytes("pleaseletmein"), Encoding.ASCII.GetBytes("SodiumChloride"), 16384, 8, 64)));
}
