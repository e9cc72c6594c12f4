using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Streams;

/// <summary>
/// Reads endless streams of lines. No server says where the existing lines end and the new ones begin, so this is inferred from a silence of the stream: see
/// <see cref="StreamSilence"/>.
/// </summary>
internal static class EndlessLines
{
    /// <summary>How long a stream may take to begin: some answer only with their first line.</summary>
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(3);

    /// <summary>How long the server may take to respond to a check if a stream doesn't begin.</summary>
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream that is never silent is read for its existing lines.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>How much newer than the request a line must be, so that it can't be a line so far. Servers give the time of a response to the second.</summary>
    private static readonly TimeSpan Newer = TimeSpan.FromSeconds(1);

    /// <summary>Reads what the stream has so far, or follows it to its end.</summary>
    /// <param name="context">The command's requests.</param>
    /// <param name="client">The client of the stream's place.</param>
    /// <param name="open">Opens the stream.</param>
    /// <param name="take">Takes lines, and gives their times.</param>
    /// <param name="follow">Whether to read to the stream's end, rather than the existing lines.</param>
    /// <param name="pastHistory">When following: called once the existing lines have been received.</param>
    public static async Task ReadAsync<T>(
        RequestContext context,
        T client,
        Func<T, CancellationToken, Task<ApiStream>> open,
        Func<IReadOnlyList<string>, Task<LineTimes>> take,
        bool follow,
        Func<Task>? pastHistory = null) where T : ApiClient
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        var opening = follow ? OpenToFollowAsync(context, client, open, pastHistory) : OpenAsync(context, client, open);
        using var stream = await opening.ConfigureAwait(false);
        if (stream is null)
            return;

        var reader = new LineReader(stream);
        var (reading, hadRest) = await ReadHistoryAsync(client, stream, reader, take, over.Token).ConfigureAwait(false);
        if (reading is null)
            return;

        if (follow)
        {
            if (pastHistory is not null)
                await pastHistory().ConfigureAwait(false);
            while (await reading.ConfigureAwait(false) is { } lines)
            {
                await take(lines).ConfigureAwait(false);
                reading = reader.ReadAsync(context.Cancellation);
            }

            return;
        }

        over.Cancel();
        try
        {
            // What has come at the last moment counts, but for the beginning of a line.
            if (await reading.ConfigureAwait(false) is { Count: > 0 } last)
            {
                await take(last).ConfigureAwait(false);
                return;
            }
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            // No more data has arrived.
        }

        if (hadRest && reader.TakeRest() is { } rest)
            await take([rest]).ConfigureAwait(false);
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

    /// <summary>Opens a stream for its existing lines; null if it doesn't begin.</summary>
    private static async Task<ApiStream?> OpenAsync<T>(RequestContext context, T client, Func<T, CancellationToken, Task<ApiStream>> open) where T : ApiClient
    {
        var opening = Timings.Shorter(client.Transport.Timeout, Opening);
        try
        {
            return await open(context.Bind(client, opening, Timings.Shorter(opening, Beginning)), context.Cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Opens a stream that is followed. One that doesn't begin for some time has no existing lines.</summary>
    private static async Task<ApiStream?> OpenToFollowAsync<T>(
        RequestContext context,
        T client,
        Func<T, CancellationToken, Task<ApiStream>> open,
        Func<Task>? pastHistory) where T : ApiClient
    {
        var opening = open(client, context.Cancellation);
        if (pastHistory is not null && await Task.WhenAny(opening, Task.Delay(Beginning, context.Cancellation)).ConfigureAwait(false) != opening)
            await pastHistory().ConfigureAwait(false);
        return await opening.ConfigureAwait(false);
    }

    /// <summary>Reads the existing lines.</summary>
    /// <returns>The reading of the lines after them, and whether a line without an end has come before; null if the stream has ended.</returns>
    private static async Task<(Task<IReadOnlyList<string>?>? Reading, bool HadRest)> ReadHistoryAsync<T>(
        T client,
        ApiStream stream,
        LineReader reader,
        Func<IReadOnlyList<string>, Task<LineTimes>> take,
        CancellationToken cancellationToken) where T : ApiClient
    {
        var clock = Stopwatch.StartNew();
        var silence = new StreamSilence(client, stream, clock, cancellationToken);
        var lastLine = clock.Elapsed;
        while (true)
        {
            var hasRest = reader.HasRest;
            var reading = reader.ReadAsync(cancellationToken);
            if (!reading.IsCompleted && await silence.LastsAsync(reading, hasRest).ConfigureAwait(false))
                return (reading, hasRest);
            if (await reading.ConfigureAwait(false) is not { } lines)
                return (null, false);

            // Only the stream's silence counts, not the time that a slow pipeline takes.
            DateTimeOffset? oldest = null;
            if (lines.Count > 0)
            {
                var times = await take(lines).ConfigureAwait(false);
                oldest = times.Oldest;
                silence.Add(times);
                lastLine = clock.Elapsed;
            }

            // Lines that come without a pause are past the history if all of them are new. After a long time, those without a time count as new.
            var isNew = clock.Elapsed > Newer && oldest >= stream.Date + Newer;
            var isLong = clock.Elapsed > Longest && (oldest is null || oldest >= stream.Date);
            if ((lines.Count > 0 && (isNew || isLong)) || clock.Elapsed - lastLine > Longest)
                return (reader.ReadAsync(cancellationToken), false);
        }
    }
}
