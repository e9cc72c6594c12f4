using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>Data to send to a stream, and its content type.</summary>
public sealed class StreamBody
{
    private const int BlockSize = 128 * 1024;

    private readonly Func<Func<byte[], int, Task>, CancellationToken, Task> _produce;
    private long _waitingSince;
    private long _sent;
    private volatile bool _isAllSent;

    private StreamBody(Func<Func<byte[], int, Task>, CancellationToken, Task> produce, string contentType, bool isAscii)
    {
        _produce = produce;
        ContentType = ContentTypes.Check(contentType);
        IsAscii = isAscii;
    }

    /// <summary>The content type.</summary>
    public string ContentType { get; }

    /// <summary>Whether the data contains only ASCII characters, so that each part of it can be decoded.</summary>
    public bool IsAscii { get; }

    /// <summary>The number of bytes that have been sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Whether all data has been sent.</summary>
    internal bool IsAllSent => _isAllSent;

    /// <summary>
    /// How long the receiver has received none of the pending data, or hasn't responded to the complete body. Zero while the body has no pending data.
    /// </summary>
    public TimeSpan Waiting => Interlocked.Read(ref _waitingSince) is var since and not 0
        ? TimeSpan.FromSeconds((double)(Stopwatch.GetTimestamp() - since) / Stopwatch.Frequency)
        : TimeSpan.Zero;

    /// <summary>Creates a body that is written while it is sent.</summary>
    /// <param name="pipe">The pipe that the data is written to.</param>
    /// <param name="contentType">The content type.</param>
    /// <param name="isAscii">Whether the data contains only ASCII characters.</param>
    public static StreamBody From(BodyPipe pipe, string contentType, bool isAscii = false) => From(pipe.TakeAsync, contentType, isAscii);

    /// <summary>Creates a body whose data is requested when it can be sent.</summary>
    /// <param name="take">Returns the next data, which is sent before the next call, or null at the end.</param>
    /// <param name="contentType">The content type.</param>
    /// <param name="isAscii">Whether the data contains only ASCII characters.</param>
    internal static StreamBody From(Func<CancellationToken, Task<MemoryStream?>> take, string contentType, bool isAscii) => new(
        async (write, cancellationToken) =>
        {
            while (await take(cancellationToken).ConfigureAwait(false) is { } block)
                await write(block.GetBuffer(), (int)block.Length).ConfigureAwait(false);
        },
        contentType,
        isAscii);

    /// <summary>Creates a body from a stream, which is read while the body is sent.</summary>
    /// <param name="source">The stream, which stays open.</param>
    /// <param name="contentType">The content type.</param>
    /// <param name="progress">Receives the number of bytes sent.</param>
    /// <param name="isAscii">Whether the data contains only ASCII characters.</param>
    public static StreamBody From(Stream source, string contentType, IProgress<long>? progress = null, bool isAscii = false) => new(
        async (write, cancellationToken) =>
        {
            var block = new byte[BlockSize];
            var sent = 0L;
            int read;
            while ((read = await source.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await write(block, read).ConfigureAwait(false);
                progress?.Report(sent += read);
            }
        },
        contentType,
        isAscii);

    /// <summary>Creates an empty body.</summary>
    public static StreamBody Empty(string contentType) => new(static (_, _) => Task.CompletedTask, contentType, isAscii: true);

    /// <summary>Creates a body with the same data and another content type.</summary>
    public StreamBody As(string contentType) => new(_produce, contentType, IsAscii);

    internal StreamingContent ToContent(CancellationToken cancellationToken) => new(WriteAsync, ContentType, cancellationToken);

    private async Task WriteAsync(Stream target, Action<byte[], int, int>? sent, CancellationToken cancellationToken)
    {
        await _produce(
            async (block, count) =>
            {
                // A large block is sent in parts, to see whether the receiver reads it.
                for (var start = 0; start < count; start += BlockSize)
                {
                    var length = Math.Min(BlockSize, count - start);
                    Interlocked.Exchange(ref _waitingSince, Stopwatch.GetTimestamp());
                    await target.WriteAsync(block, start, length, cancellationToken).ConfigureAwait(false);
                    await target.FlushAsync(cancellationToken).ConfigureAwait(false);
                    Interlocked.Exchange(ref _waitingSince, 0);
                    Interlocked.Add(ref _sent, length);
                    sent?.Invoke(block, start, length);
                }
            },
            cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _waitingSince, Stopwatch.GetTimestamp());
        _isAllSent = true;
    }
}
