using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Streams;

/// <summary>
/// Writes the lines of several streams to the pipeline. The existing lines are merged by their times, as they arrive: no more of a stream is held than it
/// takes to wait for the others. Lines that come later are written as they come.
/// </summary>
/// <param name="context">The command whose pipeline it is.</param>
/// <param name="follow">Whether streams are read to their end, rather than for their existing lines.</param>
/// <param name="tail">How many of the existing lines are written of each stream; null for all.</param>
/// <param name="output">What is written for an entry.</param>
internal sealed class TimeMerge<T>(CommandContext context, bool follow, int? tail, Func<T, object?> output) where T : class
{
    private readonly List<TimeMergeSource<T>> _sources = [];
    private readonly TaskCompletionSource<bool> _merged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isMerging;

    /// <summary>
    /// Adds a stream whose existing lines are merged with those of the others. Once the merge has begun, all lines of a stream are written as they come.
    /// </summary>
    /// <param name="hasParts">Whether the stream has parts whose existing lines come one part after another.</param>
    public TimeMergeSource<T> Add(bool hasParts = false)
    {
        lock (_sources)
        {
            var source = new TimeMergeSource<T>(tail, isMerged: !_isMerging, context.Cancellation, WriteAsync) { HasParts = hasParts };
            if (!_isMerging)
                _sources.Add(source);
            return source;
        }
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="source">The stream's place in the merge.</param>
    /// <param name="client">The client of the stream's place.</param>
    /// <param name="open">Opens the stream.</param>
    /// <param name="read">Reads a line.</param>
    public async Task ReadAsync<TClient>(
        TimeMergeSource<T> source,
        TClient client,
        Func<TClient, CancellationToken, Task<ApiStream>> open,
        Func<string, Task<TimedLine<T>>> read) where TClient : ApiClient
    {
        try
        {
            await EndlessLines.ReadAsync(context, client, open, TakeAsync, follow, source.EndHistoryAsync).ConfigureAwait(false);
        }
        finally
        {
            // The lines before an error count too.
            if (!context.Cancellation.IsCancellationRequested)
                await source.EndHistoryAsync().ConfigureAwait(false);
        }

        async Task<LineTimes> TakeAsync(IReadOnlyList<string> lines)
        {
            DateTimeOffset? oldest = null, newest = null;
            foreach (var line in lines)
            {
                var timed = await read(line).ConfigureAwait(false);
                if (oldest is null || timed.Time < oldest)
                    oldest = timed.Time;
                if (!timed.Overtakes && (newest is null || timed.Time > newest))
                    newest = timed.Time;
                if (timed.Entry is not null)
                    await source.AddAsync(timed).ConfigureAwait(false);
            }

            return new LineTimes(oldest, newest);
        }
    }

    /// <summary>Writes the existing lines of all streams that were added, and lets those that come later be written.</summary>
    public async Task MergeAsync()
    {
        List<TimeMergeSource<T>> open;
        lock (_sources)
        {
            _isMerging = true;
            open = [.. _sources];
        }

        while (true)
        {
            foreach (var source in open)
                await source.FillAsync().ConfigureAwait(false);
            open.RemoveAll(static s => s.IsEmpty);
            if (open.Count == 0)
                break;

            // The first of equals, so that the order is stable.
            var next = open[0];
            foreach (var source in open)
            {
                if (source.NextTime < next.NextTime)
                    next = source;
            }

            await context.Output.WriteAsync(output(next.Take())).ConfigureAwait(false);
        }

        _merged.TrySetResult(true);
    }

    /// <summary>Writes a line that came after the existing lines.</summary>
    private async Task WriteAsync(T entry)
    {
        if (!_merged.Task.IsCompleted)
            await _merged.Task.OrCanceledAsync(context.Cancellation).ConfigureAwait(false);
        await context.Output.WriteAsync(output(entry)).ConfigureAwait(false);
    }
}

/// <summary>One stream of a merge.</summary>
/// <param name="tail">How many of its existing lines are kept; null for all.</param>
/// <param name="isMerged">Whether its existing lines are merged with others.</param>
/// <param name="cancellation">Cancels all waiting.</param>
/// <param name="write">Writes a line that came after the existing lines.</param>
internal sealed class TimeMergeSource<T>(int? tail, bool isMerged, CancellationToken cancellation, Func<T, Task> write) where T : class
{
    private const int Room = 4096;

