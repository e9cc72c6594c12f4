using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Streams;

/// <summary>Reads endless streams of lines: the existing lines, or all of them.</summary>
internal static class EndlessLines
{
    /// <summary>The time without data after which all existing lines are considered received.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(700);

    /// <summary>The time for a stream to begin, because some servers respond only with the first line.</summary>
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(3);

    /// <summary>The time for the server to respond to a check if a stream doesn't begin.</summary>
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(10);

    /// <summary>The time to read existing lines from a stream that never pauses.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    /// <summary>Reads the existing lines of a stream, or follows it to its end.</summary>
    /// <param name="context">The command's requests.</param>
    /// <param name="client">The client of the stream's place.</param>
    /// <param name="open">Opens the stream.</param>
    /// <param name="take">Processes a line and returns the time at which it was written, or null if it has none.</param>
    /// <param name="follow">Whether to read to the end of the stream, rather than until it pauses.</param>
    public static async Task ReadAsync<T>(
        RequestContext context,
        T client,
        Func<T, CancellationToken, Task<ApiStream>> open,
        Func<string, Task<DateTimeOffset?>> take,
        bool follow) where T : ApiClient
    {
        if (!follow)
        {
            await ReadToSilenceAsync(context, client, open, take).ConfigureAwait(false);
            return;
        }

        using var stream = await open(client, context.Cancellation).ConfigureAwait(false);
        await FollowAsync(stream, take, context.Cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads until the stream pauses. If it never does, reads for a maximum time, and until the lines are newer than the request.</summary>
    private static async Task ReadToSilenceAsync<T>(
        RequestContext context,
        T client,
        Func<T, CancellationToken, Task<ApiStream>> open,
        Func<string, Task<DateTimeOffset?>> take) where T : ApiClient
    {
        var opening = client.Transport.Timeout < Opening ? client.Transport.Timeout : Opening;
        var beginning = opening < Beginning ? opening : Beginning;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        ApiStream? stream = null;
        LineReader? reader = null;
        try
        {
            stream = await open(context.Bind(client, opening, beginning), context.Cancellation).ConfigureAwait(false);
            var clock = Stopwatch.StartNew();
            var lastLine = clock.Elapsed;
            reader = new LineReader(stream);
            while (true)
            {
                limit.CancelAfter(Quiet);
                if (await reader.ReadAsync(limit.Token).ConfigureAwait(false) is not { } lines)
                    return;

                // The time that a slow pipeline takes doesn't count as a pause.
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                DateTimeOffset? newest = null;
                foreach (var line in lines)
                    newest = await take(line).ConfigureAwait(false);
                if (lines.Count > 0)
                    lastLine = clock.Elapsed;
                var isNew = newest is null || newest >= stream.Date;
                if (clock.Elapsed - lastLine > MaxTime || (lines.Count > 0 && clock.Elapsed > MaxTime && isNew))
                    return;
            }
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            // In a pause, all existing lines were received if the server still responds. For a stream that hasn't begun, this was checked before.
            if (reader?.TakeRest() is { } rest)
                await take(rest).ConfigureAwait(false);
            if (stream is not null)
                await client.ProbeAsync(stream, context.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            stream?.Dispose();
        }
    }

    /// <summary>Reads all lines to the end of the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="take">Processes a line.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task FollowAsync(ApiStream stream, Func<string, Task> take, CancellationToken cancellationToken)
    {
        var reader = new LineReader(stream);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } lines)
        {
            foreach (var line in lines)
                await take(line).ConfigureAwait(false);
        }
    }
}
