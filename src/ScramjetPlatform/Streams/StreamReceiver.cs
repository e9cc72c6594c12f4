using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;
using ScramjetPlatform.View;

namespace ScramjetPlatform.Streams;

/// <summary>Writes the data of streams to the pipeline, as objects, lines or bytes, or directly to a file.</summary>
/// <param name="context">The command's requests and output.</param>
/// <param name="durationSec">The time to receive data; null for no limit.</param>
internal sealed class StreamReceiver(CommandContext context, double? durationSec)
{
    private int _isFileTaken;

    /// <summary>The content type; null for that of the stream.</summary>
    public string? ContentType { get; init; }

    /// <summary>The number of objects, lines or blocks to stop after.</summary>
    public int First { get; init; } = int.MaxValue;

    /// <summary>The file; null for the pipeline.</summary>
    public string? File { get; init; }

    /// <summary>Whether data is added to the file.</summary>
    public bool Append { get; init; }

    /// <summary>Whether an existing file is replaced.</summary>
    public bool Replace { get; init; }

    /// <summary>Checks the parameters of a command that receives.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>.</exception>
    public static void Check(string? contentType, string? outFile, bool append, bool force, int first)
    {
        if (contentType is not null)
            ContentTypes.Check(contentType);
        if (outFile is null && (append || force))
            throw new ScramjetException(ErrorCodes.BadParameters, $"-{(append ? "Append" : "Force")} requires -OutFile.", "Specify -OutFile.");
        if (append && force)
            throw new ScramjetException(ErrorCodes.BadParameters, "-Force replaces a file, and -Append adds to it.", "Specify one of them.");
        if (outFile is not null && first != int.MaxValue)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                "-First counts objects, lines or blocks, but -OutFile writes bytes as they arrive.",
                "Specify one of them.");
        }
    }

    /// <summary>Opens a stream and writes its data.</summary>
    /// <param name="open">Opens the stream within a time limit; null for no limit while its hub responds.</param>
    /// <param name="name">The stream's name, for messages.</param>
    public async Task ReceiveAsync(Func<TimeSpan?, CancellationToken, Task<ApiStream>> open, string name)
    {
        var time = new StreamTime(durationSec, context.Cancellation);
        var ended = File is not null
            ? await ToFileAsync(File, time, open, name).ConfigureAwait(false)
            : await time.ReadAsync(open, WriteAsync).ConfigureAwait(false);
        if (!ended)
            context.Output.PostVerbose($"{name}: the time of {durationSec} s has passed.");
    }

    private Task WriteAsync(ApiStream stream, CancellationToken cancellationToken) =>
        OutputWriter.WriteAsync(context, stream, ContentType ?? stream.ContentType, cancellationToken, First);

    private async Task<bool> ToFileAsync(string path, StreamTime time, Func<TimeSpan?, CancellationToken, Task<ApiStream>> open, string name)
    {
        if (Interlocked.Exchange(ref _isFileTaken, 1) != 0)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{path}' can't receive {name} too: a file can receive one stream.",
                "Specify a separate file for each stream.");
        }

        if (!await context.Output.ConfirmAsync(path, $"{(Append ? "Append" : "Write")} {name}").ConfigureAwait(false))
            return true;

        // Hubs don't repeat the data of a stream: an error about the file must come before the request.
        using var file = ReceivedFile.Open(path, Append, Replace);
        try
        {
            return await ByteProgress.ShowAsync(context.Output.PostProgress, $"Receiving {name}", null, async progress =>
            {
                var ended = await time.ReadAsync(open, (stream, token) => file.ReceiveAsync(stream, progress, token)).ConfigureAwait(false);
                file.Complete();
                return ended;
            }).ConfigureAwait(false);
        }
        catch (ScramjetException) when (file.Partial is { } partial)
        {
            context.Output.PostWarning($"The received part of {name} is in '{partial}'.");
            throw;
        }
    }
}
