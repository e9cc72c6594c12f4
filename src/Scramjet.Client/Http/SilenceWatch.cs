using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>
/// Looks after a stream that falls silent: a server that has stopped answering, or that can't be reached any more, leaves a connection open that
/// nothing comes over. After a while of silence the server is asked for a sign of life, and without one the stream is broken off.
/// </summary>
internal sealed class SilenceWatch(Call call, Func<CancellationToken, Task> probe, TimeSpan quiet) : IDisposable
{
    private readonly object _gate = new();
    private Timer? _timer;
    private Action? _abort;
    private long _waitingSince;
    private bool _probing;
    private bool _disposed;

    /// <summary>Why the stream was broken off; null where it wasn't.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Waits for an answer's head.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="abort">Gives it up.</param>
    public async Task<T> WhileAsync<T>(Task<T> answer, Action abort)
    {
        Begin(abort);
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (Exception) when (Failure is not null)
        {
            throw ResponseErrors.Silent(call, Failure);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Something is waited for from now on.</summary>
    /// <param name="abort">Gives it up.</param>
    public void Begin(Action abort)
    {
        _abort = abort;
        Interlocked.Exchange(ref _waitingSince, Stopwatch.GetTimestamp());
        if (_timer is null)
        {
            lock (_gate)
                _timer ??= _disposed ? null : new Timer(static watch => ((SilenceWatch)watch!).Look(), this, quiet, TimeSpan.FromTicks(Math.Max(quiet.Ticks / 4, TimeSpan.TicksPerMillisecond)));
        }
    }

    /// <summary>It has come.</summary>
    public void End() => Interlocked.Exchange(ref _waitingSince, 0);

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _disposed = true;
        }
    }

    private void Look()
    {
        var since = Interlocked.Read(ref _waitingSince);
        if (since == 0 || _probing || (Stopwatch.GetTimestamp() - since) / (double)Stopwatch.Frequency < quiet.TotalSeconds)
            return;

        _probing = true;
        _ = ProbeAsync(since);
    }

    private async Task ProbeAsync(long since)
    {
        try
        {
            call.Trace($"{call.Description} is silent: asking the server for a sign of life.");
            await probe(CancellationToken.None).ConfigureAwait(false);
            Interlocked.CompareExchange(ref _waitingSince, Stopwatch.GetTimestamp(), since);
        }
        catch (Exception e)
        {
            // What has come meanwhile is sign enough.
            if (Interlocked.Read(ref _waitingSince) == since)
            {
                Failure = e;
                _abort?.Invoke();
            }
        }
        finally
        {
            _probing = false;
        }
    }
}
