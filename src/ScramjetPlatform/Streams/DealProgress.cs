using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using ScramjetPlatform.Engine;
using ScramjetPlatform.View;

namespace ScramjetPlatform.Streams;

/// <summary>Shows the progress of a deal each second: the records in and the values out, in total and for each instance.</summary>
internal sealed class DealProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly PipelineOutput _output;
    private readonly RecordDeal _deal;
    private readonly string _activity;
    private readonly Timer _timer;
    private readonly Dictionary<RecordShare, Row> _rows = [];
    private readonly Row _total = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private Task _shown = Task.CompletedTask;
    private bool _isOver;

    /// <param name="output">Writes to the command's pipeline.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="sequence">The name of the sequence.</param>
    /// <param name="instances">The number of instances.</param>
    public DealProgress(PipelineOutput output, RecordDeal deal, string sequence, int instances)
    {
        _output = output;
        _deal = deal;
        _activity = $"Invoking {instances} instances of {sequence}";
        _timer = new Timer(_ => Show(), null, Interval, Interval);
    }

    /// <summary>Removes the progress from the screen.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_rows)
        {
            _isOver = true;
            var records = new List<ProgressRecord>();
            foreach (var row in _rows.Values)
                row.Complete(records, "Instance");
            _total.Complete(records, _activity);
            _output.PostProgress(records);
        }
    }

    private void Show()
    {
        lock (_rows)
        {
            // A pipeline that is slow to show the progress isn't given more.
            if (_isOver || !_shown.IsCompleted)
                return;

            var now = _clock.Elapsed;
            var shares = _deal.GetState();
            var records = new List<ProgressRecord>();
            var (taken, returned) = (0L, 0L);
            foreach (var (share, itsTaken, itsReturned, isOpen) in shares)
            {
                taken += itsTaken;
                returned += itsReturned;
                if (!_rows.TryGetValue(share, out var row))
                    _rows[share] = row = new Row { Parent = _total.Id };
                if (!isOpen)
                    row.Complete(records, share.Name);
                else if (share.Name.Length > 0)
                    row.Show(records, share.Name, now, itsTaken, itsReturned);
            }

            _total.Show(records, _activity, now, taken, returned, first: true);
            _shown = _output.PostProgress(records);
        }
    }

    private sealed class Row
    {
        private TimeSpan _shownAt;
        private long _taken;
        private bool _isShown;

        public int Id { get; } = ByteProgress.NextActivityId();

        public int Parent { get; init; } = -1;

        public void Show(List<ProgressRecord> records, string activity, TimeSpan now, long taken, long returned, bool first = false)
        {
            var rate = (taken - _taken) / Math.Max(0.001, (now - _shownAt).TotalSeconds);
            (_shownAt, _taken) = (now, taken);
            _isShown = true;
            var status = string.Format(CultureInfo.InvariantCulture, "{0:#,0} in, {1:#,0} out, {2:#,0}/s", taken, returned, rate);
            records.Insert(first ? 0 : records.Count, new ProgressRecord(Id, DisplayText.Clean(activity), status) { ParentActivityId = Parent });
        }

        public void Complete(List<ProgressRecord> records, string activity)
        {
            if (_isShown)
            {
                records.Add(new ProgressRecord(Id, DisplayText.Clean(activity), "Done")
                {
                    ParentActivityId = Parent,
                    RecordType = ProgressRecordType.Completed,
                });
            }

            _isShown = false;
        }
    }
}
