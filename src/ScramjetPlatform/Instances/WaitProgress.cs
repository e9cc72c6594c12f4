using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// Progress of a command's waits for instances: one record for all of them, once one has lasted a second, until all are over. From any thread.
/// </summary>
internal sealed class WaitProgress(Action<ProgressRecord> post) : IProgress<InstanceWait>
{
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(1);

    private readonly List<InstanceWait> _waits = [];
    private readonly int _activityId = ByteProgress.NextActivityId();
    private bool _isShown;

    public void Report(InstanceWait value)
    {
        lock (_waits)
        {
            if (value.IsOver)
                _waits.Remove(value);
            else if (!_waits.Contains(value))
                _waits.Add(value);

            // The longest is the first.
            var shown = _waits.Where(w => w.Elapsed >= Threshold && w.Instances.Count > 0).ToArray();
            if (shown.Length > 0)
                post(Describe(shown));
            else if (_isShown)
                post(new ProgressRecord(_activityId, "Waiting", "Done") { RecordType = ProgressRecordType.Completed });
            _isShown = shown.Length > 0;
        }
    }

    private ProgressRecord Describe(InstanceWait[] waits)
    {
        var instances = waits.SelectMany(w => w.Instances).ToArray();
        var goals = waits.Select(w => w.Goal).Distinct().ToArray();
        var activity = instances.Length == 1
            ? $"Waiting for {Name(instances[0])} {goals[0]}"
            : $"Waiting for {instances.Length} instances {(goals.Length == 1 ? goals[0] : "")}".TrimEnd();
        var states = string.Join(", ", instances.GroupBy(i => i.Status).OrderByDescending(g => g.Count()).Select(g => instances.Length == 1 ? g.Key.ToString() : $"{g.Count()} {g.Key}"));
        return new ProgressRecord(_activityId, activity, $"{states}, {waits[0].Elapsed.TotalSeconds:0} s")
        {
            CurrentOperation = instances.Length == 1 ? null : $"{Name(instances[0])} {waits[0].Goal}",
        };
    }

    private static string Name(Instance instance) => $"{instance.SequenceName ?? "instance"} ({instance.Id}) on {instance.Hub}";
}
