using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Streams;

/// <summary>
/// Decides when a silence of a stream means that all its existing lines were received. Servers send what they have as fast as it is read. So when the stream
/// has fallen silent, the server is sent a request: if it has responded and nothing has come for a short time, these were all lines. The time grows with the
/// response time and with the gaps between the existing lines.
/// </summary>
/// <param name="client">The client of the stream's place.</param>
/// <param name="stream">The stream.</param>
/// <param name="clock">Runs since the stream was opened.</param>
/// <param name="cancellationToken">Cancels the requests.</param>
internal sealed class StreamSilence(ApiClient client, ApiStream stream, Stopwatch clock, CancellationToken cancellationToken)
{
    /// <summary>How long a stream is silent before its server is sent a request.</summary>
    private static readonly TimeSpan FirstSilence = TimeSpan.FromMilliseconds(10);

    /// <summary>How long the silence of a hub must last after the response. A hub that sent 100,000 lines paused for at most 15 ms.</summary>
    private static readonly TimeSpan HubSilence = TimeSpan.FromMilliseconds(25);

    /// <summary>The same for a space or a platform, which itself requests the lines from its hubs.</summary>
    private static readonly TimeSpan SpaceSilence = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The same for an instance. Most of its log is still in its process, from which the hub reads it. On a machine with seven times as much work as it can
    /// do, a process paused for 160 ms.
    /// </summary>
    private static readonly TimeSpan InstanceSilence = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// The same for an instance whose process has sent lines of the last second. Hubs of 1.0 have each process write some every second. It isn't enough for
    /// a process that has written so much in this second that the hub doesn't hold it.
    /// </summary>
    private static readonly TimeSpan RecentInstanceSilence = TimeSpan.FromMilliseconds(120);

    /// <summary>How old the lines of the last second can be when they arrive.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMilliseconds(1200);

    /// <summary>How many bytes of a log a hub holds at least: the buffer of a stream of Node.js.</summary>
    private const long HubBuffer = 16 * 1024;

    /// <summary>How long the silence of a stream that has sent nothing yet must last.</summary>
    private static readonly TimeSpan EmptySilence = TimeSpan.FromMilliseconds(300);

    /// <summary>How many times as long as a response takes, and as a gap between lines has been, a silence must be.</summary>
    private const int SilenceFactor = 4;

    /// <summary>The longest silence that is waited for.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMilliseconds(700);

    /// <summary>For how long a response shows that the server is still running.</summary>
    private static readonly TimeSpan ResponseLifetime = TimeSpan.FromSeconds(1);

    private Task? _request;
    private TimeSpan _sent;
    private TimeSpan _responded;
    private TimeSpan _responseTime;
    private TimeSpan _longestGap;
    private bool _isRecent;

    private TimeSpan Least => client switch
    {
        InstanceClient => _isRecent && stream.BytesRead <= HubBuffer ? RecentInstanceSilence : InstanceSilence,
        HubClient => HubSilence,
        _ => SpaceSilence,
    };

    /// <summary>Notes the times of lines that have come.</summary>
    public void Add(LineTimes times) => _isRecent |= times.Newest >= stream.Date - Recent;

    /// <summary>Waits for a read, until the silence is long enough.</summary>
    /// <param name="reading">The read.</param>
    /// <param name="isWithinLine">Whether the end of a line is missing, so that more is likely to come.</param>
    /// <returns>Whether it was; otherwise the read has completed.</returns>
    /// <exception cref="ScramjetApiException"><c>STREAM_BROKEN</c>: the server doesn't respond.</exception>
    public async Task<bool> LastsAsync(Task reading, bool isWithinLine)
    {
        var since = clock.Elapsed;
        var isEmpty = stream.BytesRead == 0;
        var least = isWithinLine ? LongestSilence : isEmpty ? Timings.Longer(EmptySilence, Least) : Least;
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

        _longestGap = Timings.Longer(_longestGap, clock.Elapsed - since);
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
        var needed = Timings.Longer(least, TimeSpan.FromTicks(SilenceFactor * Timings.Longer(_responseTime, _longestGap).Ticks));
        return Timings.Shorter(needed, LongestSilence) - (clock.Elapsed - Timings.Longer(since, _responded));
    }
}
