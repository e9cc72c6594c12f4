using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.Testing;
using ScramjetPlatform.Tests;

namespace ScramjetPlatform.Benchmarks;

/// <summary>
/// What the module adds to the least that the same takes: curl for data, one request for an instance. On the hub whose address is the argument, or on one of
/// 0.18.7. Lists of many hubs come from stand-ins.
/// </summary>
internal static class LimitBenchmarks
{
    private const int Records = 200_000;
    private const int Hubs = 1_000;
    private const int InstancesPerHub = 100;
    private const int Rounds = 5;

    public static async Task<bool> RunAsync(string? hubUri)
    {
        await using var own = hubUri is null ? await LocalHub.StartAsync(new LocalHubOptions { Id = "sth-0" }) : null;
        var hub = (own?.BaseUri.ToString() ?? hubUri!).TrimEnd('/');
        hub = hub.EndsWith("/api/v1", StringComparison.Ordinal) ? hub : hub + "/api/v1";
        using var http = new HttpClient();
        var version = (string?)JsonNode.Parse(await http.GetStringAsync(hub + "/version"))!["version"];
        Console.WriteLine(
            $"{"",-7}{"",8}  a hub of {version}, {Environment.ProcessorCount} processors; ratios are the median of {Rounds} pairs in turn, and the best one");
        return await OnHubAsync(http, hub) & await OnManyHubsAsync();
    }

    private static async Task<bool> OnHubAsync(HttpClient http, string hub)
    {
        using var engine = Engine.Connect($"-HubUri {hub}");
        engine.Get($"$sequence = Publish-ScramjetSequence '{Path.Combine(Engine.RepositoryRoot, "docs", "samples", "echo")}'");
        var sequence = (string)engine.Single("$sequence.Id").BaseObject;
        var folder = Directory.CreateTempSubdirectory("scramjet-benchmark-");
        try
        {
            engine.Get($$"""
                $objects = foreach ($i in 1..{{Records}}) {
                    $inner = [pscustomobject]@{ ok = $true }
                    [pscustomobject]@{ id = $i; name = "item $($i % 1000)"; price = ($i % 1000) + 0.5; tags = 'a', 'b'; inner = $inner }
                }
                $lines = foreach ($i in 1..{{Records}}) { "line $i with some text to give it the length that lines have" }
                """);
            var objects = Path.Combine(folder.FullName, "objects");
            await File.WriteAllLinesAsync(objects, Enumerable.Range(1, Records).Select(i =>
                $$$"""{"id":{{{i}}},"name":"item {{{i % 1000}}}","price":{{{i % 1000}}}.5,"tags":["a","b"],"inner":{"ok":true}}"""));
            var lines = Path.Combine(folder.FullName, "lines");
            await File.WriteAllLinesAsync(lines, Enumerable.Range(1, Records).Select(i => $"line {i} with some text to give it the length that lines have"));
            Program.Expect(Records, (int)engine.Single("@($lines | Invoke-ScramjetSequence $sequence).Count").BaseObject);
            Program.Expect(Records, (int)engine.Single("@($objects | Invoke-ScramjetSequence $sequence).Count").BaseObject);
            var ok = await AgainstCurlAsync("objects", objects, "application/x-ndjson", "at least 0.8", r => r >= 0.8)
                & await AgainstCurlAsync("lines", lines, "text/plain", "at least 0.9", r => r >= 0.9);
            return ok & await OneInstanceAsync();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("skipped: Invoke-ScramjetSequence against curl, because there is no curl here");
            return true;
        }
        finally
        {
            engine.Run("Get-ScramjetInstance -Sequence $sequence.Id | Stop-ScramjetInstance -Force");
            engine.Run("$sequence | Remove-ScramjetSequence -Force -Confirm:$false");
            folder.Delete(recursive: true);
        }

        // Both start an instance, send, receive, and kill it, and neither keeps the output in memory.
        async Task<bool> AgainstCurlAsync(string what, string file, string type, string goal, Func<double, bool> met) => PrintPairs(
            $"{Records} {what} through Invoke-ScramjetSequence echo, at curl's rate",
            await PairsAsync(
                () => Task.Run(() => engine.Get($"${what} | Invoke-ScramjetSequence $sequence | Out-Null")),
                async () =>
                {
                    var instance = (string)(await PostAsync(http, $"{hub}/sequence/{sequence}/start", "{}"))["id"]!;
                    using var output = Process.Start("curl", ["-s", "-o", file + ".out", $"{hub}/instance/{instance}/output"]);
                    string[] send = ["-s", "-H", "Content-Type: " + type, "-H", "Expect:", "-T", file, "-X", "POST", $"{hub}/instance/{instance}/input"];
                    using var input = Process.Start(new ProcessStartInfo("curl", send) { RedirectStandardOutput = true })!;
                    await Task.WhenAll(input.WaitForExitAsync(), output.WaitForExitAsync());
                    await PostAsync(http, $"{hub}/instance/{instance}/_kill", """{"removeImmediately":true}""");
                    Program.Expect(Records, File.ReadLines(file + ".out").Count());
                }),
            goal,
            met,
            ours => 1 / ours);

        async Task<bool> OneInstanceAsync()
        {
            engine.Get("$instance = ($sequence | Start-ScramjetSequence -Wait).Id");
            engine.Set("uri", hub);
            const int Times = 50;
            return PrintPairs(
                "Get-ScramjetInstance with a full id, to the time of Invoke-RestMethod of that instance",
                await PairsAsync(
                    () => Task.Run(() => engine.Get($"foreach ($i in 1..{Times}) {{ $null = Get-ScramjetInstance $instance }}")),
                    () => Task.Run(() => engine.Get($"foreach ($i in 1..{Times}) {{ $null = Invoke-RestMethod \"$uri/instance/$instance\" }}"))),
                "at most 1",
                r => r <= 1,
                ours => ours);
        }
    }

