using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Scramjet.Testing;

/// <summary>
/// What an instance takes in. The first request's content type counts for good; the piece that comes together with it has been
/// read as UTF-8, whatever it was.
/// </summary>
internal sealed class StandInInput(StandInInstance instance, string path)
{
    /// <summary>What comes this soon after the type is read together with it.</summary>
    private static readonly TimeSpan s_together = TimeSpan.FromMilliseconds(20);

    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(64);
    private readonly TaskCompletionSource<string> _type = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _one = new(1);
    private readonly Stopwatch _sinceType = new();
    private bool _announced;

    /// <summary>The content type of the input, once somebody has sent some.</summary>
    public Task<string> Type => _type.Task.WaitAsync(instance.Ending);

    /// <summary>What comes in, until it is closed.</summary>
    public IAsyncEnumerable<byte[]> ReadAsync() => _pieces.Reader.ReadAllAsync(instance.Ending);

    public void End()
    {
        _type.TrySetCanceled();
        _pieces.Writer.TryComplete();
    }

    /// <summary>Takes a request's body in: the answer's headers at once, its end when all is in.</summary>
    public async Task TakeAsync(FaultServer.Exchange exchange, bool answer = true)
    {
        await exchange.ContinueAsync();
        var type = exchange.Headers.GetValueOrDefault("Content-Type");
        var stdin = path == "/stdin";
        if (stdin && type is not (null or "application/octet-stream"))
            throw new FakeHub.Refusal(500, null);
        if (!stdin && instance.Start["inputTopic"] is not null)
        {
            await exchange.ReadBodyAsync();
            throw new FakeHub.Refusal(405, "Input provided in other way");
        }

        if (!stdin && !_announced && type is null)
        {
            await exchange.ReadBodyAsync();
            throw new FakeHub.Refusal(406, "Content-Type must be defined");
        }

        var stays = exchange.Headers.GetValueOrDefault("x-end-stream") == "false";
        if (answer)
            await exchange.SendAsync($"HTTP/1.1 {(stays ? "202 Accepted" : "200 OK")}\r\nTransfer-Encoding: chunked\r\n\r\n");
        if (!_announced)
        {
            _announced = true;
            _sinceType.Start();
            _type.TrySetResult(type ?? "");
        }

        try
        {
            await foreach (var block in exchange.ReadBlocksAsync())
            {
                var piece = block;
                if (!stdin && _sinceType.IsRunning)
                {
                    if (_sinceType.Elapsed < s_together)
                        piece = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(piece));
                    _sinceType.Stop();
                }

                if (piece.Length > 0)
                    await _pieces.Writer.WriteAsync(piece);
            }
        }
        catch (ChannelClosedException)
        {
            // The instance has ended; the hub takes the rest and drops it.
            await exchange.ReadBodyAsync();
        }

        if (!stays)
            _pieces.Writer.TryComplete();
        if (answer)
            await exchange.EndChunkedAsync();
    }
}
