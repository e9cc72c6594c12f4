using System.Collections.Generic;

namespace ScramjetPlatform.Streams;

/// <summary>
/// The records of the pipeline that no instance has taken, and the number of those that have come. It is used under the lock of the <see cref="RecordDeal"/>.
/// </summary>
internal sealed class RecordBacklog
{
    /// <summary>The size in bytes from which no more records should come.</summary>
    private const long Limit = 256 * 1024;

    private readonly Queue<Record> _records = new();
    private long _bytes;

    /// <summary>The number of records that wait for an instance.</summary>
    public int Count => _records.Count;

    /// <summary>The records that wait for an instance.</summary>
    public IEnumerable<Record> Records => _records;

    /// <summary>Whether there is room for more.</summary>
    public bool HasRoom => _bytes < Limit;

    /// <summary>The number of records that have come.</summary>
    public long Received { get; private set; }

    /// <summary>The number of records that no instance will take.</summary>
    public long Unsent { get; private set; }

    /// <summary>The number of the first of these records.</summary>
    public long FirstUnsent { get; private set; }

    /// <summary>Whether further records are refused.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Adds the next record.</summary>
    public Record Add(byte[] bytes, object? value)
    {
        var record = new Record(++Received, bytes, value);
        _records.Enqueue(record);
        _bytes += bytes.Length;
        return record;
    }

    /// <summary>Counts a record that can't be sent.</summary>
    public void Skip() => Received++;

    /// <summary>Counts a record that comes when no instance is left.</summary>
    public void Refuse()
    {
        Received++;
        if (Unsent++ == 0)
            FirstUnsent = Received;
    }

    /// <summary>Takes the next record.</summary>
    public Record Take()
    {
        var record = _records.Dequeue();
        _bytes -= record.Bytes.Length;
        return record;
    }

    /// <summary>Leaves the records that wait unsent, because no instance is left.</summary>
    public void Close()
    {
        IsClosed = true;
        if (_records.Count > 0)
            FirstUnsent = _records.Peek().Number;
        Unsent += _records.Count;
        _records.Clear();
    }
}
