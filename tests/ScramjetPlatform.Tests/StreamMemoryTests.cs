using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Streams need the memory of a few blocks, regardless of their length, and a slow side slows the other one down.</summary>
public sealed class StreamMemoryTests
{
    private const long Gibibyte = 1L << 30;
    private const long Bound = 64 << 20;

    private static readonly byte[] s_block = new byte[256 * 1024];

    [Fact]
    public async Task A_gibibyte_to_a_file_needs_less_than_64_MiB()
    {
        var hub = Hub(async (exchange, path) =>
        {
            await exchange.BeginChunkedAsync();
            for (var left = path.StartsWith("/instance/small/", StringComparison.Ordinal) ? s_block.Length : Gibibyte; left > 0; left -= s_block.Length)
                await exchange.SendChunkAsync(s_block);
            await exchange.EndChunkedAsync();
        });
        await using var server = hub.Serve();
        var file = Path.GetTempFileName();
        try
        {
            var more = await MeasureAsync(
                server,
                $"Receive-ScramjetOutput small -OutFile '{file}' -Force",
                $"Receive-ScramjetOutput big -OutFile '{file}' -Force");
            Assert.Equal(Gibibyte, new FileInfo(file).Length);
            Assert.InRange(more, 0, Bound);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_gibibyte_from_a_file_needs_less_than_64_MiB()
    {
        var received = 0L;
        var hub = Hub(async (exchange, path) =>
        {
            await foreach (var block in exchange.ReadBlocksAsync())
                received += path.StartsWith("/instance/big/", StringComparison.Ordinal) ? block.Length : 0;
            await exchange.AnswerAsync(200, "", null);
        });
        await using var server = hub.Serve();
        var file = Path.GetTempFileName();
        try
        {
            await using (var big = File.OpenWrite(file))
                big.SetLength(Gibibyte);
            var small = Path.Combine(Engine.RepositoryRoot, "LICENSE");
            var more = await MeasureAsync(
                server,
                $"Send-ScramjetInput small -Path '{small}' -ContentType application/octet-stream",
                $"Send-ScramjetInput big -Path '{file}' -ContentType application/octet-stream");
            Assert.Equal(Gibibyte, received);
            Assert.InRange(more, 0, Bound);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_million_objects_are_not_collected_for_a_slow_consumer()
    {
        const int Objects = 1_000_000;
        const int InBlock = 1000;
        var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, InBlock).Select(n => $"{{\"n\":{n},\"text\":\"{new string('x', 100)}\"}}\n")));
        var hub = Hub(async (exchange, _) =>
        {
            await exchange.BeginChunkedAsync();
            for (var i = 0; i < Objects / InBlock; i++)
            {
                await exchange.SendChunkAsync(block);
                Interlocked.Add(ref MeasureLeadCommand.Produced, InBlock);
            }

            await exchange.EndChunkedAsync();
        });
        await using var server = hub.Serve();
        using var session = Connect(server);
        session.Get("Receive-ScramjetOutput big | Measure-Lead");
        Assert.Equal((Objects, Objects), (MeasureLeadCommand.Produced, MeasureLeadCommand.Consumed));

        TestContext.Current.TestOutputHelper?.WriteLine($"At most {MeasureLeadCommand.Most} objects of {Objects} were sent and not consumed yet.");

        // The buffers of the sockets depend on the system, and are the largest part.
        Assert.InRange(MeasureLeadCommand.Most * block.Length / InBlock, 0, 16 << 20);
    }

    [Fact]
    public async Task Objects_are_not_collected_for_a_hub_that_reads_none()
    {
        var taking = new TaskCompletionSource();
        var hub = Hub(async (exchange, _) =>
        {
            await taking.Task;
            await exchange.ReadBodyAsync();
            await exchange.AnswerAsync(200, "", null);
        });
        await using var server = hub.Serve();
        using var session = Connect(server);
        var produced = 0;
        session.Set("count", (Action)(() => Interlocked.Increment(ref produced)));
        session.Set("text", new string('x', 100_000));
        var sending = Task.Run(() => session.Get("1..1000 | ForEach-Object { $count.Invoke(); $text } | Send-ScramjetInput big"));
        for (var seen = -1; seen != Volatile.Read(ref produced); await Task.Delay(500, TestContext.Current.CancellationToken))
            seen = Volatile.Read(ref produced);
        Assert.InRange(produced, 1, 200);
        taking.SetResult();
        await sending;
        Assert.Equal(1000, produced);
    }

    /// <summary>A hub whose instances have the specified streams.</summary>
    private static FakeHub Hub(Func<FaultServer.Exchange, string, Task> stream)
    {
        var hub = new FakeHub("sth-0");
        foreach (var id in new[] { "small", "big" })
            hub.AddInstance(hub.AddSequence(id), id: id);
        hub.Intercept = async (exchange, path) =>
        {
            if (!path.EndsWith("/output", StringComparison.Ordinal) && !path.EndsWith("/input", StringComparison.Ordinal))
                return false;
            await stream(exchange, path);
            return true;
        };
        return hub;
    }

    private static Engine Connect(FaultServer server)
    {
        var session = server.Connect();
        session.Get("Import-Module -Assembly ([ScramjetPlatform.Tests.MeasureLeadCommand].Assembly)");
        return session;
    }

    /// <summary>Returns by how much a script raises the peak memory of a process.</summary>
    private static async Task<long> MeasureAsync(FaultServer server, string small, string big)
    {
        var program = typeof(StreamMemoryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "PeakMemory").Value! + (OperatingSystem.IsWindows() ? ".exe" : "");
        using var process = Process.Start(
            new ProcessStartInfo(
                program,
                [$"Connect-ScramjetPlatform -HubUri {server.BaseUri}; {small}", big]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        TestContext.Current.TestOutputHelper?.WriteLine($"{big}: {output.Trim()} bytes");
        return long.Parse(output, CultureInfo.InvariantCulture);
    }
}

/// <summary>A consumer that is sometimes slow, and measures by how much its producer is ahead.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Lead")]
public sealed class MeasureLeadCommand : Cmdlet
{
    internal static long Produced;
    internal static long Consumed;
    internal static long Most;

    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        if (Consumed % 200_000 == 0)
            Thread.Sleep(500);
        if (Consumed % 1000 == 0)
            Most = Math.Max(Most, Interlocked.Read(ref Produced) - Consumed);
        Consumed++;
    }
}
