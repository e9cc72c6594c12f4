using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Streams;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Streams;

/// <summary>Writes the data of a stream to the pipeline: as objects, lines, or blocks of bytes.</summary>
internal static class OutputWriter
{
    /// <summary>The size of the blocks in which streams are read.</summary>
    public const int BlockSize = 128 * 1024;

    /// <summary>Writes a stream to its end.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="contentType">The content type; null to detect it from the first line.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <param name="first">The number of objects, lines or blocks to stop after.</param>
    /// <param name="hurry">Completes when the stream must be read without waiting for the pipeline, because the rest of it will be lost soon.</param>
    /// <param name="share">The share of the records that the objects or lines answer; null for other output.</param>
    /// <returns>The number of objects, lines or blocks.</returns>
    public static Task<long> WriteAsync(
        CommandContext context,
        ApiStream stream,
        string? contentType,
        CancellationToken cancellationToken,
        int first = int.MaxValue,
        Task? hurry = null,
        RecordShare? share = null) => contentType == ContentTypes.Bytes
        ? WriteBlocksAsync(context, stream, first, hurry, cancellationToken)
        : WriteObjectsAsync(context, stream, contentType, first, hurry, share, cancellationToken);

    private static async Task<long> WriteObjectsAsync(
        CommandContext context,
        ApiStream stream,
        string? contentType,
        int first,
        Task? hurry,
        RecordShare? share,
        CancellationToken cancellationToken)
    {
        var report = share?.Reporter(context.Report) ?? context.Report;
        var reader = new LineReader(stream);
        var decoder = share?.CreateDecoder(contentType) ?? new StreamDecoder(contentType);
        var written = 0L;
        try
        {
            while (written < first && await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } lines)
                await WriteAsync(lines).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            // The time is up. The hub doesn't send an incomplete line again, so it is written now.
            if (written < first && reader.TakeRest() is { } rest)
                await WriteAsync([rest]).ConfigureAwait(false);
            throw;
        }

        return written;

        async Task WriteAsync(IReadOnlyList<string> lines)
        {
            var size = lines.Sum(static line => (long)line.Length);
            var values = decoder.Decode(lines, report, reader.EndsWithinLine);
            if (values.Count > first - written)
                values = values.Take((int)(first - written)).ToArray();
            written += values.Count;
            var room = share?.ReturnAsync(values, size, reader.EndsWithinLine) ?? context.Output.WriteManyAsync(values, size);
            await WaitForRoomAsync(room, hurry).ConfigureAwait(false);
        }
    }

    private static async Task<long> WriteBlocksAsync(CommandContext context, ApiStream stream, int first, Task? hurry, CancellationToken cancellationToken)
    {
        var block = new byte[BlockSize];
        var written = 0L;
        int read;
        for (; written < first && (read = await stream.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0; written++)
        {
            var bytes = new byte[read];
            Buffer.BlockCopy(block, 0, bytes, 0, read);
            await WaitForRoomAsync(context.Output.WriteBlockAsync(bytes), hurry).ConfigureAwait(false);
        }

        return written;
    }

    /// <summary>Waits until the pipeline has room for more, or until the stream must be read without waiting.</summary>
    private static Task WaitForRoomAsync(Task room, Task? hurry) => room.IsCompleted || hurry is null ? room : Task.WhenAny(room, hurry);
}
