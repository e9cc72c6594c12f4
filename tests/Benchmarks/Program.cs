using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Testing;
using ScramjetPlatform.Tests;

namespace ScramjetPlatform.Benchmarks;

/// <summary>Each line is a ratio of two measurements of this run, and its goal.</summary>
internal static class Program
{
    private const int Hubs = 50;
    private const int Instances = 200;

    private static async Task<int> Main(string[] arguments)
    {
        // One part alone, while working on it.
        if (arguments is ["space"])
            return await SpaceBenchmarks.RunAsync() ? 0 : 1;

        if (arguments is ["instances", .. var places])
            return await InstanceBenchmarks.RunAsync(places) ? 0 : 1;

        if (arguments is ["serve", var hubs, var instances])
        {
            await LimitBenchmarks.ServeAsync(int.Parse(hubs, CultureInfo.InvariantCulture), int.Parse(instances, CultureInfo.InvariantCulture));
            return 0;
        }

        // The address of a real hub of 1.0, in an argument or as the tests have it.
        var hub = arguments is ["limit", var named] ? named : Environment.GetEnvironmentVariable("SCRAMJET_TEST_HUB_URI");
        if (arguments is ["limit", ..])
            return await LimitBenchmarks.RunAsync(hub) ? 0 : 1;

        var ok = await FanOutAsync() & await StopAsync() & await StreamBenchmarks.RunAsync() & await SpaceBenchmarks.RunAsync()
            & await LimitBenchmarks.RunAsync(hub) & await InstanceBenchmarks.RunAsync();
        return ok ? 0 : 1;
    }

    /// <summary>Get-ScramjetInstance for 50 hubs that respond after 200 ms each, compared to one of them.</summary>
    private static async Task<bool> FanOutAsync()
    {
        await using var platform = new FakePlatform(Enumerable.Range(0, Hubs).Select(i =>
        {
            var hub = new FakeHub($"sth-{i}") { Delay = TimeSpan.FromMilliseconds(200) };
            hub.AddInstance(hub.AddSequence("hello"));
            return hub;
        }));
        using var engine = Connect(platform);
        engine.Get("Get-ScramjetInstance -Hub sth-0");
        var one = Median(() => Expect(1, engine.Get("Get-ScramjetInstance -Hub sth-0").Count));
        var all = Median(() => Expect(Hubs, engine.Get("Get-ScramjetInstance").Count));
        return Print($"{Hubs} hubs against one, 200 ms an answer, default throttle", all / one, "under 5", r => r < 5);
    }

    /// <summary>Stopping 200 instances whose stops take 100 ms each, compared to stopping them one after another.</summary>
    private static async Task<bool> StopAsync()
    {
        await using var platform = new FakePlatform([]);
        using var engine = Connect(platform);
        TimeSpan Stop(string throttle)
        {
            var hub = new FakeHub("sth-0");
            var sequence = hub.AddSequence("many");
            for (var i = 0; i < Instances; i++)
                hub.AddInstance(sequence);
            platform.Hubs.Clear();
            platform.Hubs.Add(hub);
            engine.Get("$i = Get-ScramjetInstance");
            var clock = Stopwatch.StartNew();
            engine.Get($"$i | Stop-ScramjetInstance -GracePeriodSec 0.1 {throttle}");
            var time = clock.Elapsed;
            Expect(0, hub.Instances.Values.Count(i => (string?)i["status"] == "running"));
            return time;
        }

        var sequential = Stop("-ThrottleLimit 1");
        var concurrent = Stop("");
        return Print($"stopping {Instances} instances one by one against the default throttle of 16", sequential / concurrent, "over 8", r => r > 8);
    }

    private static Engine Connect(FakePlatform platform) => Engine.Connect($"{platform.BaseUri} -AccessToken {FakePlatform.Token}");

    internal static double Median(Action action) => Enumerable.Range(0, 5).Select(_ =>
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }).Order().ElementAt(2);

    internal static void Expect(int expected, int actual)
    {
        if (expected != actual)
            throw new InvalidOperationException($"{expected} were expected, and {actual} came.");
    }

    internal static bool Print(string what, double ratio, string goal, Func<double, bool> met)
    {
        Console.WriteLine($"{(met(ratio) ? "met" : "MISSED"),-7}{ratio.ToString("0.00", CultureInfo.InvariantCulture),8}  (goal: {goal})  {what}");
        return met(ratio);
    }
}
