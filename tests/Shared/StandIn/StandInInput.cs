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
/// The input of an instance. The content type of the first request applies to all later ones. The data that arrives together with it is read as UTF-8, whatever
/// it is.
/// </summary>
/// <param name="instance">The instance.</param>
/// <param name="standard">Whether it is the standard input, which has no content type.</param>
internal sealed class StandInInput(StandInInstance instance, bool standard)
{
    /// <summary>The time after the content type within which data is read together with it. In the release, it is up to 5 ms.</summary>
    private static readonly TimeSpan s_together = TimeSpan.FromMilliseconds(20);

    /// <summary>The number of bytes that a process reads at once.</summary>
    private const int ReadSize = 65536;

    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(16);
    private readonly TaskCompletionSource<string> _type = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stopwatch _sinceType = new();
    private bool _begun;

    /// <summary>Completes with the content type when a client has sent one that the hub can read.</summary>
    public Task<string> Type => _type.Task.WaitAsync(instance.Ending);

    private bool IsAnnounced => _sinceType.IsRunning || _type.Task.IsCompleted;

    /// <summary>Returns the data until the input is closed, in the pieces in which the program's process reads it.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync()
    {
        var rest = Array.Empty<byte>();
        while (rest.Length > 0 || await _pieces.Reader.WaitToReadAsync(instance.Ending))
        {
            while (rest.Length < ReadSize && _pieces.Reader.TryRead(out var more))
                rest = [.. rest, .. more];
            var piece = rest[..Math.Min(rest.Length, ReadSize)];
            rest = rest[piece.Length..];
            yield return piece;
        }
    }

    /// <summary>Returns the data as text. Each piece is decoded separately, so a character at the border of two pieces is lost.</summary>
    public async IAsyncEnumerable<string> ReadTextAsync()
    {
        await foreach (var piece in ReadAsync())
            yield return Encoding.UTF8.GetString(piece);
    }

    public void End() => _pieces.Writer.TryComplete();

    /// <summary>Reads the data of a topic.</summary>
    public void TakeTopic(StandInTopic? topic)
    {
        if (topic is null)
            return;
        _type.TrySetResult(topic.ContentType);
        _ = topic.GiveAsync(piece => _pieces.Writer.WriteAsync(piece, instance.Ending).AsTask(), Task.Delay(Timeout.Infinite, instance.Ending));
    }

    /// <summary>Reads the body of a request. The headers of the response are sent at once, and its end when the body was read.</summary>
    public async Task TakeAsync(FaultServer.Exchange exchange, bool answer = true)
    {
        await exchange.ContinueAsync();
        var type = exchange.Headers.GetValueOrDefault("Content-Type");
        if (standard && type is not (null or "application/octet-stream"))
            throw FakeHub.Refusal.InInstance("415: Invalid content-type");
        if (!standard && instance.HasInputTopic)
            throw new FakeHub.Refusal(405, "Input provided in other way");
        if (!standard && !IsAnnounced && type is null)
            throw new FakeHub.Refusal(406, "Content-Type must be defined");

        var stays = exchange.Headers.GetValueOrDefault("x-end-stream") == "false";
        Announce(type ?? "");
        if (answer)
            await exchange.SendAsync($"HTTP/1.1 {(stays ? "202 Accepted" : "200 OK")}\r\nTransfer-Encoding: chunked\r\n\r\n");
        try
        {
            await foreach (var block in exchange.ReadBlocksAsync())
            {
                if (block.Length > 0)
                    await _pieces.Writer.WriteAsync(Read(block), instance.Ending);
            }
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // If the input is closed or the instance has ended, the request never gets a complete response.
            await exchange.LeftAsync();
            exchange.Reset();
            return;
        }

        if (!stays)
            _pieces.Writer.TryComplete();
        if (answer)
            await exchange.EndChunkedAsync();
    }

    private void Announce(string type)
    {
        if (standard || IsAnnounced)
            return;
        _sinceType.Start();
        if (type is "text/plain" or "application/octet-stream" || type.EndsWith("x-ndjson", StringComparison.Ordinal))
        {
            _type.TrySetResult(type);
            _ = LogTypeAsync(type);
        }
    }

    /// <summary>Signals that the content type was read, when no more data is read together with it.</summary>
    private async Task LogTypeAsync(string type)
    {
        while (_sinceType.Elapsed < s_together)
            await Task.Delay(s_together);
        instance.LogInputType(type);
    }

    /// <summary>Returns a piece as the program receives it. Up to 64 KiB of the first piece were decoded as text.</summary>
    private byte[] Read(byte[] piece)
    {
        if (standard || _begun)
            return piece;
        var together = _sinceType.Elapsed < s_together;
        _begun = true;
        var length = Math.Min(piece.Length, ReadSize - 42);
        return together ? [.. Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(piece, 0, length)), .. piece[length..]] : piece;
    }
}
