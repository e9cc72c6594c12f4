using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Streams;

/// <summary>A record of the pipeline on its way to an instance.</summary>
/// <param name="number">The number of the record in the pipeline, from 1.</param>
/// <param name="bytes">The encoded record.</param>
/// <param name="value">The object that was encoded, if it may be needed for an error.</param>
internal sealed class Record(long number, byte[] bytes, object? value)
{
    /// <summary>The number of the record in the pipeline, from 1.</summary>
    public long Number => number;

    /// <summary>The encoded record.</summary>
    public byte[] Bytes => bytes;

    /// <summary>The object that was encoded.</summary>
    public object? Value => value;

    /// <summary>How often an instance has failed whose oldest unanswered record it was.</summary>
    public int Failures { get; set; }

    /// <summary>The share of the instance that has it.</summary>
    public RecordShare? Share { get; set; }

    /// <summary>Whether its output has arrived, or never will.</summary>
    public bool IsDone { get; set; }

    /// <summary>Its output.</summary>
    public object? Output { get; set; }

    /// <summary>The size of its output in bytes; null if there is none.</summary>
    public long? OutputSize { get; set; }
}

/// <summary>An instance has written more or fewer values than it has received records.</summary>
/// <param name="share">Its share, as it is now.</param>
internal sealed class OutputMismatchException(RecordShare share) : Exception
{
    /// <summary>Which records it has taken.</summary>
    public string Taken { get; } = share.Numbers.ToString();

    /// <summary>How many values it has written; more can follow if there are too many.</summary>
    public string Returned { get; } = (share.Returned > share.Taken ? "at least " : "") + RecordRanges.Amount(share.Returned, "value");
}

/// <summary>
/// Writes the outputs of records to the pipeline in the order of the records. The number of records between the first without output and the last is limited.
/// It is used under the lock of the <see cref="RecordDeal"/>.
/// </summary>
/// <param name="output">Writes to the command's pipeline.</param>
internal sealed class RecordOrder(PipelineOutput output)
{
    private const int MostRecords = 10_000;
    private const long MostBytes = 16 * 1024 * 1024;

    private readonly Queue<Record> _records = new();
    private long _inputBytes;
    private long _outputBytes;
    private TaskCompletionSource<bool>? _move;

    /// <summary>Whether more records can be added.</summary>
    public bool HasRoom => _records.Count < MostRecords && _inputBytes < MostBytes;

    /// <summary>The records whose output hasn't arrived.</summary>
    public IEnumerable<Record> Open => _records.Where(r => !r.IsDone);

    /// <summary>Adds the next record.</summary>
    public void Add(Record record)
    {
        _records.Enqueue(record);
        _inputBytes += record.Bytes.Length;
    }

    /// <summary>Sets the output of a record.</summary>
    public void Answer(Record record, object? value, long size)
    {
        (record.IsDone, record.Output, record.OutputSize) = (true, value, size);
        _outputBytes += size;
    }

    /// <summary>Writes the outputs whose turn it is.</summary>
    /// <returns>A task that completes when the pipeline has room for more; null if it is the turn of none.</returns>
    public Task? Flush()
    {
        if (_records.Count == 0 || !_records.Peek().IsDone)
            return null;

        var values = new List<object?>();
        var size = 0L;
        while (_records.Count > 0 && _records.Peek().IsDone)
        {
            var record = _records.Dequeue();
            _inputBytes -= record.Bytes.Length;
            if (record.OutputSize is not { } length)
                continue;
            values.Add(record.Output);
            size += length;
        }

        _outputBytes -= size;
        Moved();
        return output.WriteManyAsync(values, size);
    }

    /// <summary>Whether an instance is so far ahead of the one that has the next record that its output must wait.</summary>
    public bool IsAhead(RecordShare share) =>
        _outputBytes >= MostBytes && _records.Count > 0 && _records.Peek() is { IsDone: false, Share: { } next } && next != share;

    /// <summary>Completes when the next record is another one.</summary>
    public Task WaitForMove()
    {
        _move ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _move.Task;
    }

    /// <summary>Tells that the next record is another one, or that no instance has it.</summary>
    public void Moved()
    {
        _move?.TrySetResult(true);
        _move = null;
    }
}
