using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using Scramjet.Testing;
using ScramjetPlatform.Tests;

namespace ScramjetPlatform.Benchmarks;

/// <summary>The cost of streams compared to the simplest way to do the same, with the same server.</summary>
internal static class StreamBenchmarks
{
    private const int Megabytes = 512;
    private const int Lines = 500_000;
    private const int Objects = 100_000;

    public static async Task<bool> RunAsync()
    {
        var block = new byte[256 * 1024];
        Random.Shared.NextBytes(block);
        byte[][] Blocks(int count, Func<int, int, string> line) => Enumerable.Range(0, count / 1000)
            .Select(i => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(j => line(i * 1000 + j, j)))))
            .ToArray();
        var lines = Blocks(Lines, (i, _) => $"line {i} with some text to give it the length that lines have\n");
        var objects = Blocks(
            Objects,
            (i, j) => $$"""{"id":{{i}},"name":"item {{j}}","price":{{j}}.5,"tags":["a","b"],"inner":{"ok":true} }""" + "\n");

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
        using var engine = Engine.Connect($"-HubUri {server.BaseUri}");
        return ToFile(engine, server) & await ToLinesAsync(engine, server) & ToObjects(engine, server) & await InPwshAsync(server, lines, objects);
    }

    /// <summary>-OutFile compared to curl.</summary>
    private static bool ToFile(Engine engine, FaultServer server)
    {
        var file = Path.GetTempFileName();
        try
        {
            var ours = Program.Median(() => engine.Get($"Receive-ScramjetOutput bytes -OutFile '{file}' -Force"));
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
    /// Lines to the pipeline, compared to a StreamReader: in PowerShell, which writes the lines to the pipeline too, in a minimal cmdlet, and in C#, which only
    /// counts them and shows the cost of the pipeline itself.
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
        engine.Get("Import-Module -Assembly ([ScramjetPlatform.Benchmarks.WriteLinesCommand].Assembly)");
        var cmdlet = Program.Median(() => engine.Get("$null = Write-Lines $uri"));
        await Task.Yield();
        Console.WriteLine(
            $"{"",-7}{(cmdlet / ours).ToString("0.00", CultureInfo.InvariantCulture),8}  (no goal: the most that a cmdlet can do)  lines a second to the "
                + $"pipeline to those of a cmdlet of a StreamReader and WriteObject, {Lines} lines");
        Console.WriteLine(
            $"{"",-7}{(plain / ours).ToString("0.00", CultureInfo.InvariantCulture),8}  (no goal: it writes nothing)  lines a second to the pipeline to a "
                + $"C# loop's that counts, {Lines} lines");
        return Program.Print($"lines a second to the pipeline to a StreamReader loop's in PowerShell, {Lines} lines", loop / ours, "over 0.5", r => r > 0.5);
    }

    /// <summary>NDJSON to objects, compared to a line-by-line conversion in PowerShell.</summary>
    private static bool ToObjects(Engine engine, FaultServer server)
    {
        engine.Set("uri", $"{server.BaseUri}/instance/objects/output");
        var byHand = Program.Median(() => Program.Expect(Objects, (int)engine.Single("""
            @(& {
            $reader = [System.IO.StreamReader]::new([System.Net.Http.HttpClient]::new().GetStreamAsync($uri).Result)
            while ($null -ne ($line = $reader.ReadLine())) {
                $json = [Newtonsoft.Json.Linq.JObject]::Parse($line)
                $tags = @($json['tags'] | ForEach-Object { $_.Value })
                $inner = [pscustomobject]@{ ok = $json['inner']['ok'].Value }
                [pscustomobject]@{ id = $json['id'].Value; name = $json['name'].Value; price = $json['price'].Value; tags = $tags; inner = $inner }
            }
            }).Count
            """).BaseObject));
        var ours = Program.Median(() => Program.Expect(Objects, (int)engine.Single("@(Receive-ScramjetOutput objects).Count").BaseObject));
        return Program.Print($"NDJSON objects a second to the same by hand in PowerShell, {Objects} objects", byHand / ours, "at least 2", r => r >= 2);
    }

    /// <summary>In pwsh: lines compared to Get-Content of a file with the same data, and NDJSON compared to ConvertFrom-Json line by line.</summary>
    private static async Task<bool> InPwshAsync(FaultServer server, byte[][] lines, byte[][] objects)
    {
        var folder = Directory.CreateTempSubdirectory("scramjet-benchmark-");
        try
        {
            var script = Path.Combine(folder.FullName, "measure.ps1");
            await File.WriteAllTextAsync(script, """
                param($Module, $Uri, $Lines, $Objects)
                $ErrorActionPreference = 'Stop'
                Import-Module $Module
                Connect-ScramjetPlatform -HubUri $Uri
                function Measure-Median([scriptblock] $Script) { (1..5 | ForEach-Object { (Measure-Command $Script).TotalMilliseconds } | Sort-Object)[2] }
                $content = Measure-Median { $null = Get-Content $Lines }
                $ours = Measure-Median { $null = Receive-ScramjetOutput lines -ContentType text/plain }
                $convert = Measure-Median { $null = foreach ($line in [System.IO.File]::ReadLines($Objects)) { ConvertFrom-Json $line } }
                $objects = Measure-Median { $null = Receive-ScramjetOutput objects }
                [string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', $content / $ours, $convert / $objects)
                """);
            var (lineFile, objectFile) = (Path.Combine(folder.FullName, "lines.txt"), Path.Combine(folder.FullName, "objects.ndjson"));
            await File.WriteAllBytesAsync(lineFile, [.. lines.SelectMany(l => l)]);
            await File.WriteAllBytesAsync(objectFile, [.. objects.SelectMany(o => o)]);
            using var process = Process.Start(
                new ProcessStartInfo(
                    "pwsh",
                    ["-NoProfile", "-NonInteractive", "-File", script, Engine.ManifestPath, server.BaseUri, lineFile, objectFile])
                {
                    RedirectStandardOutput = true,
                })!;
            var ratios = (await process.StandardOutput.ReadToEndAsync()).Split(' ').Select(r => double.Parse(r, CultureInfo.InvariantCulture)).ToArray();
            await process.WaitForExitAsync();
            return Program.Print($"pwsh: lines a second to Get-Content's of the same data in a file, {Lines} lines", ratios[0], "at least 1", r => r >= 1)
                & Program.Print($"pwsh: NDJSON objects a second to ConvertFrom-Json's line by line, {Objects} objects", ratios[1], "at least 2", r => r >= 2);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("skipped: lines against Get-Content, and NDJSON against ConvertFrom-Json, because there is no pwsh here");
            return true;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>Writes the lines at an address to the pipeline, and nothing else.</summary>
[Cmdlet(VerbsCommunications.Write, "Lines")]
public sealed class WriteLinesCommand : Cmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Uri { get; set; } = "";

    protected override void EndProcessing()
    {
        using var http = new HttpClient();
        using var reader = new StreamReader(http.GetStreamAsync(Uri).GetAwaiter().GetResult());
        while (reader.ReadLine() is { } line)
            WriteObject(line);
    }
}
