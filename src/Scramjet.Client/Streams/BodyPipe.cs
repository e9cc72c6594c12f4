using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>
/// A request body that is written while it is sent. Data is sent at once if the connection is free, and is buffered otherwise. A writer that is faster than
/// the receiver waits with <see cref="WaitForRoomAsync"/>.
/// </summary>
public sealed class BodyPipe
{
    private const int Limit = 256 * 1024;

    private readonly object _gate = new();
    private readonly TaskCompletionSource<bool> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MemoryStream _filling = new();
    private MemoryStream _sending = new();
    private TaskCompletionSource<bool>? _data;
    private TaskCompletionSource<bool>? _room;
    private bool _complete;
    private long _writes;

    /// <summary>The number of writes whose data was taken.</summary>
    internal long TakenWrites { get; private set; }

    /// <summary>Adds bytes to the body.</summary>
    public void Write(byte[] bytes, int offset, int count)
    {
        TaskCompletionSource<bool>? data;
        lock (_gate)
        {
            _filling.Write(bytes, offset, count);
            _writes++;
            data = _data;
            _data = null;
        }

        data?.TrySetResult(true);
    }

    /// <summary>
    /// Waits until there is room for more data. There is none until the first data is being sent, so that data written with pauses isn't joined while the
    /// connection is being established.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public Task WaitForRoomAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.CanBeCanceled ? Room().OrCanceledAsync(cancellationToken) : Room();

    private Task Room()
    {
        if (!_begun.Task.IsCompleted)
            return _begun.Task;
        lock (_gate)
        {
            if (_filling.Length < Limit)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Completes the body. No more data can be written.</summary>
    public void Complete()
    {
        TaskCompletionSource<bool>? data;
        lock (_gate)
        {
            _complete = true;
            data = _data;
            _data = null;
        }

        data?.TrySetResult(true);
    }

    /// <summary>Returns the data that was written, or null if the body is complete.</summary>
    internal async Task<MemoryStream?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task waiting;
            lock (_gate)
            {
                if (_filling.Length > 0)
                {
                    (_filling, _sending) = (_sending, _filling);
                    _filling.SetLength(0);
                    TakenWrites = _writes;
                    _room?.TrySetResult(true);
                    _room = null;
                    _begun.TrySetResult(true);
                    return _sending;
                }

                if (_complete)
                    return null;
                _data = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _data.Task;
            }

            using var stop = cancellationToken.Register(() =>
            {
                lock (_gate)
                    _data?.TrySetCanceled();
            });
            await waiting.ConfigureAwait(false);
        }
    }
}

/// <summary>A body of unknown length that is written while it is sent.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly Func<Stream, Action<byte[], int, int>?, CancellationToken, Task> _write;
    private readonly CancellationToken _cancellationToken;

    public StreamingContent(Func<Stream, Action<byte[], int, int>?, CancellationToken, Task> write, string contentType, CancellationToken cancellationToken)
    {
        _write = write;
        _cancellationToken = cancellationToken;
        Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    /// <summary>Receives each block that was sent.</summary>
    public Action<byte[], int, int>? Sent { get; set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _write(stream, Sent, _cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