    /// <summary>1,000 hubs of 100 instances, in a process of their own: all instances for the first time, and one by its id.</summary>
    private static async Task<bool> OnManyHubsAsync()
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["serve", $"{Hubs}", $"{InstancesPerHub}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        try
        {
            var uri = (await server.StandardOutput.ReadLineAsync())!;
            var id = (await server.StandardOutput.ReadLineAsync())!;
            using var engine = Engine.Connect($"{uri} -AccessToken {FakePlatform.Token}");
            engine.Get("$null = Get-ScramjetInstance -Hub sth-0");
            GC.Collect();
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var clock = Stopwatch.StartNew();
            engine.Get("$all = Get-ScramjetInstance");
            var first = clock.Elapsed.TotalSeconds;
            var kept = (GC.GetTotalMemory(forceFullCollection: true) - before) >> 20;
            Program.Expect(Hubs * InstancesPerHub, (int)engine.Single("$all.Count").BaseObject);
            engine.Get("$all = $null");
            var one = Program.Median(() => Program.Expect(1, engine.Get($"Get-ScramjetInstance {id}").Count)) / 1000;
            return Program.Print($"seconds for {Hubs * InstancesPerHub} instances on {Hubs} hubs, for the first time", first, "at most 1.2", s => s <= 1.2)
                & Program.Print("MB that these instances keep", kept, "at most 150", m => m <= 150)
                & Program.Print("seconds for one of them by its full id", one, "at most 0.3", s => s <= 0.3);
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
        }
    }

    /// <summary>Serves hubs until the standard input ends, and prints their address and the id of an instance.</summary>
    public static async Task ServeAsync(int hubs, int instances)
    {
        await using var platform = new FakePlatform(Enumerable.Range(0, hubs).Select(i =>
        {
            var hub = new FakeHub($"sth-{i}");
            var sequence = hub.AddSequence("hello");
            var list = Enumerable.Range(0, instances).Select(_ => Instance(Guid.NewGuid().ToString(), sequence, hub.Id)).ToArray();
            var answer = "[" + string.Join(",", list.Select(item => item.Json)) + "]";
            hub.Intercept = async (exchange, path) =>
            {
                if (path == "/instances")
                    await exchange.AnswerAsync(200, answer);
                else if (Array.Find(list, item => path == "/instance/" + item.Id).Json is { } json)
                    await exchange.AnswerAsync(200, json);
                else
                    return false;
                return true;
            };
            if (i == hubs / 2)
                Wanted = list[instances / 2].Id;
            return hub;
        }));
        Console.WriteLine(platform.BaseUri);
        Console.WriteLine(Wanted);
        await Console.In.ReadToEndAsync();
    }

    private static string? Wanted { get; set; }

    private static (string Id, string Json) Instance(string id, string sequence, string hub) => (id, $$$"""
        {"id":"{{{id}}}","args":[],"provides":"","sequence":{"id":"{{{sequence}}}","config":{"type":"process","engines":{"node":">=16"},
        "entrypointPath":"index.js","version":"1.0.0","name":"hello","id":"{{{sequence}}}","sequenceDir":"/var/lib/sth/sequences/{{{sequence}}}",
        "description":"Greets each line of its input","keywords":["scramjet","sample"],"language":"js","packageSize":807},"location":"{{{hub}}}"},
        "created":"2026-11-24T19:48:02.843Z","started":"2026-11-24T19:48:02.852Z","status":"running"}
        """);

    private static async Task<List<double>> PairsAsync(Func<Task> ours, Func<Task> peer)
    {
        var ratios = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var clock = Stopwatch.StartNew();
            await ours();
            var our = clock.Elapsed.TotalMilliseconds;
            clock.Restart();
            await peer();
            ratios.Add(our / clock.Elapsed.TotalMilliseconds);
        }

        ratios.Sort();
        return ratios;
    }

    private static bool PrintPairs(string what, List<double> ratios, string goal, Func<double, bool> met, Func<double, double> shown)
    {
        var best = shown(ratios[0]).ToString("0.00", CultureInfo.InvariantCulture);
        return Program.Print($"{what} (best pair: {best})", shown(ratios[ratios.Count / 2]), goal, met);
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string uri, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(uri, content);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
