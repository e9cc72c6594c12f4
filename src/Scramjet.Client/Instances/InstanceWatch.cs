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
/// All waiting for instances: until they have another status, have ended, have left their hub's list, or let their sequence go. Hubs have no
/// route that waits, so they are asked with a growing delay. What has ended is never stopped or killed again: hubs of 1.0 would set it to
/// stopping or killing for good.
/// </summary>
public sealed class InstanceWatch
{
    /// <summary>The longest time that a timer takes.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    private readonly RequestOptions _options;
    private readonly RequestOptions _polling;
    private readonly IProgress<InstanceWait>? _progress;
    private readonly InstanceTimings _timings;

    /// <param name="options">The time limit, tracing and throttle of all requests. A wait is traced once, not with each request.</param>
    /// <param name="progress">Told of each wait, from any thread.</param>
    /// <param name="timings">How often instances are asked for, and what hubs get; null for the defaults.</param>
    public InstanceWatch(RequestOptions? options = null, IProgress<InstanceWait>? progress = null, InstanceTimings? timings = null)
    {
        _options = options ?? new RequestOptions();
        _polling = new RequestOptions { Timeout = _options.Timeout, Trace = _options.Trace, TracesRetriesOnly = true, Throttle = _options.Throttle };
        _progress = progress;
        _timings = timings ?? InstanceTimings.Default;
    }

    /// <summary>Waits until an instance has ended.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="timeout">How long to wait; null for as long as it takes.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public Task<Instance> UntilEndedAsync(Instance known, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        UntilAsync(known, static i => i.HasEnded, "to end", timeout, cancellationToken);

    /// <summary>Waits until an instance that was just started runs, or has ended.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="timeout">How long to wait; null for as long as it takes.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public Task<Instance> UntilRunningAsync(Instance known, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        UntilAsync(known, static i => !i.IsStarting && i.State != InstanceStatus.Unknown, "to run", timeout, cancellationToken);

    /// <summary>Waits until an instance is no longer on its hub's list.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="timeout">How long to wait; null for as long as it takes.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public Task<Instance> UntilGoneAsync(Instance known, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        UntilAsync(known, static _ => false, "to leave its hub's list", timeout, cancellationToken);

    /// <summary>Waits until an instance is as wanted, or is no longer on its hub's list, after which nothing else comes.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="fits">Whether it is as wanted.</param>
    /// <param name="goal">What it is to do, such as <c>to end</c>, for those who are told of the wait.</param>
    /// <param name="timeout">How long to wait; null for as long as it takes.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public Task<Instance> UntilAsync(Instance known, Func<Instance, bool> fits, string goal, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        UntilAsync(known, fits, goal, timeout, _polling, cancellationToken);