    private readonly Queue<(DateTimeOffset Time, T? Entry)> _queue = new();
    private readonly SemaphoreSlim _queued = new(0);
    private readonly SemaphoreSlim _room = new(Room);
    private readonly List<(DateTimeOffset Time, TimedLine<T> Line)> _kept = [];
    private readonly Dictionary<string, DateTimeOffset> _newest = new(StringComparer.Ordinal);
    private (DateTimeOffset Time, T? Entry)? _next;
    private int _keptEntries;
    private bool _isPastHistory = !isMerged;

    /// <summary>
    /// Whether the stream has parts whose existing lines come one part after another, so that all of them are needed before the first is written.
    /// </summary>
    public bool HasParts { get; init; }

    /// <summary>Whether all existing lines have been taken.</summary>
    public bool IsEmpty => _next is { Entry: null };

    /// <summary>The time of the next line.</summary>
    public DateTimeOffset NextTime => _next!.Value.Time;

    /// <summary>Takes in a line.</summary>
    public async Task AddAsync(TimedLine<T> line)
    {
        if (_isPastHistory)
        {
            await write(line.Entry!).ConfigureAwait(false);
            return;
        }

        // Within a part, the order of the stream counts: times that jump back, or are missing, don't change it.
        var part = line.Part ?? "";
        var newest = _newest.TryGetValue(part, out var before) ? before : DateTimeOffset.MinValue;
        var time = line.Time > newest ? line.Time.Value : newest;
        _newest[part] = time;
        if (tail is null && !HasParts)
            await QueueAsync(time, line.Entry).ConfigureAwait(false);
        else
            Keep(time, line);
    }

    /// <summary>Tells that the stream has no more existing lines. What comes is new.</summary>
    public async Task EndHistoryAsync()
    {
        if (_isPastHistory)
            return;

        var lines = HasParts ? _kept.OrderBy(static k => k.Time).ToList() : _kept;
        foreach (var (time, line) in tail is { } most ? Last(lines, most) : lines)
            await QueueAsync(time, line.Entry).ConfigureAwait(false);
        _kept.Clear();
        await QueueAsync(DateTimeOffset.MaxValue, null).ConfigureAwait(false);
        _isPastHistory = true;
    }

    /// <summary>Waits for the next line, or for the end of the existing lines.</summary>
    public async Task FillAsync()
    {
        if (_next is not null)
            return;
        await _queued.WaitAsync(cancellation).ConfigureAwait(false);
        lock (_queue)
            _next = _queue.Dequeue();
        _room.Release();
    }

    /// <summary>Takes the next line.</summary>
    public T Take()
    {
        var entry = _next!.Value.Entry!;
        _next = null;
        return entry;
    }

    private async Task QueueAsync(DateTimeOffset time, T? entry)
    {
        await _room.WaitAsync(cancellation).ConfigureAwait(false);
        lock (_queue)
            _queue.Enqueue((time, entry));
        _queued.Release();
    }

    /// <summary>The last entries, with the lines that continue them.</summary>
    private static List<(DateTimeOffset Time, TimedLine<T> Line)> Last(List<(DateTimeOffset Time, TimedLine<T> Line)> lines, int entries)
    {
        var start = lines.Count;
        for (var count = 0; start > 0 && count < entries; start--)
        {
            if (!lines[start - 1].Line.Continues)
                count++;
        }

        return lines.GetRange(start, lines.Count - start);
    }

    private void Keep(DateTimeOffset time, TimedLine<T> line)
    {
        _kept.Add((time, line));
        if (HasParts || tail is not { } most || line.Continues)
            return;

        // The list is cut now and then, rather than with each line.
        if (++_keptEntries >= (2 * most) + Room)
        {
            var last = Last(_kept, most);
            _kept.Clear();
            _kept.AddRange(last);
            _keptEntries = most;
        }
    }
}
