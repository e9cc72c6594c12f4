using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>
/// Watches calls without a time limit, because a server that has stopped or can't be reached can leave the connection open. If no data arrives for a
/// while, the server is checked, and the call fails if it doesn't respond.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="probe">Checks whether the server responds, and throws if it doesn't.</param>
/// <param name="quiet">The time without data after which the server is checked.</param>
internal sealed class SilenceWatch(Call call, Func<CancellationToken, Task> probe, TimeSpan quiet) : IDisposable
{
    private readonly object _gate = new();
    private readonly TaskCompletionSource<bool> _responded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private Timer? _timer;
    private Action? _abort;
    private long _waitingSince;
    private long _probingSince;
    private volatile bool _probing;
    private bool _disposed;

    /// <summary>Gets the error of the check that failed; null if none did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Gets whether the server is being checked and hasn't responded within the time limit.</summary>
    public bool IsInDoubt => _probing && Elapsed(Interlocked.Read(ref _probingSince)) >= quiet;

    /// <summary>Waits for a response.</summary>
    /// <param name="answer">The response.</param>
    /// <param name="abort">Stops waiting for the response.</param>
    /// <exception cref="ScramjetApiException"><c>TIMEOUT</c>: the server doesn't respond to a check.</exception>
    public async Task<T> WhileAsync<T>(Task<T> answer, Action abort)
    {
        Begin(abort);
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (Exception) when (Failure is not null)
        {
            throw ResponseErrors.Unanswered(call, Failure);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Waits for a response, with a time limit.</summary>
    /// <param name="answer">The response.</param>
    /// <param name="abort">Stops waiting for the response.</param>
    /// <param name="timeout">The time limit if the server has responded to a check.</param>
    /// <param name="longest">The time limit in any case.</param>
    /// <exception cref="OperationCanceledException">There was no response, but the server has responded to a check.</exception>
    /// <exception cref="ScramjetApiException"><c>TIMEOUT</c>: the server responded to neither the request nor a check. Or the last attempt's error.</exception>
    public async Task<T> WithinAsync<T>(Task<T> answer, Action abort, TimeSpan timeout, TimeSpan longest)
    {
        var given = WhileAsync(answer, abort);
        using var over = new CancellationTokenSource();
        try
        {
            await Task.WhenAny(given, Task.Delay(timeout, over.Token)).ConfigureAwait(false);
            if (!given.IsCompleted && !_responded.Task.IsCompleted && longest > timeout)
                await Task.WhenAny(given, _responded.Task, Task.Delay(longest - timeout, over.Token)).ConfigureAwait(false);
        }
        finally
        {
            over.Cancel();
        }

        if (given.IsCompleted)
            return await given.ConfigureAwait(false);

        abort();
        _ = given.ContinueWith(
            static t => (t.Status == TaskStatus.RanToCompletion ? t.Result as IDisposable : null)?.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _ = given.IgnoreOutcomeAsync();
        if (call.LastFailure is null && _responded.Task.IsCompleted)
            throw new OperationCanceledException("There was no response.");
        throw call.LastFailure ?? ResponseErrors.Unanswered(call, null);
    }

    /// <summary>Starts to watch a wait.</summary>
    /// <param name="abort">Stops the wait.</param>
    public void Begin(Action abort)
    {
        _abort = abort;
        Interlocked.Exchange(ref _waitingSince, Stopwatch.GetTimestamp());
        if (_timer is null)
        {
            lock (_gate)
                _timer ??= _disposed ? null : NewTimer();
        }
    }

    /// <summary>Ends the watch of a wait, because data has arrived.</summary>
    public void End() => Interlocked.Exchange(ref _waitingSince, 0);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _timer?.Dispose();
            _disposed = true;
        }

        _over.Cancel();
        _over.Dispose();
    }

    private Timer NewTimer() =>
        new(static watch => ((SilenceWatch)watch!).Check(), this, quiet, TimeSpan.FromTicks(Math.Max(quiet.Ticks / 4, TimeSpan.TicksPerMillisecond)));

    private void Check()
    {
        var since = Interlocked.Read(ref _waitingSince);
        if (since == 0 || _probing || Elapsed(since) < quiet || call.Request.Waiting?.Invoke() < quiet)
            return;

        CancellationToken over;
        lock (_gate)
        {
            if (_disposed || _probing)
                return;
            over = _over.Token;
            Interlocked.Exchange(ref _probingSince, Stopwatch.GetTimestamp());
            _probing = true;
        }

        _ = ProbeAsync(since, over);
    }

    private async Task ProbeAsync(long since, CancellationToken over)
    {
        try
        {
            call.Trace($"{call.Description}: no data. Checking whether the server responds.");
            await probe(over).ConfigureAwait(false);
            _responded.TrySetResult(true);
            Interlocked.CompareExchange(ref _waitingSince, Stopwatch.GetTimestamp(), since);
        }
        catch (Exception e)
        {
            // If data has arrived since, the failed check doesn't matter.
            if (!over.IsCancellationRequested && Interlocked.Read(ref _waitingSince) == since && !(call.Request.Waiting?.Invoke() < quiet))
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

    private static TimeSpan Elapsed(long since) => TimeSpan.FromSeconds((Stopwatch.GetTimestamp() - since) / (double)Stopwatch.Frequency);
}
