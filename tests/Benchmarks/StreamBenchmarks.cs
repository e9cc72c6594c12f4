using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using Scramjet.Testing;
using ScramjetPlatform.Tests;

namespace ScramjetPlatform.Benchmarks;

/// <summary>What streams cost beside the plainest way to do the same, over the same server.</summary>
internal static class StreamBenchmarks
{
    private const int Megabytes = 512;
    private const int Lines = 500_000;
    private const int Objects = 100_000;

    public static async Task<bool> RunAsync()
    {
        var block = new byte[256 * 1024];
        Random.Shared.NextBytes(block);
        var lines = Enumerable.Range(0, Lines / 1000).Select(i => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(j => $"line {i * 1000 + j} with some text to give it the length that lines have\n")))).ToArray();
        var objects = Enumerable.Range(0, Objects / 1000).Select(i => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(j => $"{{\"id\":{i * 1000 + j},\"name\":\"item {j}\",\"price\":{j}.5,\"tags\":[\"a\",\"b\"],\"inner\":{{\"ok\":true}}}}\n")))).ToArray();

        var hub = new FakeHub("sth-0");
        foreach (var id in new[] { "bytes", "lines", "objects" })
            hub.AddInstance(hub.AddSequence(id), id: id);
        hub.Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/output", StringComparison.Ordinal))
                return false;
            await exchange.BeginChunkedAsync();
            switch (path.Split('/')[2])
            {
                case "bytes":
                    for (var i = 0; i < Megabytes * 4; i++)
                        await exchange.SendChunkAsync(block);
                    break;
                case var kind:
                    foreach (var chunk in kind == "lines" ? lines : objects)
                        await exchange.SendChunkAsync(chunk);
                    break;
            }

            await exchange.EndChunkedAsync();
            return true;
        };

        await using var server = hub.Serve();
        using var engine = new Engine();
        engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        return ToFile(engine, server) & await ToLinesAsync(engine, server) & ToObjects(engine, server);
    }

    /// <summary>-OutFile against curl.</summary>
    private static bool ToFile(Engine engine, FaultServer server)
    {
        var file = Path.GetTempFileName();
        try
        {
            var ours = Program.Median(() => engine.Get($"Receive-ScramjetOutput bytes -OutFile '{file}'"));
            Program.Expect(Megabytes, (int)(new FileInfo(file).Length >> 20));
            var curl = Program.Median(() =>
            {
                using var process = Process.Start("curl", ["-s", "-o", file, $"{server.BaseUri}/instance/bytes/output"]);
                process.WaitForExit();
            });
            Program.Expect(Megabytes, (int)(new FileInfo(file).Length >> 20));
            return Program.Print($"throughput of -OutFile to curl's, {Megabytes} MiB", curl / ours, "at least 0.9", r => r >= 0.9);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("skipped: -OutFile against curl, because there is no curl here");
            return true;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// Lines to the pipeline against a StreamReader's loop: one in PowerShell, which writes them to the pipeline too, and one in C#, which only counts them
    /// and shows what the pipeline itself costs.
    /// </summary>
    private static async Task<bool> ToLinesAsync(Engine engine, FaultServer server)
    {
        using var http = new HttpClient();
        var plain = Program.Median(() =>
        {
            using var reader = new StreamReader(http.GetStreamAsync($"{server.BaseUri}/instance/lines/output").GetAwaiter().GetResult());
            var count = 0;
            while (reader.ReadLine() is not null)
                count++;
            Program.Expect(Lines, count);
        });
        var ours = Program.Median(() => Program.Expect(0, engine.Get("$null = Receive-ScramjetOutput lines -ContentType text/plain").Count));
        Program.Expect(Lines, (int)engine.Single("@(Receive-ScramjetOutput lines -ContentType text/plain).Count").BaseObject);
        engine.Set("uri", $"{server.BaseUri}/instance/lines/output");
        var loop = Program.Median(() => engine.Get("""
            $null = & {
                $reader = [System.IO.StreamReader]::new([System.Net.Http.HttpClient]::new().GetStreamAsync($uri).Result)
                while ($null -ne ($line = $reader.ReadLine())) { $line }
            }
            """));
        await Task.Yield();
        Console.WriteLine($"{"",-7}{(plain / ours).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture),8}  (no goal: it writes nothing)  lines a second to the pipeline to a C# loop's that counts, {Lines} lines");
        return Program.Print($"lines a second to the pipeline to a StreamReader loop's in PowerShell, {Lines} lines", loop / ours, "over 0.5", r => r > 0.5);
    }

    /// <summary>NDJSON to objects against the same by hand, line by line, in PowerShell.</summary>
    private static bool ToObjects(Engine engine, FaultServer server)
    {
        engine.Set("uri", $"{server.BaseUri}/instance/objects/output");
        var byHand = Program.Median(() => Program.Expect(Objects, (int)engine.Single("""
            @(& {
            $reader = [System.IO.StreamReader]::new([System.Net.Http.HttpClient]::new().GetStreamAsync($uri).Result)
            while ($null -ne ($line = $reader.ReadLine())) {
                $json = [Newtonsoft.Json.Linq.JObject]::Parse($line)
                [pscustomobject]@{ id = $json['id'].Value; name = $json['name'].Value; price = $json['price'].Value; tags = @($json['tags'] | ForEach-Object { $_.Value }); inner = [pscustomobject]@{ ok = $json['inner']['ok'].Value } }
            }
            }).Count
            """).BaseObject));
        var ours = Program.Median(() => Program.Expect(Objects, (int)engine.Single("@(Receive-ScramjetOutput objects).Count").BaseObject));
        return Program.Print($"NDJSON objects a second to the same by hand in PowerShell, {Objects} objects", byHand / ours, "at least 2", r => r >= 2);
    }
}
