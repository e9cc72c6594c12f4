using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>
/// A request's body that is produced while it is sent. What is written goes out at once when the line is free, and gathers while
/// it isn't; whoever writes faster than the far end takes waits for <see cref="RoomAsync"/>.
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

    /// <summary>Adds bytes.</summary>
    public void Write(byte[] bytes, int offset, int count)
    {
        TaskCompletionSource<bool>? data;
        lock (_gate)
        {
            _filling.Write(bytes, offset, count);
            data = _data;
            _data = null;
        }

        data?.TrySetResult(true);
    }

    /// <summary>
    /// Ends when there is room for more: never before the first of it is being sent, so that what is written with pauses isn't joined while the way
    /// is still being made.
    /// </summary>
    public Task RoomAsync()
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

    /// <summary>Ends the body, in good order.</summary>
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

    internal async Task CopyToAsync(Func<byte[], int, Task> write, CancellationToken cancellationToken)
    {
        while (await TakeAsync(cancellationToken).ConfigureAwait(false) is { } block)
        {
            _begun.TrySetResult(true);
            await write(block.GetBuffer(), (int)block.Length).ConfigureAwait(false);
        }
    }

    private async Task<MemoryStream?> TakeAsync(CancellationToken cancellationToken)
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
                    _room?.TrySetResult(true);
                    _room = null;
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

/// <summary>A body of any length that something writes while it is sent.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly Func<Stream, CancellationToken, Task> _write;
    private readonly CancellationToken _cancellationToken;

    public StreamingContent(Func<Stream, CancellationToken, Task> write, string contentType, CancellationToken cancellationToken)
    {
        _write = write;
        _cancellationToken = cancellationToken;
        Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _write(stream, _cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
