using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>
/// Looks after what has no bound of its own: a server that has stopped answering, or that can't be reached any more, leaves a connection open that
/// nothing comes over. After a while of silence the server is asked for a sign of life, and without one the call is broken off.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="probe">Asks the server for a sign of life, and throws where there is none.</param>
/// <param name="quiet">How long a silence must be for that.</param>
internal sealed class SilenceWatch(Call call, Func<CancellationToken, Task> probe, TimeSpan quiet) : IDisposable
{
    private readonly object _gate = new();
    private readonly TaskCompletionSource<bool> _sign = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private Timer? _timer;
    private Action? _abort;
    private long _waitingSince;
    private long _probingSince;
    private volatile bool _probing;
    private bool _disposed;

    /// <summary>Why it was broken off; null where it wasn't.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the server has been asked for a sign of life, and has left that unanswered for as long as a silence may last.</summary>
    public bool IsInDoubt => _probing && Elapsed(Interlocked.Read(ref _probingSince)) >= quiet;

    /// <summary>Waits for an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="abort">Gives it up.</param>
    /// <exception cref="ScramjetApiException"><c>TIMEOUT</c>: the server doesn't answer otherwise either.</exception>
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

    /// <summary>Waits for an answer, for a time.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="abort">Gives it up.</param>
    /// <param name="patience">How long it is waited for where the server has given a sign of life.</param>
    /// <param name="most">How long it is waited for at all.</param>
    /// <exception cref="OperationCanceledException">It hasn't come, and the server lives.</exception>
    /// <exception cref="ScramjetApiException"><c>TIMEOUT</c>: it hasn't come, and neither has a sign of life. Or what the last attempt failed with.</exception>
    public async Task<T> WithinAsync<T>(Task<T> answer, Action abort, TimeSpan patience, TimeSpan most)
    {
        var given = WhileAsync(answer, abort);
        using var over = new CancellationTokenSource();
        try
        {
            await Task.WhenAny(given, Task.Delay(patience, over.Token)).ConfigureAwait(false);
            if (!given.IsCompleted && !_sign.Task.IsCompleted && most > patience)
                await Task.WhenAny(given, _sign.Task, Task.Delay(most - patience, over.Token)).ConfigureAwait(false);
        }
        finally
        {
            over.Cancel();
        }

        if (given.IsCompleted)
            return await given.ConfigureAwait(false);

        abort();
        _ = given.ContinueWith(static t => (t.Status == TaskStatus.RanToCompletion ? t.Result as IDisposable : null)?.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _ = given.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        throw call.LastFailure ?? (_sign.Task.IsCompleted ? (Exception)new OperationCanceledException("Nothing has come.") : ResponseErrors.Unanswered(call, null));
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
            if (_disposed)
                return;
            _timer?.Dispose();
            _disposed = true;
        }

        _over.Cancel();
        _over.Dispose();
    }

    private void Look()
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
            call.Trace($"{call.Description} is silent: asking the server for a sign of life.");
            await probe(over).ConfigureAwait(false);
            _sign.TrySetResult(true);
            Interlocked.CompareExchange(ref _waitingSince, Stopwatch.GetTimestamp(), since);
        }
        catch (Exception e)
        {
            // What has come meanwhile is sign enough.
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
