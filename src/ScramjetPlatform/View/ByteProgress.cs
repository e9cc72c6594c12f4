using System;
using System.Diagnostics;
using System.Management.Automation;
using System.Threading.Tasks;
using ScramjetPlatform.Formatting;

namespace ScramjetPlatform.View;

/// <summary>Reports progress in bytes, at most ten times a second. It can be used on any thread.</summary>
internal sealed class ByteProgress : IProgress<long>
{
    private const int MillisecondsBetween = 100;

    private static int s_lastId;

    private readonly Action<ProgressRecord> _post;
    private readonly ProgressRecord _record;
    private readonly long? _total;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _last = -MillisecondsBetween;

    public ByteProgress(Action<ProgressRecord> post, string activity, long? total)
    {
        _post = post;
        _total = total;
        _record = new ProgressRecord(NextActivityId(), activity, "Starting");
    }

    /// <summary>Returns a unique activity id.</summary>
    public static int NextActivityId() => System.Threading.Interlocked.Increment(ref s_lastId) & 0xFFFFFF;

    public void Report(long value)
    {
        var now = _clock.ElapsedMilliseconds;
        if (now - _last < MillisecondsBetween && value != _total)
            return;

        _last = now;
        var rate = value / Math.Max(0.001, _clock.Elapsed.TotalSeconds);
        var size = $"{ByteSize.Format(value)}{(_total is { } total ? " of " + ByteSize.Format(total) : "")}";
        var record = new ProgressRecord(_record.ActivityId, _record.Activity, $"{size}, {ByteSize.Format((long)rate)}/s");
        if (_total is > 0)
        {
            record.PercentComplete = (int)Math.Min(100, 100 * value / _total.Value);
            record.SecondsRemaining = rate > 0 ? (int)Math.Min(int.MaxValue, (_total.Value - value) / rate) : -1;
        }

        _post(record);
    }

    /// <summary>Shows the progress of work until it ends.</summary>
    public static async Task<T> ShowAsync<T>(Action<ProgressRecord> post, string activity, long? total, Func<IProgress<long>, Task<T>> work)
    {
        var progress = new ByteProgress(post, activity, total);
        try
        {
            return await work(progress).ConfigureAwait(false);
        }
        finally
        {
            progress.Complete();
        }
    }

    /// <summary>Shows the progress of work until it ends.</summary>
    public static T Show<T>(Action<ProgressRecord> post, string activity, long? total, Func<IProgress<long>, T> work)
    {
        var progress = new ByteProgress(post, activity, total);
        try
        {
            return work(progress);
        }
        finally
        {
            progress.Complete();
        }
    }

    /// <summary>Removes the progress from the screen.</summary>
    private void Complete() => _post(new ProgressRecord(_record.ActivityId, _record.Activity, "Done") { RecordType = ProgressRecordType.Completed });
}
