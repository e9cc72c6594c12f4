using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using ScramjetPlatform.Tests;

namespace ScramjetPlatform.Benchmarks;

/// <summary>A sequence that computes, on four instances over two real hubs, compared to one instance.</summary>
internal static class InstanceBenchmarks
{
    private const int Records = 400;
    private const string Space = "space";

    private const string Package = """{"name":"compute","version":"1.0.0","main":"index.js","engines":{"node":">=16"}}""";

    /// <summary>Uses the processor for about 20 ms for each record.</summary>
    private const string Code = """
        module.exports = async function*(input) {
            for await (const item of input) {
                let x = item.n | 1;
                for (let i = 0; i < 10000000; i++) { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; }
                yield { n: item.n, x };
            }
        };
        """;

    /// <param name="hubs">The addresses of the hubs; hubs of 0.18 are started if there are none.</param>
    public static async Task<bool> RunAsync(params string[] hubs)
    {
        var options = new LocalPlatformOptions { HubsPerSpace = hubs.Length == 0 ? 2 : 0 };
        options.Spaces.Add(Space);
        await using var platform = await LocalPlatform.StartAsync(options);
        for (var i = 0; i < hubs.Length; i++)
            platform.AddHub(Space, $"hub-{i}", new Uri(hubs[i]));
        var folder = Directory.CreateTempSubdirectory("scramjet-benchmark-").FullName;
        using var engine = new Engine();
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), Package);
            await File.WriteAllTextAsync(Path.Combine(folder, "index.js"), Code);
            engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {platform.Token}");
            engine.Get($"$null = Publish-ScramjetSequence '{folder}' -IfChanged");
            var versions = string.Join(", ", engine.Get("(Get-ScramjetHub).Version").Distinct());

            // In turns, so that both have the same share of a busy machine.
            var runs = Enumerable.Range(0, 3).Select(_ => (One: Run(engine, 1, ""), Many: Run(engine, 4, ""), Ordered: Run(engine, 4, "-Ordered"))).ToArray();
            double Ratio(Func<(double One, double Many, double Ordered), double> time) => runs.Select(r => r.One / time(r)).Order().ElementAt(1);
            var what = $"instances over 2 hubs ({versions}) to 1, {Records} records that need the processor, {Environment.ProcessorCount} processors";
            return Program.Print($"records a second of 4 {what}", Ratio(r => r.Many), "1.8 on 2 processors", r => r >= 1.8)
                & Program.Print($"records a second of 4 ordered {what}", Ratio(r => r.Ordered), "1.8 on 2 processors", r => r >= 1.8);
        }
        finally
        {
            engine.Run("Get-ScramjetSequence compute | Remove-ScramjetSequence -Force -Confirm:$false");
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Run(Engine engine, int instances, string order)
    {
        var clock = Stopwatch.StartNew();
        var output = engine.Get(
            $"1..{Records} | ForEach-Object {{ [pscustomobject]@{{ n = $_ }} }} | Invoke-ScramjetSequence compute -InstanceCount {instances} -Hub * {order}");
        var time = clock.Elapsed.TotalSeconds;
        Program.Expect(Records, output.Count);
        return time;
    }
}
