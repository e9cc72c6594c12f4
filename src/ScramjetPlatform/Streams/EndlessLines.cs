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
/// Reads endless streams of lines. No server says where the existing lines end and the new ones begin, so this is inferred from a silence of the stream.
/// Servers
/// send what they have as fast as it is read. So when the stream has fallen silent, the server is sent a request: if it has responded and nothing has come
/// for a short time, all existing lines were received. The time grows with the response time and with the gaps between the existing lines.
/// </summary>
internal static class EndlessLines
{
    /// <summary>How long a stream is silent before its server is sent a request.</summary>
    private static readonly TimeSpan FirstSilence = TimeSpan.FromMilliseconds(10);

    /// <summary>How long the silence must last after the response. A hub that was seen to send 100,000 lines paused for 15 ms at most.</summary>
    private static readonly TimeSpan HubSilence = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// The same for an instance, most of whose log is still in its process, which the hub reads from. On a machine with seven times as much work as it
    /// can do, a process was seen to pause for 160 ms.
    /// </summary>
    private static readonly TimeSpan InstanceSilence = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// The same for an instance whose process has sent lines of the last second. Hubs of 1.0 have each process write some every second. It isn't enough for
    /// a process that has written so much in this second that the hub doesn't hold it.
    /// </summary>
    private static readonly TimeSpan RecentInstanceSilence = TimeSpan.FromMilliseconds(120);

    /// <summary>How many bytes of a log a hub holds at least: the buffer of a stream of Node.js.</summary>
    private const long HubBuffer = 16 * 1024;
    private static readonly TimeSpan Recent = TimeSpan.FromMilliseconds(1200);

    /// <summary>How many times as long as a response takes, and as a gap between lines has been, a silence must be.</summary>
    private const int SilenceFactor = 4;

    /// <summary>The same for a space or a platform, which itself requests the lines from its hubs.</summary>
    private static readonly TimeSpan SpaceSilence = TimeSpan.FromMilliseconds(250);

    /// <summary>The same for a stream that has sent nothing yet.</summary>
    private static readonly TimeSpan EmptySilence = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest silence that is waited for.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMilliseconds(700);

    /// <summary>For how long a response shows that the server is still running.</summary>
    private static readonly TimeSpan ResponseLifetime = TimeSpan.FromSeconds(1);

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
        var opening = client.Transport.Timeout < Opening ? client.Transport.Timeout : Opening;
        try
        {
            return await open(context.Bind(client, opening, opening < Beginning ? opening : Beginning), context.Cancellation).ConfigureAwait(false);
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
        var silence = new Silence(client, stream, clock, cancellationToken);
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
                silence.IsRecent |= times.Newest >= stream.Date - Recent;
                lastLine = clock.Elapsed;
            }

            // Lines that come without a pause are past the history if all of them are new. After a long time, those without a time count as new.
            var isNew = clock.Elapsed > Newer && oldest >= stream.Date + Newer;
            var isLong = clock.Elapsed > Longest && (oldest is null || oldest >= stream.Date);
            if ((lines.Count > 0 && (isNew || isLong)) || clock.Elapsed - lastLine > Longest)
                return (reader.ReadAsync(cancellationToken), false);
        }
    }

    /// <summary>Decides when a silence of a stream means that all its existing lines were received.</summary>
    private sealed class Silence(ApiClient client, ApiStream stream, Stopwatch clock, CancellationToken cancellationToken)
    {
        private Task? _request;
        private TimeSpan _sent;
        private TimeSpan _responded;
        private TimeSpan _responseTime;
        private TimeSpan _longestGap;

        /// <summary>Whether lines of the last second have come.</summary>
        public bool IsRecent { get; set; }

        private TimeSpan Least => client switch
        {
            InstanceClient => IsRecent && stream.BytesRead <= HubBuffer ? RecentInstanceSilence : InstanceSilence,
            HubClient => HubSilence,
            _ => SpaceSilence,
        };

        /// <summary>Waits for a read, until the silence is long enough.</summary>
        /// <param name="reading">The read.</param>
        /// <param name="isWithinLine">Whether the end of a line is missing, so that more is likely to come.</param>
        /// <returns>Whether it was; otherwise the read has completed.</returns>
        /// <exception cref="ScramjetApiException"><c>STREAM_BROKEN</c>: the server doesn't respond.</exception>
        public async Task<bool> LastsAsync(Task reading, bool isWithinLine)
        {
            var since = clock.Elapsed;
            var isEmpty = stream.BytesRead == 0;
            var least = isWithinLine ? LongestSilence : isEmpty ? Max(EmptySilence, Least) : Least;
            if (!await WaitAsync(reading, FirstSilence).ConfigureAwait(false))
            {
                await RespondsAsync(reading).ConfigureAwait(false);
                for (var left = Left(since, least); !reading.IsCompleted; left = Left(since, least))
                {
                    if (left <= TimeSpan.Zero)
                        return true;
                    await WaitAsync(reading, left).ConfigureAwait(false);
                }
            }

            _longestGap = Max(_longestGap, clock.Elapsed - since);
            return false;
        }

        // A delay is cut to whole milliseconds, and the rest would be waited for in a busy loop.
        private static async Task<bool> WaitAsync(Task reading, TimeSpan time) =>
            await Task.WhenAny(reading, Task.Delay((int)Math.Ceiling(time.TotalMilliseconds))).ConfigureAwait(false) == reading;

        /// <summary>Waits until the server has responded to a request. A request can be a line of the log itself, so there is one for a while.</summary>
        private async Task RespondsAsync(Task reading)
        {
            if (_request is null || (_request.IsCompleted && clock.Elapsed - _responded > ResponseLifetime))
            {
                _sent = clock.Elapsed;
                _request = client.ProbeAsync(stream, cancellationToken);
                _ = _request.IgnoreOutcomeAsync();
            }

            await Task.WhenAny(reading, _request).ConfigureAwait(false);
            if (reading.IsCompleted)
                return;
            await _request.ConfigureAwait(false);
            if (_responded <= _sent)
            {
                _responded = clock.Elapsed;
                _responseTime = _responded - _sent;
            }
        }

        private TimeSpan Left(TimeSpan since, TimeSpan least)
        {
            var needed = Max(least, TimeSpan.FromTicks(SilenceFactor * Max(_responseTime, _longestGap).Ticks));
            return Min(needed, LongestSilence) - (clock.Elapsed - Max(since, _responded));
        }

        private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

        private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
    }
}
