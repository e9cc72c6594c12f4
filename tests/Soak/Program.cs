using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using ScramjetPlatform.Tests;

namespace ScramjetPlatform.Soak;

/// <summary>
/// Runs many commands, and checks that memory, handles, threads and connections return to their values after a first, small round.
/// </summary>
internal static class Program
{
    private const int Calls = 10_000;
    private const int Streams = 200;
    private const int Objects = 1_000_000;
    private const int LineSize = 100 * 1024 * 1024;
    private const int Stops = 500;

    /// <summary>The increase that is allowed, because the runtime frees memory and threads when it chooses.</summary>
    private const long MemoryLeft = 48L << 20;
    private const int ThreadsLeft = 8;
    private const int HandlesLeft = 24;

    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(100);

    private static async Task<int> Main()
    {
        var hub = new FakeHub("sth-0") { Second = TimeSpan.FromMilliseconds(100) };
        hub.AddInstance(hub.AddSequence("hello"), id: "i");
        hub.Intercept = InterceptAsync;
        await using var server = hub.Serve();
        using var engine = Engine.Connect($"-HubUri {server.BaseUri}");

        Console.WriteLine("| what | seconds | memory (MB) | threads | handles | connections |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var all = true;
        Usage? before = null;
        await RunAsync("a first, small round", () =>
        {
            Ask(engine, 200);
            Stop(engine, 5);
            Read(engine, 1000);
            Line(engine, 1 << 20);
            StopAll(engine, hub, 20);
        });
        before = await Usage.SettledAsync(server, null);
        await RunAsync($"{Calls:N0} calls", () => Ask(engine, Calls));
        await RunAsync($"{Streams} streams opened and stopped", () => Stop(engine, Streams));
        await RunAsync($"{Objects:N0} objects", () => Read(engine, Objects));
        await RunAsync($"a line of {LineSize >> 20} MB", () => Line(engine, LineSize));
        await RunAsync($"{Stops} stops at once", () => StopAll(engine, hub, Stops));
        return all ? 0 : 1;

        async Task RunAsync(string name, Action work)
        {
            var start = before;
            var clock = Stopwatch.StartNew();
            work();
            var seconds = clock.Elapsed.TotalSeconds;

            // A session keeps its last command, and what it has read, until the next one.
            engine.Get("Get-ScramjetInstance i");
            var after = await Usage.SettledAsync(server, start);
            var good = start is null || after.IsBackAt(start);
            all &= good;
            Console.WriteLine(
                $"| {name} | {seconds:0.0} | {after.Memory / 1048576.0:0.0} | {after.Threads} | {after.Handles} | {after.Connections} "
                    + $"|{(good ? "" : " too much is left")}");
        }
    }

    private static async Task<bool> InterceptAsync(FaultServer.Exchange exchange, string path)
    {
        var parts = path.Split('/', '?');
        switch (parts[^1])
        {
            case "stdout":
                await exchange.BeginChunkedAsync();
                await exchange.SendChunkAsync("a line\n");
                await exchange.LeftAsync();
                return true;
            case "output":
                await exchange.BeginChunkedAsync();
                var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"n\":1,\"name\":\"one\"}\n", 1000)));
                for (var i = 0; i < s_size; i += 1000)
                    await exchange.SendChunkAsync(block);
                await exchange.EndChunkedAsync();
                return true;
            case "stderr":
                await exchange.BeginChunkedAsync();
                var piece = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
                for (var i = 0; i < s_size; i += piece.Length)
                    await exchange.SendChunkAsync(piece);
                await exchange.SendChunkAsync("\n");
                await exchange.EndChunkedAsync();
                return true;
            default:
                return false;
        }
    }

    private static volatile int s_size;

    private static void Ask(Engine engine, int count)
    {
        for (var done = 0; done < count; done += 200)
            Expect(200, engine.Single("$n = 0; foreach ($x in 1..200) { $n += @(Get-ScramjetInstance i).Count }; $n").BaseObject);
    }

    private static void Stop(Engine engine, int count)
    {
        for (var done = 0; done < count; done++)
            Expect("a line", engine.Single("Receive-ScramjetOutput i -Stream Stdout | Select-Object -First 1").BaseObject);
    }

    private static void Read(Engine engine, int count)
    {
        s_size = count;
        Expect(count, engine.Single("Receive-ScramjetOutput i | Measure-Object -Property n -Sum | ForEach-Object { [int]$_.Sum }").BaseObject);
    }

    private static void Line(Engine engine, int size)
    {
        s_size = size;
        Expect(size, engine.Single("Receive-ScramjetOutput i -Stream Stderr | ForEach-Object Length").BaseObject);
    }

    private static void StopAll(Engine engine, FakeHub hub, int count)
    {
        var sequence = hub.AddSequence("many");
        for (var i = 0; i < count; i++)
            hub.AddInstance(sequence);
        engine.Set("s", sequence);
        Expect(count, engine.Get("Get-ScramjetInstance -Sequence $s | Stop-ScramjetInstance -Force -RemoveImmediately -PassThru -ThrottleLimit 500").Count);
        var clock = Stopwatch.StartNew();
        while (hub.Instances.Count > 1 && clock.Elapsed < s_settling)
            Thread.Sleep(100);
        hub.Sequences.TryRemove(sequence, out _);
    }

    private static void Expect(object expected, object actual)
    {
        if (!expected.Equals(actual))
            throw new InvalidOperationException($"{expected} was expected, and {actual} came.");
    }

    private sealed record Usage(long Memory, int Threads, int Handles, int Connections)
    {
        public bool IsBackAt(Usage before) =>
            Memory <= before.Memory + MemoryLeft && Threads <= before.Threads + ThreadsLeft && Handles <= before.Handles + HandlesLeft
                && Connections <= before.Connections;

        /// <summary>Returns the usage after everything that ends has ended.</summary>
        public static async Task<Usage> SettledAsync(FaultServer server, Usage? before)
        {
            var clock = Stopwatch.StartNew();
            while (true)
            {
                await Task.Delay(1000);
                var now = Now(server);
                if (clock.Elapsed > s_settling || (before is null ? clock.Elapsed.TotalSeconds > 5 : now.IsBackAt(before)))
                    return now;
            }
        }

        private static Usage Now(FaultServer server)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = Process.GetCurrentProcess();
            var handles = OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : process.HandleCount;
            return new Usage(GC.GetTotalMemory(forceFullCollection: true), process.Threads.Count, handles, server.OpenConnections);
        }
    }
}