    /// <summary>Asks an instance to stop, unless it has ended, and waits until it has; its hub kills it when the time is up.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="time">What the instance gets to end by itself.</param>
    /// <param name="canCallKeepalive">Whether the instance may ask for more time.</param>
    /// <param name="cancellationToken">Stops the wait; the hub goes on.</param>
    /// <returns>The instance as it is then. One that has asked for more time may still run.</returns>
    public async Task<Instance> StopAsync(Instance known, TimeSpan time, bool canCallKeepalive = false, CancellationToken cancellationToken = default)
    {
        // The hub answers only when the time is up, even if the instance has long ended: whichever shows first counts. Watching doesn't wait for a
        // slot, which stops that are under way may all have.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var unthrottled = new RequestOptions { Timeout = _options.Timeout, Trace = _options.Trace, TracesRetriesOnly = true };
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

    /// <summary>Kills an instance, unless it has ended. One that is still starting is killed as soon as its hub allows it.</summary>
    /// <param name="known">The instance as it was last seen.</param>
    /// <param name="removeImmediately">Also take it off its hub's list as soon as it has ended; hubs of 1.0 need 15 s for that.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The instance as it was seen before; see <see cref="UntilEndedAsync"/> for what comes of it.</returns>
    public Task<Instance> KillAsync(Instance known, bool removeImmediately = false, CancellationToken cancellationToken = default) =>
        EndAsync(known, client => client.KillAsync(removeImmediately, cancellationToken), cancellationToken);

    /// <summary>Asks a hub to take an instance off its list that has ended, such as to give its id to another.</summary>
    /// <param name="ended">The instance.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Whether the hub does that: the 1.0.1 release does within 15 s of the end, newer hubs don't.</returns>
    public async Task<bool> ReleaseAsync(Instance ended, CancellationToken cancellationToken = default)
    {
        try
        {
            await ApiClient.With(ended.Client, _options).KillAsync(removeImmediately: true, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ScramjetApiException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
        {
            // It had left the list already; the 1.0.1 release answers 500 where it takes the instance off at once.
            return true;
        }
        catch (ScramjetApiException e) when (e.StatusCode is HttpStatusCode.BadRequest)
        {
            return false;
        }
    }

    /// <summary>
    /// Removes a sequence. A hub refuses that for a while after the sequence's instances have ended, 15 s with 1.0: it is asked again until it does.
    /// </summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="kill">Whether to kill its instances; without it, instances that run are an error.</param>
    /// <param name="timeout">How long to wait for the hub; null for <see cref="InstanceTimings.ReleaseTime"/>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScramjetException"><c>REQUEST_ERROR</c> with status 409: instances of it run. <c>TIMEOUT</c>: the hub still holds it.</exception>
    public Task RemoveAsync(SequenceClient sequence, bool kill = false, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var bound = timeout ?? _timings.ReleaseTime;
        var killed = new HashSet<string>(StringComparer.Ordinal);
        var isAsked = false;
        return PollAsync("to release its sequence", _timings.LongestRemovalDelay, async wait =>
        {
            // Looked at first: the 1.0.1 release removes a sequence from under instances that run, once another one has ended 15 s ago.
            if (!isAsked || wait.Age >= _timings.LongestDelay)
            {
                var instances = await InstancesOfAsync(sequence, cancellationToken).ConfigureAwait(false);
                var running = instances.Where(i => !i.HasEnded).ToArray();
                if (running.Length > 0 && !kill)
                    throw InUse(sequence, running, "DELETE");

                await Task.WhenAll(running.Where(i => i.State != InstanceStatus.Killing && killed.Add(i.Id)).Select(i => KillAsync(i, removeImmediately: true, cancellationToken))).ConfigureAwait(false);
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
                // It has been removed meanwhile.
                return (true, true);
            }

            isAsked = true;
            return (false, false);
        }, cancellationToken);
    }

    /// <summary>Does something that a hub refuses as long as it lists instances of a sequence, such as overwriting it, as soon as it lists none.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="work">What is to be done.</param>
    /// <param name="timeout">How long to wait for the hub; null for <see cref="InstanceTimings.ListedTime"/>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScramjetException"><c>REQUEST_ERROR</c> with status 409: instances of it run. <c>TIMEOUT</c>: the hub still lists instances that have ended.</exception>
    public Task<T> WhenUnusedAsync<T>(SequenceClient sequence, Func<Task<T>> work, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var bound = timeout ?? _timings.ListedTime;
        return PollAsync("to release its sequence", _timings.LongestDelay, async wait =>
        {
            var instances = await InstancesOfAsync(sequence, cancellationToken).ConfigureAwait(false);
            if (instances.Where(i => !i.HasEnded).ToArray() is { Length: > 0 } running)
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

    private async Task<Instance> UntilAsync(Instance known, Func<Instance, bool> fits, string goal, TimeSpan? timeout, RequestOptions options, CancellationToken cancellationToken)
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
                if (fits(known) || known.IsGone)
                    return (true, known);

                if (wait.Elapsed >= timeout)
                    throw TimedOut(known, timeout.Value);
                wait.Report([known]);
                return (false, known);
            }, bound.Token, timeout).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(known, timeout!.Value);
        }
    }

    private async Task<Instance> EndAsync(Instance known, Func<InstanceClient, Task> end, CancellationToken cancellationToken)
    {
        var now = await AskAsync(known, cancellationToken).ConfigureAwait(false);
        return await PollAsync("to start, so that it can be ended", _timings.LongestDelay, async wait =>
        {
            if (now.HasEnded)
                return (true, now);

            try
            {
                await end(ApiClient.With(now.Client, _options)).ConfigureAwait(false);
                return (true, now);
            }
            catch (ScramjetApiException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
            {
                // An instance that has ended is unknown (0.18), or "not running" (newer), which it also is before it runs.
                now = await ApiClient.With(now.Client, _polling).RefreshAsync(now, cancellationToken).ConfigureAwait(false);
                if (now.HasEnded || now.IsEnding)
                    return (true, now);
                if (!now.IsStarting || wait.Elapsed >= _timings.StartTime)
                    throw;
            }

            wait.Report([now]);
            return (false, now);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks again and again, with a growing delay, until there is an answer.</summary>
    /// <param name="goal">What is waited for.</param>
    /// <param name="longestDelay">How long the delay may become.</param>
    /// <param name="ask">Asks, and says whether that is the answer.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <param name="timeout">When to ask for the last time; null for no such time.</param>
    private async Task<T> PollAsync<T>(string goal, TimeSpan longestDelay, Func<Reporter, Task<(bool IsThere, T Value)>> ask, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        using var wait = new Reporter(this, goal);
        for (var delay = _timings.FirstDelay; ; delay = Shorter(TimeSpan.FromTicks(delay.Ticks * 3 / 2), longestDelay))
        {
            var answer = await ask(wait).ConfigureAwait(false);
            if (answer.IsThere)
                return answer.Value;
            await Task.Delay(timeout is { } end ? Shorter(delay, end - wait.Elapsed) : delay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The instance as it is now. Asked for one that is just being set up, hubs of 0.18 never answer.</summary>
    private async Task<Instance> AskAsync(Instance known, CancellationToken cancellationToken)
    {
        var brief = new RequestOptions { Timeout = Shorter(_options.Timeout ?? _timings.AnswerTime, _timings.AnswerTime), Trace = _options.Trace, TracesRetriesOnly = true, Throttle = _options.Throttle };
        try
        {
            return await ApiClient.With(known.Client, brief).RefreshAsync(known, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.Code == ErrorCodes.Timeout)
        {
            return known;
        }
    }

    /// <summary>The instances of a sequence that its hub lists, with their status.</summary>
    private async Task<IReadOnlyList<Instance>> InstancesOfAsync(SequenceClient sequence, CancellationToken cancellationToken)
    {
        var hub = ApiClient.With(sequence.Hub, _polling);
        var version = await hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (version.ListsInstanceDetails)
            return (await hub.ListInstancesAsync(cancellationToken).ConfigureAwait(false)).Where(i => i.SequenceId == sequence.SequenceId).ToArray();

        try
        {
            var ids = await ApiClient.With(sequence, _polling).ListInstancesAsync(cancellationToken).ConfigureAwait(false);
            var instances = await Task.WhenAll(ids.Select(id => AskAsync(hub.GetInstanceClient(id).ToInstance(), cancellationToken))).ConfigureAwait(false);
            return instances.Where(i => !i.IsGone).ToArray();
        }
        catch (ScramjetApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }
    }

    private static bool IsConflict(ScramjetApiException e) => (int?)e.StatusCode == 409;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b > TimeSpan.Zero ? b : TimeSpan.Zero;

    private static string Describe(IReadOnlyList<Instance> instances) =>
        $"{(instances.Count == 1 ? "the instance" : $"{instances.Count} instances:")} {string.Join(", ", instances.Take(10).Select(i => $"'{i.Id}' ({i.Status})"))}";

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

    private static ScramjetException StillListed(SequenceClient sequence, IReadOnlyList<Instance> instances, TimeSpan timeout, string consequence, Exception? cause) => new(
        ErrorCodes.Timeout,
        instances.Count == 0
            ? $"The hub '{sequence.Hub.HubId}' still calls the sequence '{sequence.SequenceId}' in use after {timeout.TotalSeconds:0.#} s."
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

    /// <summary>Tells of one wait: progress each time, and a trace the first time.</summary>
    private sealed class Reporter(InstanceWatch watch, string goal) : IDisposable
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan _seen = TimeSpan.MinValue;
        private InstanceWait? _wait;
        private bool _traced;

        public TimeSpan Elapsed => _clock.Elapsed;

        /// <summary>How long ago the instances were last reported.</summary>
        public TimeSpan Age => _wait is null ? TimeSpan.MaxValue : _clock.Elapsed - _seen;

        public IReadOnlyList<Instance> Instances => _wait?.Instances ?? [];

        public void Report(IReadOnlyList<Instance> instances, bool isTraced = true)
        {
            _seen = _clock.Elapsed;
            _wait ??= new InstanceWait(goal);
            _wait.Instances = instances;
            watch._progress?.Report(_wait);
            if (!isTraced || _traced || instances.Count == 0)
                return;

            _traced = true;
            watch._options.Trace?.Invoke($"Waiting for {Describe(instances)} {goal}: {instances[0].Client.Uri} is asked again with a growing delay.");
        }

        public void Dispose()
        {
            if (_wait is null)
                return;

            _wait.IsOver = true;
            watch._progress?.Report(_wait);
        }
    }
}
