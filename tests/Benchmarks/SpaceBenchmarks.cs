using System;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.LocalPlatform.Tests;

namespace ScramjetPlatform.Benchmarks;

/// <summary>What the way through a space costs beside a hub's own address, and a space of many hubs. The hub is a real one.</summary>
internal static class SpaceBenchmarks
{
    private const int Megabytes = 256;
    private const int Requests = 200;
    private const int Hubs = 200;
    private const string Space = "space";

    private const string Package = """{"name":"flood","version":"1.0.0","main":"index.js","engines":{"node":">=16"}}""";

    private static readonly string Program = $$"""
        const { Readable } = require("stream");
        module.exports = function() {
            const block = Buffer.alloc(64 * 1024, "scramjet");
            let left = {{Megabytes}} * 16;
            return Object.assign(new Readable({ read() { this.push(left-- > 0 ? block : null); } }), { contentType: "application/octet-stream" });
        };
        """;

    public static async Task<bool> RunAsync()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 1 };
        options.Spaces.Add(Space);
        await using var platform = await LocalPlatform.StartAsync(options);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", platform.Token);
        var direct = platform.Hubs[0].BaseUri.AbsoluteUri;
        var through = $"{platform.BaseUri}/space/{Space}/api/v1/sth/{platform.Hubs[0].Id}/api/v1";
        return await StreamAsync(http, direct, through) & await RequestsAsync(http, direct, through) & await ManyAsync(platform, http);
    }

    private static async Task<bool> StreamAsync(HttpClient http, string direct, string through)
    {
        var sequence = (string)(await PostAsync(http, direct + "/sequence", "application/octet-stream", await PackAsync()))["id"]!;
        async Task<double> RateAsync(string hub)
        {
            var instance = (string)(await PostAsync(http, $"{hub}/sequence/{sequence}/start", "application/json", "{}"u8.ToArray()))["id"]!;
            var clock = Stopwatch.StartNew();
            await using var output = await http.GetStreamAsync($"{hub}/instance/{instance}/output");
            var buffer = new byte[128 * 1024];
            var total = 0L;
            for (int count; (count = await output.ReadAsync(buffer)) > 0;)
                total += count;
            Benchmarks.Program.Expect(Megabytes, (int)(total >> 20));
            return Megabytes / clock.Elapsed.TotalSeconds;
        }

        // Alternating, so that what else the machine does is the same for both.
        var rates = new (double Direct, double Through)[3];
        for (var i = 0; i < rates.Length; i++)
            rates[i] = (await RateAsync(direct), await RateAsync(through));
        var ratio = rates.Select(rate => rate.Through / rate.Direct).Order().ElementAt(rates.Length / 2);
        return Benchmarks.Program.Print(
            $"an output of {Megabytes} MB through the space against the hub's own address ({rates.Max(rate => rate.Direct):0} MB/s)",
            ratio,
            "over 0.7",
            r => r > 0.7);
    }

    private static async Task<bool> RequestsAsync(HttpClient http, string direct, string through)
    {
        async Task<double> MedianAsync(string hub)
        {
            var times = new double[Requests];
            for (var i = 0; i < Requests; i++)
            {
                var clock = Stopwatch.StartNew();
                await http.GetStringAsync(hub + "/version");
                times[i] = clock.Elapsed.TotalMilliseconds;
            }

            return times.Order().ElementAt(Requests / 2);
        }

        await MedianAsync(direct);
        await MedianAsync(through);
        return Benchmarks.Program.Print(
            "milliseconds that a small request takes more through the space",
            await MedianAsync(through) - await MedianAsync(direct),
            "under 3",
            r => r < 3);
    }

    private static async Task<bool> ManyAsync(LocalPlatform platform, HttpClient http)
    {
        var clock = Stopwatch.StartNew();
        var hubs = await Task.WhenAll(Enumerable.Range(0, Hubs).Select(i => MadeHub.JoinAsync(platform.BaseUri, Space, $"made-{i}")));
        while (await CountAsync() < Hubs + 1)
            await Task.Delay(10);
        var joined = clock.Elapsed.TotalMilliseconds;

        clock.Restart();
        await CountAsync();
        var listed = clock.Elapsed.TotalMilliseconds;

        clock.Restart();
        await Task.WhenAll(hubs.Select(hub => hub.DisposeAsync().AsTask()));
        while (await CountAsync() > 1)
            await Task.Delay(10);
        var left = clock.Elapsed.TotalMilliseconds;
        return Benchmarks.Program.Print(
            $"milliseconds to list {Hubs} hubs (which took {joined:0} ms to join, and {left:0} ms to leave)",
            listed,
            "under 100",
            r => r < 100);

        async Task<int> CountAsync() =>
            JsonNode.Parse(await http.GetStringAsync($"{platform.BaseUri}/space/{Space}/api/v1/list"))!.AsArray()
                .Count(hub => (bool)hub!["isConnectionActive"]!);
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string uri, string type, byte[] content)
    {
        using var body = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var response = await http.PostAsync(uri, body);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static async Task<byte[]> PackAsync()
    {
        using var package = new MemoryStream();
        await using (var zip = new GZipStream(package, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zip))
        {
            foreach (var (name, text) in new[] { ("package.json", Package), ("index.js", Program) })
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }

        return package.ToArray();
    }
}
