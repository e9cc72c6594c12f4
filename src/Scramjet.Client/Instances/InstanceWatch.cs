using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Api;
using Scramjet.Client.Http;
using Scramjet.Client.Model;

namespace Scramjet.Client.Instances;

/// <summary>
/// Waits for instances: until they have a status, have ended, are no longer listed, or no longer use their sequence. Hubs have no route that waits, so
/// instances are requested with a growing delay. An instance that has ended is never stopped or killed: hubs of 1.0 would leave it in the status stopping
/// or killing.
/// </summary>
public sealed class InstanceWatch
{
    /// <summary>The longest time that a timer supports.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    private readonly RequestOptions _options;
    private readonly RequestOptions _polling;
    private readonly IProgress<InstanceWait>? _progress;
    private readonly InstanceTimings _timings;

    /// <param name="options">The time limit, tracing and throttle of the requests. A wait is traced once, rather than each request.</param>
    /// <param name="progress">Receives each wait, on any thread.</param>
    /// <param name="timings">How often instances are requested, and how long hubs may take; null for the defaults.</param>
    public InstanceWatch(RequestOptions? options = null, IProgress<InstanceWait>? progress = null, InstanceTimings? timings = null)
    {
        _options = options ?? new RequestOptions();
        _polling = _options.Polling();
        _progress = progress;
        _timings = timings ?? InstanceTimings.Default;
    }

    /// <summary>Waits until an instance has ended.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="timeout">How long to wait; null to wait without a limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public Task<Instance> UntilEndedAsync(Instance known, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        UntilAsync(known, static i => i.HasEnded, "to end", timeout, cancellationToken);

    /// <summary>Waits until an instance that was started runs, or has ended.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="timeout">How long to wait; null to wait without a limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public Task<Instance> UntilRunningAsync(Instance known, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        UntilAsync(known, static i => !i.IsStarting && i.State != InstanceStatus.Unknown, "to run", timeout, cancellationToken);

    /// <summary>Waits until an instance that was started has run for <see cref="InstanceTimings.ProofTime"/>, or has ended successfully.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="timeout">How long it may take to run; null to wait without a limit.</param>
    /// <param name="canEnd">Whether it may end successfully in this time. Otherwise, that is an error too.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException"><c>INSTANCE_FAILED</c>: it ended otherwise. <c>TIMEOUT</c>: it doesn't run.</exception>
    public async Task<Instance> UntilProvenAsync(Instance known, TimeSpan? timeout, bool canEnd = true, CancellationToken cancellationToken = default)
    {
        known = await UntilRunningAsync(known, timeout, cancellationToken).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        bool IsProven(Instance instance) => instance.HasEnded || clock.Elapsed >= _timings.ProofTime;
        known = await UntilAsync(known, IsProven, "to run for a moment", null, cancellationToken).ConfigureAwait(false);

        // A hub of 0.18 forgets an instance at once if it failed, and otherwise after ten seconds.
        if (!known.HasEnded || (canEnd && known.Succeeded == true))
            return known;
        var how = known.Succeeded == true ? " by itself" : known.ExitCode is { } code ? $" with exit code {code}" : "";
        var why = known.Succeeded == true ? ", but should keep running"
            : string.IsNullOrEmpty(known.ExitReason) ? ""
            : ": " + known.ExitReason!.TrimEnd('.');
        throw new ScramjetException(
            ErrorCodes.InstanceFailed,
            $"The instance '{known.Id}' on '{known.Hub}' ended{how} right after its start{why}.",
            "Check what the program writes to its standard error and its log.");
    }

    /// <summary>Waits until the hub no longer lists an instance.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="timeout">How long to wait; null to wait without a limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public Task<Instance> UntilGoneAsync(Instance known, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        UntilAsync(known, static _ => false, "to leave its hub's list", timeout, cancellationToken);

