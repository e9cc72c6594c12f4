using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.LocalPlatform.Connections;

namespace ScramjetPlatform.Benchmarks;

/// <summary>
/// The least that a space can do for an output: it takes a hub's connection, and counts the bytes of the channel. Nothing is faster through a space, because
/// the rest is the hub's.
/// </summary>
internal sealed class BareSpace : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource<Multiplexer> joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BareSpace()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The address for hubs.</summary>
    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public void Dispose() => listener.Dispose();

    /// <summary>Counts the bytes of the response to a GET, with its headers and the lengths of its parts.</summary>
    public async Task<long> CountAsync(string path)
    {
        await using var channel = await (await joined.Task).OpenAsync();
        await channel.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n"));
        var buffer = new byte[1024 * 1024];
        var total = 0L;
        for (int count; (count = await channel.ReadAsync(buffer)) > 0;)
            total += count;
        return total;
    }

    private async Task AcceptAsync()
    {
        var client = await listener.AcceptTcpClientAsync();
        client.NoDelay = true;
        var stream = client.GetStream();
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 1024 * 1024));
        await RequestHead.ReadAsync(input, CancellationToken.None);
        await stream.WriteAsync("HTTP/1.1 200 \r\n\r\n"u8.ToArray());

        // What comes in one piece with the answer is lost to a hub.
        await Task.Delay(500);
        var multiplexer = new Multiplexer(new Transport(input, PipeWriter.Create(stream)), Multiplexer.HighChannels, _ => { });
        joined.SetResult(multiplexer);
        await multiplexer.RunAsync();
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
