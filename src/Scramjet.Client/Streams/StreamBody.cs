using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>What is sent into a stream: bytes from anywhere, and what they are.</summary>
public sealed class StreamBody
{
    private const int BlockSize = 128 * 1024;

    private readonly Func<Func<byte[], int, Task>, CancellationToken, Task> _produce;
    private long _waitingSince;
    private long _sent;

    private StreamBody(Func<Func<byte[], int, Task>, CancellationToken, Task> produce, string contentType, bool isAscii)
    {
        _produce = produce;
        ContentType = ContentTypes.Check(contentType);
        IsAscii = isAscii;
    }

    /// <summary>The content type.</summary>
    public string ContentType { get; }

    /// <summary>Whether there is nothing in it but ASCII characters, which can be decoded from any piece of it.</summary>
    public bool IsAscii { get; }

    /// <summary>How many bytes of it have been sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>How long the far end has taken nothing of what is there to be sent, or has left a body that was sent unanswered. Nothing where the body itself is what is waited for.</summary>
    public TimeSpan Waiting => Interlocked.Read(ref _waitingSince) is var since and not 0
        ? TimeSpan.FromSeconds((double)(Stopwatch.GetTimestamp() - since) / Stopwatch.Frequency)
        : TimeSpan.Zero;

    /// <summary>A body that is produced while it is sent.</summary>
    /// <param name="pipe">What it is written to.</param>
    /// <param name="contentType">What it holds.</param>
    /// <param name="isAscii">Whether it holds nothing but ASCII characters.</param>
    public static StreamBody From(BodyPipe pipe, string contentType, bool isAscii = false) => new(pipe.CopyToAsync, contentType, isAscii);

    /// <summary>A stream, which is read while it is sent.</summary>
    /// <param name="source">The stream; it stays open.</param>
    /// <param name="contentType">What it holds.</param>
    /// <param name="progress">Told of the bytes sent.</param>
    /// <param name="isAscii">Whether it holds nothing but ASCII characters.</param>
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

    /// <summary>A body without anything in it.</summary>
    public static StreamBody Empty(string contentType) => new(static (_, _) => Task.CompletedTask, contentType, isAscii: true);

    /// <summary>The same data under another content type.</summary>
    public StreamBody As(string contentType) => new(_produce, contentType, IsAscii);

    internal StreamingContent ToContent(CancellationToken cancellationToken) => new(WriteAsync, ContentType, cancellationToken);

    private async Task WriteAsync(Stream target, CancellationToken cancellationToken)
    {
        await _produce(
            async (block, count) =>
            {
                // A large block goes in parts, so that the far end is seen to take it.
                for (var start = 0; start < count; start += BlockSize)
                {
                    var length = Math.Min(BlockSize, count - start);
                    Interlocked.Exchange(ref _waitingSince, Stopwatch.GetTimestamp());
                    await target.WriteAsync(block, start, length, cancellationToken).ConfigureAwait(false);
                    await target.FlushAsync(cancellationToken).ConfigureAwait(false);
                    Interlocked.Exchange(ref _waitingSince, 0);
                    Interlocked.Add(ref _sent, length);
                }
            },
            cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _waitingSince, Stopwatch.GetTimestamp());
    }
}