    /// <summary>Waits until an instance meets a condition, or is no longer listed.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="goal">What is waited for, such as <c>to end</c>, for progress and tracing.</param>
    /// <param name="timeout">How long to wait; null to wait without a limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public Task<Instance> UntilAsync(
        Instance known,
        Func<Instance, bool> condition,
        string goal,
        TimeSpan? timeout,
        CancellationToken cancellationToken = default) =>
        UntilAsync(known, condition, goal, timeout, _polling, cancellationToken);

    /// <summary>Stops an instance that hasn't ended, and waits until it has. Its hub kills it after the time limit.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="time">How long the instance may take to end by itself.</param>
    /// <param name="canCallKeepalive">Whether the instance may request more time.</param>
    /// <param name="cancellationToken">Cancels the wait. The hub continues.</param>
    /// <returns>The instance after that. It may still run if it has requested more time.</returns>
    public async Task<Instance> StopAsync(Instance known, TimeSpan time, bool canCallKeepalive = false, CancellationToken cancellationToken = default)
    {
        // The hub responds after the time limit, even if the instance has ended before: so both are awaited. The requests for the instance aren't
        // throttled, because the stops in progress may use all slots.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var unthrottled = _options.Polling();
        unthrottled.Throttle = null;
        var stop = EndAsync(known, client => client.StopAsync(time, canCallKeepalive, enough.Token), enough.Token);
        var end = UntilAsync(known, static i => i.HasEnded, "to end", null, unthrottled, enough.Token);
        try
        {
            if (await Task.WhenAny(stop, end).ConfigureAwait(false) == end && end.Status == TaskStatus.RanToCompletion)
                return end.Result;

            var after = await stop.ConfigureAwait(false);
            return after.HasEnded ? after : await ApiClient.With(after.Client, unthrottled).RefreshAsync(after, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            enough.Cancel();
            _ = Task.WhenAll(stop, end).IgnoreOutcomeAsync();
        }
    }

    /// <summary>Kills an instance that hasn't ended. One that is starting is killed as soon as its hub allows it.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="removeImmediately">Whether its hub stops listing it as soon as it has ended, which takes hubs of 1.0 15 seconds.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The instance as it was before. <see cref="UntilEndedAsync"/> waits until it has ended.</returns>
    public Task<Instance> KillAsync(Instance known, bool removeImmediately = false, CancellationToken cancellationToken = default) =>
        EndAsync(known, client => client.KillAsync(removeImmediately, cancellationToken), cancellationToken);

    /// <summary>Requests a hub to stop listing an instance that has ended, so that its id can be used again.</summary>
    /// <param name="ended">The instance.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the hub does: the 1.0.1 release does within 15 seconds of the end, newer hubs don't.</returns>
    public async Task<bool> ReleaseAsync(Instance ended, CancellationToken cancellationToken = default)
    {
        try
        {
            await ApiClient.With(ended.Client, _options).KillAsync(removeImmediately: true, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ScramjetApiException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
        {
            // It is no longer listed. The 1.0.1 release responds with 500 if it removes the instance immediately.
            return true;
        }
        catch (ScramjetApiException e) when (e.StatusCode is HttpStatusCode.BadRequest)
        {
            return false;
        }
    }

    /// <summary>
    /// Removes a sequence. A hub rejects that for a while after the sequence's instances have ended, 15 seconds with 1.0: the request is repeated until then.
    /// </summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="kills">Which of its running instances to kill; null for none. Others are an error, and nothing is killed then.</param>
    /// <param name="timeout">How long to wait for the hub; null for <see cref="InstanceTimings.ReleaseTime"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException">
    /// <c>REQUEST_ERROR</c> with status 409: it has other running instances. <c>TIMEOUT</c>: the hub still has it.
    /// </exception>
    public Task RemoveAsync(
        SequenceClient sequence,
        Func<Instance, bool>? kills = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var bound = timeout ?? _timings.ReleaseTime;
        var killed = new HashSet<string>(StringComparer.Ordinal);
        var isAsked = false;
        return PollAsync("to release its sequence", _timings.LongestRemovalDelay, async wait =>
        {
            // Checked first: the 1.0.1 release removes a sequence despite running instances 15 seconds after another one has ended.
            if (!isAsked || wait.Age >= _timings.LongestDelay)
            {
                var instances = await InstancesOfAsync(sequence, cancellationToken).ConfigureAwait(false);
                var running = instances.Where(Runs).ToArray();
                var others = Array.FindAll(running, i => kills?.Invoke(i) != true);
                if (others.Length > 0)
                    throw InUse(sequence, others, "DELETE");

                await Task.WhenAll(
                    running.Where(i => killed.Add(i.Id)).Select(i => KillAsync(i, removeImmediately: true, cancellationToken))).ConfigureAwait(false);
                wait.Report(instances, isTraced: isAsked);
            }

            try
            {
                await ApiClient.With(sequence, isAsked ? _polling : _options).DeleteAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                return (true, true);
            }
            catch (ScramjetApiException e) when (IsConflict(e))
            {
                if (wait.Elapsed >= bound)
                    throw StillListed(sequence, wait.Instances, bound, "doesn't remove the sequence before that", e);
            }
            catch (ScramjetApiException e) when (isAsked && e.StatusCode == HttpStatusCode.NotFound)
            {
                // It was removed meanwhile.
                return (true, true);
            }

            isAsked = true;
            return (false, false);
        }, cancellationToken, subject: $"the hub '{sequence.Hub.HubId}'");
    }

    /// <summary>Returns whether a sequence has running instances of others.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="isOwn">Whether an instance isn't one of others.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    internal async Task<bool> IsUsedByOthersAsync(SequenceClient sequence, Func<Instance, bool> isOwn, CancellationToken cancellationToken) =>
        (await InstancesOfAsync(sequence, cancellationToken).ConfigureAwait(false)).Any(i => Runs(i) && !isOwn(i));

    /// <summary>Does something that a hub rejects while it lists instances of a sequence, such as updating it, when it lists none.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="work">What to do.</param>
    /// <param name="timeout">How long to wait for the hub; null for <see cref="InstanceTimings.ListedTime"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException">
    /// <c>REQUEST_ERROR</c> with status 409: it has running instances. <c>TIMEOUT</c>: the hub still lists instances that have ended.
    /// </exception>
    public Task<T> WhenUnusedAsync<T>(SequenceClient sequence, Func<Task<T>> work, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var bound = timeout ?? _timings.ListedTime;
        return PollAsync("to release its sequence", _timings.LongestDelay, async wait =>
        {
            var instances = await InstancesOfAsync(sequence, cancellationToken).ConfigureAwait(false);
            if (instances.Where(Runs).ToArray() is { Length: > 0 } running)
                throw InUse(sequence, running, "PUT");

            ScramjetApiException? refusal = null;
            try
            {
                if (instances.Count == 0)
                    return (true, await work().ConfigureAwait(false));
            }
            catch (ScramjetApiException e) when (IsConflict(e))
            {
                refusal = e;
            }

            if (wait.Elapsed >= bound)
                throw StillListed(sequence, instances, bound, "doesn't replace the sequence before that", refusal);
            wait.Report(instances);
            return (false, default!);
        }, cancellationToken);
    }

    private async Task<Instance> UntilAsync(
        Instance known,
        Func<Instance, bool> condition,
        string goal,
        TimeSpan? timeout,
        RequestOptions options,
        CancellationToken cancellationToken)
    {
        var client = ApiClient.With(known.Client, options);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (timeout < LongestTimer)
            bound.CancelAfter(timeout.Value + _timings.AnswerTime);
        try
        {
            return await PollAsync(goal, _timings.LongestDelay, async wait =>
            {
                known = await client.RefreshAsync(known, bound.Token).ConfigureAwait(false);
                if (condition(known) || known.IsGone)
                    return (true, known);

                if (wait.Elapsed >= timeout)
                    throw TimedOut(known, timeout.Value);
                wait.Report([known]);
                return (false, known);
            }, bound.Token, timeout, known).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(known, timeout!.Value);
        }
    }

    private async Task<Instance> EndAsync(Instance known, Func<InstanceClient, Task> end, CancellationToken cancellationToken)
    {
        Instance? now = null;
        return await PollAsync("to end", _timings.LongestDelay, async wait =>
        {
            now ??= await RefreshBrieflyAsync(known, cancellationToken).ConfigureAwait(false);
            if (now.HasEnded)
                return (true, now);

            try
            {
                await end(ApiClient.With(now.Client, _options)).ConfigureAwait(false);
                return (true, now);
            }
            catch (ScramjetApiException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
            {
                // An instance that has ended is not found (0.18) or "not running" (newer hubs), which it is before it runs, too.
                now = await ApiClient.With(now.Client, _polling).RefreshAsync(now, cancellationToken).ConfigureAwait(false);
                if (now.HasEnded || now.IsEnding)
                    return (true, now);
                if (!now.IsStarting || wait.Elapsed >= _timings.StartTime)
                    throw;
            }

            wait.Report([now], "to start, so that it can be ended");
            return (false, now);
        }, cancellationToken, known: known).ConfigureAwait(false);
    }

    /// <summary>Repeats a request with a growing delay until there is a result.</summary>
    /// <param name="goal">What is waited for.</param>
    /// <param name="longestDelay">The longest delay.</param>
    /// <param name="request">Sends the request, and returns whether there is a result.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="timeout">When to send the last request; null for no limit.</param>
    /// <param name="known">The instance that is waited for, as it was last seen. The wait is reported at once if this or the subject is given.</param>
    /// <param name="subject">What is waited for where that isn't an instance.</param>
    private async Task<T> PollAsync<T>(
        string goal,
        TimeSpan longestDelay,
        Func<Reporter, Task<(bool HasResult, T Result)>> request,
        CancellationToken cancellationToken,
        TimeSpan? timeout = null,
        Instance? known = null,
        string? subject = null)
    {
        using var wait = new Reporter(this, goal, known, subject);
        for (var delay = _timings.FirstDelay; ; delay = Timings.Next(delay, longestDelay))
        {
            var (hasResult, result) = await request(wait).ConfigureAwait(false);
            if (hasResult)
                return result;
            var left = timeout is { } end ? Timings.Longer(end - wait.Elapsed, TimeSpan.Zero) : delay;
            await Task.Delay(Timings.Shorter(delay, left), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gets the current state of an instance. Hubs of 0.18 never respond to the request for one that is just being set up.</summary>
    private async Task<Instance> RefreshBrieflyAsync(Instance known, CancellationToken cancellationToken)
    {
        var brief = _polling.Within(Timings.Shorter(_options.Timeout ?? _timings.AnswerTime, _timings.AnswerTime));
        try
        {
            return await ApiClient.With(known.Client, brief).RefreshAsync(known, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.Code == ErrorCodes.Timeout)
        {
            return known;
        }
    }

    /// <summary>Lists the instances of a sequence with their status.</summary>
    private async Task<IReadOnlyList<Instance>> InstancesOfAsync(SequenceClient sequence, CancellationToken cancellationToken)
    {
        var hub = ApiClient.With(sequence.Hub, _polling);
        var version = await hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (version.ListsInstanceDetails)
            return (await hub.ListInstancesAsync(cancellationToken).ConfigureAwait(false)).Where(i => i.SequenceId == sequence.SequenceId).ToArray();

        try
        {
            var ids = await ApiClient.With(sequence, _polling).ListInstancesAsync(cancellationToken).ConfigureAwait(false);
            var instances = await Task.WhenAll(
                ids.Select(id => RefreshBrieflyAsync(hub.GetInstanceClient(id).ToInstance(), cancellationToken))).ConfigureAwait(false);
            return instances.Where(i => !i.IsGone).ToArray();
        }
        catch (ScramjetApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }
    }

    /// <summary>Whether an instance runs, and isn't about to end: one that is being killed is waited for.</summary>
    private static bool Runs(Instance instance) => !instance.HasEnded && instance.State != InstanceStatus.Killing;

    private static bool IsConflict(ScramjetApiException e) => (int?)e.StatusCode == 409;

    private static string Describe(IReadOnlyList<Instance> instances) =>
        $"{(instances.Count == 1 ? "the instance" : $"{instances.Count} instances:")} "
            + $"{string.Join(", ", instances.Take(10).Select(i => $"'{i.Id}' ({i.Status})"))}";

    private static ScramjetApiException InUse(SequenceClient sequence, IReadOnlyList<Instance> running, string method) => new(
        ErrorCodes.RequestError,
        $"The sequence '{running[0].SequenceName ?? sequence.SequenceId}' on '{sequence.Hub.HubId}' is in use by {Describe(running)}.",
        method,
        sequence.Uri,
        HttpStatusCode.Conflict,
        recommendedAction: "Stop its instances first.")
    {
        Situation = ErrorSituation.SequenceInUse,
    };

    private static ScramjetException StillListed(
        SequenceClient sequence,
        IReadOnlyList<Instance> instances,
        TimeSpan timeout,
        string consequence,
        Exception? cause) => new(
        ErrorCodes.Timeout,
        instances.Count == 0
            ? $"The hub '{sequence.Hub.HubId}' still reports that the sequence '{sequence.SequenceId}' is in use after {timeout.TotalSeconds:0.#} s."
            : $"The hub '{sequence.Hub.HubId}' still lists {Describe(instances)} after {timeout.TotalSeconds:0.#} s, and {consequence}.",
        "Hubs list an instance for a while after its end. Try again later, or allow the hub more time.",
        cause)
    {
        Situation = ErrorSituation.InstancesListed,
    };

    private static ScramjetException TimedOut(Instance instance, TimeSpan timeout) => new(
        ErrorCodes.Timeout,
        $"The instance '{instance.Id}' on '{instance.Hub}' is {instance.Status} after {timeout.TotalSeconds:0.#} s.",
        "Wait longer, or check its log and health.")
    {
        Situation = ErrorSituation.WaitEnded,
    };

    /// <summary>Reports a wait: progress each time, and a trace the first time that there is something to wait for.</summary>
    private sealed class Reporter : IDisposable
    {
        private readonly InstanceWatch _watch;
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly InstanceWait _wait;
        private TimeSpan? _seen;
        private bool _reported;
        private bool _traced;

        public Reporter(InstanceWatch watch, string goal, Instance? known, string? subject)
        {
            _watch = watch;
            _wait = new InstanceWait(goal, subject);
            if (known is not null)
                _wait.Instances = [known];
            if (known is not null || subject is not null)
                Show();
        }

        public TimeSpan Elapsed => _clock.Elapsed;

        /// <summary>How long ago the instances were last reported.</summary>
        public TimeSpan Age => _seen is { } seen ? _clock.Elapsed - seen : TimeSpan.MaxValue;

        public IReadOnlyList<Instance> Instances => _wait.Instances;

        public void Report(IReadOnlyList<Instance> instances, string? goal = null, bool isTraced = true)
        {
            _seen = _clock.Elapsed;
            _wait.Instances = instances;
            _wait.Goal = goal ?? _wait.Goal;
            Show();
            if (!isTraced || _traced || instances.Count == 0)
                return;

            _traced = true;
            _watch._options.Trace?.Invoke(
                $"Waiting for {Describe(instances)} {_wait.Goal}: {instances[0].Client.Uri} is requested again with a growing delay.");
        }

        public void Dispose()
        {
            _wait.IsOver = true;
            if (_reported)
                Show();
        }

        private void Show()
        {
            _reported = true;
            _watch._progress?.Report(_wait);
        }
    }
}
