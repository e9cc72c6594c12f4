using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Pipeline;

/// <summary>Reads endless streams of lines: what is there already, or all of them.</summary>
internal static class EndlessLines
{
    /// <summary>How long a stream must be silent for what is there already to have come.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(700);

    /// <summary>How long a stream may take to begin: some answer only with their first line.</summary>
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(3);

    /// <summary>How long the server may take to give a sign of life, where a stream doesn't begin.</summary>
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream that never falls silent is read for what was there already.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Reads what is there already: until the stream falls silent, and where it doesn't, for a time and until what comes is new.</summary>
    /// <param name="context">The command's.</param>
    /// <param name="client">The client of what is read.</param>
    /// <param name="open">Opens the stream.</param>
    /// <param name="take">Takes a line, and gives the time that it was written at; null where it has none.</param>
    public static async Task ReadAsync<T>(CommandContext context, T client, Func<T, CancellationToken, Task<ApiStream>> open, Func<string, Task<DateTimeOffset?>> take) where T : ApiClient
    {
        var opening = client.Transport.Timeout < Opening ? client.Transport.Timeout : Opening;
        var patience = opening < Beginning ? opening : Beginning;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        ApiStream? stream = null;
        LineReader? reader = null;
        try
        {
            stream = await open(context.Own(client, opening, patience), context.Cancellation).ConfigureAwait(false);
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
            // Silence: what was there has come, if the server lives. It does where it hasn't begun the stream: that has been seen to.
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

    /// <summary>Reads all that comes, until the stream's end.</summary>
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
