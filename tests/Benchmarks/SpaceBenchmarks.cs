using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
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
using Scramjet.Testing;

namespace ScramjetPlatform.Benchmarks;

/// <summary>What the way through a space costs beside a hub's own address, and a space of many hubs. The hub is a real one.</summary>
internal static class SpaceBenchmarks
{
    private const int Megabytes = 256;
    private const int Requests = 200;
    private const int Runs = 5;
    private const int Hubs = 200;
    private const string Space = "space";
    private const string Token = "benchmark";

    private const string Package = """{"name":"flood","version":"1.0.0","main":"index.js","engines":{"node":">=16"}}""";

    private static readonly string Program = $$"""
        const { Readable } = require("stream");
        module.exports = function() {
            const block = Buffer.alloc(64 * 1024, "scramjet");
            let left = {{Megabytes}} * 16;
            return Object.assign(new Readable({ read() { this.push(left-- > 0 ? block : null); } }), { contentType: "application/octet-stream" });
        };
        """;

    private const string Reader = """
        module.exports = async function(input) { let count = 0; for await (const block of input) count += block.length; return "" + count; };
        module.exports.requires = { contentType: "application/octet-stream" };
        """;

    // The space runs as a program of its own, as it does for its users.
    public static async Task<bool> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("space-benchmark-").FullName;
        var address = $"127.0.0.1:{HubProgram.FreePort()}";
        var uri = new Uri($"http://{address}/api/v1");
        try
        {
            await using var platform = HubProgram.StartPlatform(
                "--port", $"{uri.Port}", "--hubs", "0", "--spaces", Space, "--token", Token, "--folder", folder);
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            await UntilAsync(http, $"{uri}/version");

            await using var hub = await LocalHub.StartAsync(new LocalHubOptions { Id = "npm", Space = address });
            var ok = await HubAsync(http, uri, "npm", "0.18.7", hub.BaseUri, hub.Process);
            await BoundAsync(http, "0.18.7", async space =>
            {
                var bound = await LocalHub.StartAsync(new LocalHubOptions { Id = "bound", Space = space });
                return (bound.BaseUri, bound.Process, bound);
            });
            if (HubProgram.Path is null)
            {
                Console.WriteLine($"skipped: hub 1.0.1, because {HubProgram.Variable} isn't set to the path of its hub.js");
            }
            else
            {
                await using var release = HubProgram.StartHub(folder, "release", "--cpm-url", address, "--cpm-id", Space);
                ok &= await HubAsync(http, uri, "release", "1.0.1", release.BaseUri!, release.Process);
                await BoundAsync(http, "1.0.1", space =>
                {
                    var bound = HubProgram.StartHub(folder, "bound", "--cpm-url", space, "--cpm-id", Space);
                    return Task.FromResult((bound.BaseUri!, bound.Process, (IAsyncDisposable)bound));
                });
            }

            return ok & await ManyAsync(uri, http);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> HubAsync(HttpClient http, Uri platform, string id, string version, Uri direct, Process process)
    {
        var through = $"{platform}/space/{Space}/api/v1/sth/{id}/api/v1";
        await UntilAsync(http, $"{through}/version");
        await InputAsync(http, direct.AbsoluteUri, through, version);
        return await StreamAsync(http, direct.AbsoluteUri, through, version, process) & await RequestsAsync(http, direct.AbsoluteUri, through, version);
    }

    private static async Task UntilAsync(HttpClient http, string uri)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                using var response = await http.GetAsync(uri);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (i < 600)
            {
                // It starts.
            }

            if (i == 600)
                throw new InvalidOperationException($"{uri} doesn't respond.");
            await Task.Delay(100);
        }
    }

    private static async Task<bool> StreamAsync(HttpClient http, string direct, string through, string version, Process process)
    {
        // Alternating, so that what else the machine does is the same for both.
        var sequence = await UploadAsync(http, direct, Program);
        await OutputAsync(http, direct, sequence, process);
        await OutputAsync(http, through, sequence, process);
        var runs = new ((double Rate, double Work) Direct, (double Rate, double Work) Through)[Runs];
        for (var i = 0; i < runs.Length; i++)
            runs[i] = (await OutputAsync(http, direct, sequence, process), await OutputAsync(http, through, sequence, process));
        Show(
            Median(runs.Select(run => run.Through.Work / run.Direct.Work)),
            $"hub {version}: the processor time of the hub itself for an output through the space against its own address");
        return Benchmarks.Program.Print(
            $"hub {version}: an output of {Megabytes} MB through the space against the hub's own address ({runs.Max(run => run.Direct.Rate):0} MB/s)",
            Median(runs.Select(run => run.Through.Rate / run.Direct.Rate)),
            "over 0.7",
            r => r > 0.7);
    }

    /// <summary>The most that an output can have through a space: one that only counts the bytes that the hub sends.</summary>
    private static async Task BoundAsync(HttpClient http, string version, Func<string, Task<(Uri Direct, Process Process, IAsyncDisposable Hub)>> start)
    {
        using var space = new BareSpace();
        var (direct, process, program) = await start(space.Address);
        await using var _ = program;
        await UntilAsync(http, $"{direct}/version");
        var sequence = await UploadAsync(http, direct.AbsoluteUri, Program);
        var ratios = new double[Runs + 1];
        for (var i = 0; i < ratios.Length; i++)
        {
            var own = await OutputAsync(http, direct.AbsoluteUri, sequence, process);
            var instance = await StartAsync(http, direct.AbsoluteUri, sequence);
            var clock = Stopwatch.StartNew();
            var count = await space.CountAsync($"{direct.AbsolutePath}/instance/{instance}/output");
            Benchmarks.Program.Expect(Megabytes, (int)(count >> 20));
            ratios[i] = Megabytes / clock.Elapsed.TotalSeconds / own.Rate;
        }

        Show(Median(ratios.Skip(1)), $"hub {version}: an output through a space that only counts its bytes, which is the most that the hub can send");
    }

    private static async Task<string> UploadAsync(HttpClient http, string hub, string program) =>
        (string)(await PostAsync(http, hub + "/sequence", "application/octet-stream", await PackAsync(program)))["id"]!;

    private static async Task<string> StartAsync(HttpClient http, string hub, string sequence) =>
        (string)(await PostAsync(http, $"{hub}/sequence/{sequence}/start", "application/json", "{}"u8.ToArray()))["id"]!;

    private static async Task<(double Rate, double Work)> OutputAsync(HttpClient http, string hub, string sequence, Process process)
    {
        var instance = await StartAsync(http, hub, sequence);
        process.Refresh();
        var work = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await using var output = await http.GetStreamAsync($"{hub}/instance/{instance}/output");
        var buffer = new byte[128 * 1024];
        var total = 0L;
        for (int count; (count = await output.ReadAsync(buffer)) > 0;)
            total += count;
        var time = clock.Elapsed;
        Benchmarks.Program.Expect(Megabytes, (int)(total >> 20));
        process.Refresh();
        return (Megabytes / time.TotalSeconds, (process.TotalProcessorTime - work).TotalSeconds);
    }

    private static void Show(double ratio, string what) =>
        Console.WriteLine($"       {ratio.ToString("0.00", CultureInfo.InvariantCulture),8}  {what}");

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    private static async Task InputAsync(HttpClient http, string direct, string through, string version)
    {
        var sequence = await UploadAsync(http, direct, Reader);
        var data = new byte[Megabytes / 4 << 20];
        async Task<double> TimeAsync(string hub)
        {
            var instance = await StartAsync(http, hub, sequence);
            var clock = Stopwatch.StartNew();
            using var body = new ByteArrayContent(data) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
            using var response = await http.PostAsync($"{hub}/instance/{instance}/input", body);
            response.EnsureSuccessStatusCode();
            return clock.Elapsed.TotalSeconds;
        }

        var ratios = new double[Runs];
        for (var i = 0; i < ratios.Length; i++)
            ratios[i] = await TimeAsync(direct) / await TimeAsync(through);
        Show(Median(ratios), $"hub {version}: an input of {Megabytes / 4} MB through the space against the hub's own address");
    }

    private static async Task<bool> RequestsAsync(HttpClient http, string direct, string through, string version)
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
            $"hub {version}: milliseconds that a small request takes more through the space",
            await MedianAsync(through) - await MedianAsync(direct),
            "under 3",
            r => r < 3);
    }

    private static async Task<bool> ManyAsync(Uri platform, HttpClient http)
    {
        var clock = Stopwatch.StartNew();
        var hubs = await Task.WhenAll(Enumerable.Range(0, Hubs).Select(i => MadeHub.JoinAsync(platform, Space, $"made-{i}")));
        while (await CountAsync() < Hubs)
            await Task.Delay(10);
        var joined = clock.Elapsed.TotalMilliseconds;

        clock.Restart();
        await CountAsync();
        var listed = clock.Elapsed.TotalMilliseconds;

        clock.Restart();
        await Task.WhenAll(hubs.Select(hub => hub.DisposeAsync().AsTask()));
        while (await CountAsync() > 0)
            await Task.Delay(10);
        var left = clock.Elapsed.TotalMilliseconds;
        return Benchmarks.Program.Print(
            $"milliseconds to list {Hubs} hubs (which took {joined:0} ms to join, and {left:0} ms to leave)",
            listed,
            "under 100",
            r => r < 100);

        async Task<int> CountAsync() =>
            JsonNode.Parse(await http.GetStringAsync($"{platform}/space/{Space}/api/v1/list"))!.AsArray()
                .Count(hub => (bool)hub!["isConnectionActive"]! && ((string)hub["id"]!).StartsWith("made-", StringComparison.Ordinal));
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string uri, string type, byte[] content)
    {
        using var body = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var response = await http.PostAsync(uri, body);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static async Task<byte[]> PackAsync(string program)
    {
        using var package = new MemoryStream();
        await using (var zip = new GZipStream(package, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zip))
        {
            foreach (var (name, text) in new[] { ("package.json", Package), ("index.js", program) })
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }

        return package.ToArray();
    }
}
