using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Streams;

/// <summary>Reads endless streams of lines: the lines so far, or all of them.</summary>
internal static class EndlessLines
{
    /// <summary>How long a stream must be silent until its lines so far count as received.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(700);

    /// <summary>How long a stream may take to begin: some answer only with their first line.</summary>
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(3);

    /// <summary>How long the server may take to give a sign of life, where a stream doesn't begin.</summary>
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream that is never silent is read for its lines so far.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Reads what the stream has so far, or follows it to its end.</summary>
    /// <param name="context">The command's requests.</param>
    /// <param name="client">The client of the stream's place.</param>
    /// <param name="open">Opens the stream.</param>
    /// <param name="take">Takes a line, and gives the time that it was written at; null if it has none.</param>
    /// <param name="follow">Whether to read to the stream's end, rather than until it is silent.</param>
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

    /// <summary>Reads until the stream is silent. If it is never silent, for a time, and until the lines are newer than the request.</summary>
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

                // Only the stream's silence counts, not the time that a slow pipeline takes.
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                DateTimeOffset? newest = null;
                foreach (var line in lines)
                    newest = await take(line).ConfigureAwait(false);
                if (lines.Count > 0)
                    lastLine = clock.Elapsed;
                if (clock.Elapsed - lastLine > Longest || (lines.Count > 0 && clock.Elapsed > Longest && (newest is null || newest >= stream.Date)))
                    return;
            }
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            // Silence means that all lines so far were received, if the server still responds. For a stream that hasn't begun, that was checked already.
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

    /// <summary>Reads all lines to the stream's end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="take">Takes a line.</param>
    /// <param name="cancellationToken">Stops it.</param>
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
