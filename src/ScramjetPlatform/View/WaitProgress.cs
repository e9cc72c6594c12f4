using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;

namespace ScramjetPlatform.View;

/// <summary>
/// Shows the waits of a command for instances in one progress record, which appears when a wait has lasted a second. It can be used on any thread.
/// </summary>
internal sealed class WaitProgress(Action<ProgressRecord> post) : IProgress<InstanceWait>
{
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<InstanceWait> _waits = [];
    private readonly Stopwatch _sinceShown = new();
    private readonly int _activityId = ByteProgress.NextActivityId();

    public void Report(InstanceWait value)
    {
        lock (_waits)
        {
            if (value.IsOver)
                _waits.Remove(value);
            else
                _waits.Add(value);
            if (_sinceShown.IsRunning && _sinceShown.Elapsed < Between && !value.IsOver)
                return;

            var shown = _waits.Where(w => w.Elapsed >= Threshold && w.Instances.Count > 0).OrderByDescending(w => w.Elapsed).ToArray();
            if (shown.Length > 0)
            {
                post(Describe(shown));
                _sinceShown.Restart();
            }
            else if (_sinceShown.IsRunning)
            {
                post(new ProgressRecord(_activityId, "Waiting", "Done") { RecordType = ProgressRecordType.Completed });
                _sinceShown.Reset();
            }
        }
    }

    private ProgressRecord Describe(InstanceWait[] waits)
    {
        var instances = waits.SelectMany(w => w.Instances).ToArray();
        var goals = waits.Select(w => w.Goal).Distinct().ToArray();
        var seconds = $"{waits[0].Elapsed.TotalSeconds:0} s";
        if (instances.Length == 1)
        {
            var one = instances[0];
            var activity = $"Waiting for {one.SequenceName ?? "an instance"} on {one.Hub} {goals[0]}";
            return new ProgressRecord(_activityId, activity, $"{one.Status}, {seconds} ({one.Id})");
        }

        var states = instances.GroupBy(i => i.Status).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} {g.Key}");
        var summary = $"Waiting for {instances.Length} instances {(goals.Length == 1 ? goals[0] : "")}".TrimEnd();
        return new ProgressRecord(_activityId, summary, $"{string.Join(", ", states)}, {seconds}");
    }
}
