using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>What is sent into a stream: bytes from anywhere, and what they are.</summary>
public sealed class StreamBody
{
    private const int BlockSize = 128 * 1024;

    private readonly Func<Stream, CancellationToken, Task> _write;

    private StreamBody(Func<Stream, CancellationToken, Task> write, string contentType)
    {
        _write = write;
        ContentType = contentType;
    }

    /// <summary>The content type.</summary>
    public string ContentType { get; }

    /// <summary>A body that is produced while it is sent.</summary>
    public static StreamBody From(BodyPipe pipe, string contentType) => new(pipe.CopyToAsync, contentType);

    /// <summary>A stream, which is read while it is sent.</summary>
    /// <param name="source">The stream; it stays open.</param>
    /// <param name="contentType">What it holds.</param>
    /// <param name="progress">Told of the bytes sent.</param>
    public static StreamBody From(Stream source, string contentType, IProgress<long>? progress = null) => new(
        async (target, cancellationToken) =>
        {
            var block = new byte[BlockSize];
            var sent = 0L;
            int read;
            while ((read = await source.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await target.WriteAsync(block, 0, read, cancellationToken).ConfigureAwait(false);
                progress?.Report(sent += read);
            }
        },
        contentType);

    /// <summary>The same data under another content type.</summary>
    public StreamBody As(string contentType) => new(_write, contentType);

    internal StreamingContent ToContent(CancellationToken cancellationToken) => new(_write, ContentType, cancellationToken);
}
