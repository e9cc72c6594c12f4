using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Conversion;

namespace ScramjetPlatform.Streams;

/// <summary>An instance's share of the records of a <see cref="RecordDeal"/>. Its members other than the methods are for the deal, under its lock.</summary>
internal sealed class RecordShare
{
    private readonly RecordDeal _deal;
    private readonly MemoryStream _part = new();
    private readonly RecordWindow _window = new();
    private object? _cut;
    private bool _hasCut;

    /// <param name="deal">The deal.</param>
    /// <param name="isFree">Whether the instance can take as many records as its connection accepts.</param>
    public RecordShare(RecordDeal deal, bool isFree)
    {
        _deal = deal;
        if (isFree)
            Free();
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
    public bool HasRoom => _window.HasRoom;

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
        _window.Send();
    }

    /// <summary>Notes a record that the instance takes and must answer.</summary>
    public void AddUnanswered(Record record)
    {
        record.Share = this;
        Numbers.Add(record.Number);
        Unanswered.Enqueue(record);
    }

    /// <summary>Counts a value that the instance returns.</summary>
    /// <returns>Whether there was a record for the value.</returns>
    public bool CountReturned()
    {
        Returned++;
        return _window.Answer();
    }

    /// <summary>Lets the instance take as many records as its connection accepts.</summary>
    public void Free() => _window.Free();

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
