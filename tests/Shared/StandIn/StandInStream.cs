using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Testing;

/// <summary>
/// The bytes of a stream. They are kept until a client reads them, and returned once. Clients that read at the same time get the same bytes. Bytes that
/// were sent to a client that has disconnected are lost.
/// </summary>
/// <param name="diesWithReader">Whether the stream ends for all clients when one has disconnected, like that of an instance's log.</param>
internal sealed class StandInStream(bool diesWithReader = false)
{
    /// <summary>The number of bytes that are kept before writers must wait.</summary>
    private const int Limit = 65536;

    private readonly object _lock = new();
    private readonly Queue<byte[]> _held = [];
    private readonly List<Reader> _readers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _size;
    private long _written;
    private bool _ended;
    private bool _dead;
    private bool _pumping;

    /// <summary>The number of bytes that were written.</summary>
    public long Written
    {
        get
        {
            lock (_lock)
                return _written;
        }
    }

    /// <summary>Writes, and waits until there is room for more.</summary>
    public async Task WriteAsync(byte[] piece, CancellationToken stop = default)
    {
        Write(piece);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_size < Limit || _ended)
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(stop);
        }
    }

    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes without waiting for room.</summary>
    public void Write(byte[] piece)
    {
        lock (_lock)
        {
            if (_ended || _dead)
                return;
            _held.Enqueue(piece);
            _size += piece.Length;
            _written += piece.Length;
            Change();
        }
    }

    /// <summary>Ends the stream. Bytes that are kept can still be read.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Change();
        }
    }

    /// <summary>Responds with the stream until it ends, or until the client disconnects.</summary>
    public async Task ServeAsync(FaultServer.Exchange exchange)
    {
        // As with a real hub, a client that has the head of the response gets everything from then on.
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadAsync(
            async piece =>
            {
                await begin.Task;
                await exchange.SendChunkAsync(piece);
            },
            exchange.LeftAsync());
        try
        {
            await exchange.BeginChunkedAsync();
        }
        finally
        {
            begin.SetResult();
        }

        if (await reading)
            await exchange.EndChunkedAsync();
        else
            exchange.Reset();
    }

    /// <summary>Sends the stream to a client until it ends, or until the client disconnects. Returns whether it has ended.</summary>
    public async Task<bool> ReadAsync(Func<byte[], Task> send, Task left)
    {
        var reader = new Reader(send);
        lock (_lock)
        {
            _readers.Add(reader);
            Change();
        }

        await Task.WhenAny(reader.Done.Task, left);
        lock (_lock)
        {
            _readers.Remove(reader);
            _dead |= diesWithReader;
        }

        return reader.Done.Task.IsCompletedSuccessfully && await reader.Done.Task;
    }

    /// <summary>Wakes the waiting readers and writers. The lock must be held.</summary>
    private void Change()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_pumping && _readers.Count > 0 && (_held.Count > 0 || _ended))
        {
            _pumping = true;
            _ = Task.Run(PumpAsync);
        }
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            Reader[] readers;
            byte[]? piece;
            lock (_lock)
            {
                readers = _dead ? [] : [.. _readers];
                if (readers.Length == 0 || (!_held.TryDequeue(out piece) && !_ended))
                {
                    _pumping = false;
                    return;
                }
            }

            foreach (var reader in readers)
            {
                try
                {
                    if (piece is null)
                        reader.Done.TrySetResult(true);
                    else
                        await reader.Send(piece);
                }
                catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
                {
                    reader.Done.TrySetResult(false);
                    lock (_lock)
                        _readers.Remove(reader);
                }
            }

            lock (_lock)
            {
                if (piece is null)
                {
                    _readers.RemoveAll(r => Array.IndexOf(readers, r) >= 0);
                    continue;
                }

                _size -= piece.Length;
                Change();
            }
        }
    }

    private sealed record Reader(Func<byte[], Task> Send)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
