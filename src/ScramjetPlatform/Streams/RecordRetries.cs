using System;
using System.Collections.Generic;
using System.Linq;

namespace ScramjetPlatform.Streams;

/// <summary>
/// The records that instances which have failed left unanswered, to be dealt again. One of them may be the reason for the failure, and the others must not be
/// lost because of it. So an instance takes them only when it has answered all others, takes no others until it has answered them, and takes one at a time at
/// first, and more as long as no instance fails. It is used under the lock of the <see cref="RecordDeal"/>.
/// </summary>
internal sealed class RecordRetries
{
    /// <summary>How many records must have been answered for each one that is taken at a time.</summary>
    private const int AnsweredForEach = 32;

    private readonly SortedDictionary<long, Record> _records = [];

    /// <summary>The instances that take no other records, each with the number of records that it has taken from here.</summary>
    private readonly Dictionary<RecordShare, int> _takers = [];

    private int _answered;
    private bool _isReleased;

    /// <summary>The number of records that no instance has.</summary>
    public int Count => _records.Count;

    /// <summary>Whether an instance has records that others wait for.</summary>
    public bool IsBusy => _takers.Keys.Any(Keeps);

    /// <summary>Adds the records that an instance has left unanswered.</summary>
    public void Add(IEnumerable<Record> records)
    {
        foreach (var record in records)
        {
            record.Share = null;
            _records[record.Number] = record;
        }

        (_answered, _isReleased) = (0, false);
    }

    /// <summary>Whether an instance takes no more records until it has answered those that it has.</summary>
    public bool Keeps(RecordShare share) => _takers.Count > 0 && share.Unanswered.Count > 0 && _takers.ContainsKey(share);

    /// <summary>Whether an instance that isn't kept can take these records next. One of several instances is left for the other records.</summary>
    /// <param name="share">The share of the instance.</param>
    /// <param name="shares">The shares of all instances.</param>
    public bool Suits(RecordShare share, IReadOnlyList<RecordShare> shares) => _records.Count > 0
        && (_isReleased
            || (_takers.Count(t => t.Value == 0 && t.Key != share) < _records.Count
                && _takers.Keys.Count(Keeps) < Math.Max(1, shares.Count - 1)));

    /// <summary>Returns how many of these records an instance takes next, which can be none; null if it takes others.</summary>
    /// <param name="share">The share of the instance.</param>
    /// <param name="shares">The shares of all instances.</param>
    public int? MostFor(RecordShare share, IReadOnlyList<RecordShare> shares)
    {
        if (_takers.Count == 0 && _records.Count == 0)
            return null;
        if (Keeps(share))
            return 0;
        if (_takers.TryGetValue(share, out var answered))
        {
            _answered += answered;
            _takers.Remove(share);
        }

        if (!Suits(share, shares))
            return null;
        if (_isReleased)
            return _records.Count;
        return _takers[share] = share.Unanswered.Count > 0 ? 0 : Math.Min(_records.Count, Math.Max(1, _answered / AnsweredForEach));
    }

    /// <summary>Takes the oldest record.</summary>
    public Record? Take()
    {
        if (_records.Count == 0)
            return null;
        var record = _records.First().Value;
        _records.Remove(record.Number);
        return record;
    }

    /// <summary>Forgets an instance that has ended.</summary>
    public void Close(RecordShare share) => _takers.Remove(share);

    /// <summary>Deals the records together with others, because the program doesn't answer a record before it has received more.</summary>
    public void Release()
    {
        _takers.Clear();
        _isReleased = true;
    }

    /// <summary>Removes all records.</summary>
    public void Clear() => _records.Clear();
}
