using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;

namespace ScramjetPlatform.View;

/// <summary>
/// Progress of a command's waits: one record for all of them, once one has lasted a second, and each second until all are over, also where nothing answers.
/// From any thread.
/// </summary>
internal sealed class WaitProgress : IProgress<InstanceWait>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>What a timer may be early.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(20);

    private readonly Action<ProgressRecord> _post;
    private readonly List<InstanceWait> _waits = [];
    private readonly List<Work> _works = [];
    private readonly int _activityId = ByteProgress.NextActivityId();
    private readonly Timer _timer;
    private bool _isActive;
    private bool _isShown;

    /// <param name="post">Writes a record.</param>
    public WaitProgress(Action<ProgressRecord> post)
    {
        _post = post;
        _timer = new Timer(_ => Show());
    }

    /// <summary>Shows a wait for instances.</summary>
    public void Report(InstanceWait value)
    {
        lock (_waits)
        {
            if (value.IsOver)
                _waits.Remove(value);
            else if (!_waits.Contains(value))
                _waits.Add(value);
            Update();
        }
    }

    /// <summary>Shows other work until it ends, such as a request that takes long.</summary>
    /// <param name="activity">What is done, such as <c>Connecting to x</c>.</param>
    /// <param name="state">What is waited for.</param>
    /// <param name="work">The work.</param>
    public async Task<T> ShowAsync<T>(string activity, string state, Func<Task<T>> work)
    {
        var shown = new Work(activity, state);
        lock (_waits)
        {
            _works.Add(shown);
            Update();
        }

        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            lock (_waits)
            {
                _works.Remove(shown);
                Update();
            }
        }
    }

    /// <summary>Shows other work until it ends.</summary>
    public Task ShowAsync(string activity, string state, Func<Task> work) => ShowAsync(activity, state, async () =>
    {
        await work().ConfigureAwait(false);
        return true;
    });

    /// <summary>A time as the progress shows it: minutes and seconds, and hours if there are any.</summary>
    public static string Format(TimeSpan time) =>
        time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>Starts the timer for the first wait, and completes the record after the last.</summary>
    private void Update()
    {
        var isActive = _waits.Count + _works.Count > 0;
        if (isActive == _isActive)
            return;

        _isActive = isActive;
        _timer.Change(isActive ? Interval : Timeout.InfiniteTimeSpan, isActive ? Interval : Timeout.InfiniteTimeSpan);
        if (!isActive)
            Complete();
    }

    private void Show()
    {
        lock (_waits)
        {
            if (Describe() is { } record)
            {
                _isShown = true;
                _post(record);
            }
            else
            {
                Complete();
            }
        }
    }

    private void Complete()
    {
        if (_isShown)
            _post(new ProgressRecord(_activityId, "Waiting", "Done") { RecordType = ProgressRecordType.Completed });
        _isShown = false;
    }

    private ProgressRecord? Describe()
    {
        static bool IsLong(TimeSpan elapsed) => elapsed >= Interval - Tolerance;
        var waits = _waits.Where(w => IsLong(w.Elapsed)).OrderByDescending(w => w.Elapsed).ToArray();
        var works = _works.Where(w => IsLong(w.Elapsed)).ToArray();
        if (waits.Length > 0)
            return Describe(waits);
        if (works.Length == 0)
            return null;

        var others = works.Length > 1 ? $", and {works.Length - 1} more" : "";
        return new ProgressRecord(_activityId, works[0].Activity + others, $"{works[0].State}, {Format(works[0].Elapsed)}");
    }

    private ProgressRecord Describe(InstanceWait[] waits)
    {
        var instances = waits.SelectMany(w => w.Instances).GroupBy(i => (i.Id, i.Hub, i.Space)).Select(g => g.Last()).ToArray();
        var goals = waits.Select(w => w.Goal).Distinct().ToArray();
        var time = Format(waits[0].Elapsed);
        if (instances.Length == 0)
            return new ProgressRecord(_activityId, $"Waiting for {waits[0].Subject}", $"{char.ToUpperInvariant(goals[0][0])}{goals[0].Substring(1)}, {time}");

        if (instances.Length == 1)
        {
            var one = instances[0];
            var id = DisplayText.ShortId(one.Id);
            return new ProgressRecord(_activityId, $"Waiting for {one.SequenceName ?? "an instance"} on {one.Hub} {goals[0]}", $"{one.Status}, {time} ({id})");
        }

        var states = instances.GroupBy(i => i.Status).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} {g.Key}");
        var activity = $"Waiting for {instances.Length} instances {(goals.Length == 1 ? goals[0] : "")}".TrimEnd();
        return new ProgressRecord(_activityId, activity, $"{string.Join(", ", states)}, {time}");
    }

    private sealed class Work(string activity, string state)
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();

        public string Activity { get; } = activity;

        public string State { get; } = state;

        public TimeSpan Elapsed => _clock.Elapsed;
    }
}
