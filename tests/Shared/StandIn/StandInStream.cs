using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Scramjet.Testing;

/// <summary>
/// What an instance puts out: held back until somebody reads, and given once. Who reads at the same time gets the same; what was
/// given to a reader that has left is lost.
/// </summary>
internal sealed class StandInStream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(64);
    private readonly List<Reader> _readers = [];
    private TaskCompletionSource _somebodyReads = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public StandInStream() => _ = PumpAsync();

    public async Task WriteAsync(byte[] piece)
    {
        try
        {
            await _pieces.Writer.WriteAsync(piece);
        }
        catch (ChannelClosedException)
        {
            // The instance has ended.
        }
    }

    /// <summary>Writes without waiting for room; what there is no room for is dropped.</summary>
    public void Write(string text) => _pieces.Writer.TryWrite(Encoding.UTF8.GetBytes(text));

    public void End() => _pieces.Writer.TryComplete();

    /// <summary>Answers with all that comes until the end, or until the client leaves.</summary>
    public async Task ServeAsync(FaultServer.Exchange exchange)
    {
        await exchange.BeginChunkedAsync();
        var reader = new Reader(exchange);
        lock (_readers)
        {
            reader.Ended = _ended;
            if (_ended)
                reader.Left.TrySetResult();
            else
                _readers.Add(reader);
            _somebodyReads.TrySetResult();
        }

        await Task.WhenAny(reader.Left.Task, exchange.LeftAsync());
        Remove(reader);
        if (reader.Ended)
            await exchange.EndChunkedAsync();
        else
            exchange.Reset();
    }

    private void Remove(Reader reader)
    {
        lock (_readers)
        {
            _readers.Remove(reader);
            if (_readers.Count == 0 && _somebodyReads.Task.IsCompleted)
                _somebodyReads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        reader.Left.TrySetResult();
    }

    private async Task PumpAsync()
    {
        while (await _pieces.Reader.WaitToReadAsync())
        {
            // Only this takes pieces out.
            _pieces.Reader.TryPeek(out var piece);
            foreach (var reader in await ReadersAsync())
            {
                try
                {
                    await reader.Exchange.SendChunkAsync(piece);
                }
                catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
                {
                    Remove(reader);
                }
            }

            _pieces.Reader.TryRead(out _);
        }

        lock (_readers)
        {
            _ended = true;
            foreach (var reader in _readers)
            {
                reader.Ended = true;
                reader.Left.TrySetResult();
            }
        }
    }

    private async Task<Reader[]> ReadersAsync()
    {
        while (true)
        {
            Task somebodyReads;
            lock (_readers)
            {
                if (_readers.Count > 0)
                    return [.. _readers];
                somebodyReads = _somebodyReads.Task;
            }

            await somebodyReads;
        }
    }

    private sealed class Reader(FaultServer.Exchange exchange)
    {
        public FaultServer.Exchange Exchange { get; } = exchange;

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Ended { get; set; }
    }
}
