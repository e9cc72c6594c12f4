using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Pipeline;

/// <summary>Writes what comes out of a stream to the pipeline: as objects, lines, or blocks of bytes.</summary>
internal static class OutputWriter
{
    /// <summary>The size of the blocks that streams are read in.</summary>
    public const int BlockSize = 128 * 1024;

    /// <summary>Writes a stream to its end.</summary>
    /// <param name="cmdlet">Whose pipeline it is.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="contentType">What it holds; null to tell by the first line.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="first">Stop after this many objects, lines or blocks.</param>
    public static Task WriteAsync(ScramjetCmdlet cmdlet, ApiStream stream, string? contentType, CancellationToken cancellationToken, int first = int.MaxValue) => contentType == ContentTypes.Bytes
        ? WriteBlocksAsync(cmdlet, stream, first, cancellationToken)
        : WriteObjectsAsync(cmdlet, stream, contentType, first, cancellationToken);

    private static async Task WriteObjectsAsync(ScramjetCmdlet cmdlet, ApiStream stream, string? contentType, int left, CancellationToken cancellationToken)
    {
        var reader = new LineReader(stream);
        var decoder = new StreamDecoder(contentType);
        try
        {
            while (left > 0 && await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } lines)
                await WriteAsync(lines).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cmdlet.Cancellation.IsCancellationRequested)
        {
            // The time is up. The hub doesn't give again what has come of a line.
            if (left > 0 && reader.TakeRest() is { } rest)
                await WriteAsync([rest]).ConfigureAwait(false);
            throw;
        }

        async Task WriteAsync(IReadOnlyList<string> lines)
        {
            var size = lines.Sum(static line => (long)line.Length);
            var values = decoder.Decode(lines, cmdlet.Report);
            if (values.Count > left)
                values = values.Take(left).ToArray();
            left -= values.Count;
            await cmdlet.WriteManyAsync(values, size).ConfigureAwait(false);
        }
    }

    private static async Task WriteBlocksAsync(ScramjetCmdlet cmdlet, ApiStream stream, int left, CancellationToken cancellationToken)
    {
        var block = new byte[BlockSize];
        int read;
        for (; left > 0 && (read = await stream.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0; left--)
        {
            var bytes = new byte[read];
            Buffer.BlockCopy(block, 0, bytes, 0, read);
            await cmdlet.WriteBlockAsync(bytes).ConfigureAwait(false);
        }
    }
}
