using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Conversion;

namespace ScramjetPlatform.Streams;

/// <summary>An instance's share of the records of a <see cref="RecordDeal"/>. Its members other than the methods are for the deal, under its lock.</summary>
internal sealed class RecordShare
{
    /// <summary>The number of unanswered records that an instance can have at first.</summary>
    public const int FirstWindow = 4;

    private const int SmallestWindow = 2;
    private const int LargestWindow = 4096;

    /// <summary>The time from the sending of a record to its output up to which an instance gets more records in advance.</summary>
    private static readonly long ShortTime = Stopwatch.Frequency / 10;

    /// <summary>The time from which it gets fewer.</summary>
    private static readonly long LongTime = Stopwatch.Frequency / 2;

    private readonly RecordDeal _deal;
    private readonly MemoryStream _part = new();
    private readonly Queue<long> _times = new();
    private int _window;
    private object? _cut;
    private bool _hasCut;

    /// <param name="deal">The deal.</param>
    /// <param name="window">The number of records without output that the instance can have at first.</param>
    public RecordShare(RecordDeal deal, int window)
    {
        _deal = deal;
        _window = window;
    }

    /// <summary>What identifies the instance to the user; empty until it is known.</summary>
    public string Name { get; set; } = "";

    /// <summary>The number of records that the instance has taken.</summary>
    public long Taken { get; set; }

    /// <summary>The number of values that it has written.</summary>
    public long Returned { get; set; }

    /// <summary>Whether the instance has asked for records, or has ended before, or replaces one.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Whether it was told that there are no more records.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether it can take no more records.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The numbers of the records that it has taken, if the output is ordered.</summary>
    public RecordRanges Numbers { get; } = new();

    /// <summary>The records that it has taken and not answered, oldest first, if the output is ordered.</summary>
    public Queue<Record> Unanswered { get; } = new();

    /// <summary>Wakes the instance if it waits for records.</summary>
    public TaskCompletionSource<bool>? Wake { get; set; }

    /// <summary>How much the instance has to do, for a comparison. Programs that write more than one value for a record have nothing open.</summary>
    public (long Open, long Taken) Load => (Math.Max(0, Taken - Returned), Taken);

    /// <summary>Whether it can take more records, if each of them leads to one value.</summary>
    public bool HasRoom => _times.Count < _window;

    /// <summary>Returns the records as the body of a request.</summary>
    /// <param name="contentType">The content type to send them with.</param>
    public StreamBody ToBody(string contentType) => StreamBody.From(token => _deal.TakeAsync(this, _part, token), contentType, _deal.IsAscii);

    /// <summary>Creates the decoder of the output.</summary>
    /// <param name="contentType">The content type; null for the default.</param>
    public StreamDecoder CreateDecoder(string? contentType) =>
        contentType is null && _deal.IsShared ? StreamDecoder.ForSeveral(_deal.ContentType) : new StreamDecoder(contentType);

    /// <summary>Writes output of the instance to the pipeline. The task completes when there is room for more.</summary>
    /// <param name="values">The values.</param>
    /// <param name="size">The approximate size of their source in bytes.</param>
    /// <param name="isCut">Whether the output has ended within the last value, which is complete only if the instance succeeds.</param>
    public Task ReturnAsync(IReadOnlyList<object?> values, long size, bool isCut)
    {
        if (!isCut || !_deal.IsOrdered || values.Count == 0)
            return _deal.ReturnAsync(this, values, size);

        (_cut, _hasCut) = (values[values.Count - 1], true);
        return _deal.ReturnAsync(this, [.. Before(values)], size);
    }

    /// <summary>Reports a line of the output that can't be read. If the output is ordered, the lines after it can't be assigned to records.</summary>
    public Action<ScramjetException, string> Reporter(Action<ScramjetException, string> report) =>
        _deal.IsOrdered ? static (error, _) => throw error : report;

    /// <summary>Completes the output of an instance that has succeeded.</summary>
    public Task CompleteAsync()
    {
        if (!_hasCut)
            return Task.CompletedTask;
        _hasCut = false;
        return _deal.ReturnAsync(this, [_cut], 0);
    }

    /// <summary>Counts a record that the instance takes.</summary>
    public void CountTaken()
    {
        Taken++;
        if (_window < int.MaxValue)
            _times.Enqueue(Stopwatch.GetTimestamp());
    }

    /// <summary>Counts a value that the instance returns, and adapts the number of records that it gets in advance to the time that it takes for one.</summary>
    /// <returns>Whether there was a record for the value.</returns>
    public bool CountReturned()
    {
        Returned++;
        if (_window == int.MaxValue)
            return true;
        if (_times.Count == 0)
            return false;
        var time = Stopwatch.GetTimestamp() - _times.Dequeue();
        if (time < ShortTime)
            _window = Math.Min(LargestWindow, _window + 1);
        else if (time > LongTime)
            _window = Math.Max(SmallestWindow, _window - 1);
        return true;
    }

    /// <summary>Lets the instance take as many records as its connection accepts.</summary>
    public void Free()
    {
        _window = int.MaxValue;
        _times.Clear();
    }

    /// <summary>Wakes the instance if it waits for records.</summary>
    /// <returns>Whether it continues.</returns>
    public bool TryWake()
    {
        var wake = Wake;
        Wake = null;
        return wake?.TrySetResult(true) == true;
    }

    private static IEnumerable<object?> Before(IReadOnlyList<object?> values)
    {
        for (var i = 0; i < values.Count - 1; i++)
            yield return values[i];
    }
}
