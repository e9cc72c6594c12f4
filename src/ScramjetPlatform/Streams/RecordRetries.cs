using System;
using System.Collections.Generic;
using System.Linq;

namespace ScramjetPlatform.Streams;

/// <summary>
/// The records that failed instances have left unanswered, which are dealt again. One of them may be the reason for the failure, and the others must not be
/// lost because of it. So an instance takes them only when it has answered all others, takes no others until it has answered them, and takes one at a time at
/// first, and more as long as no instance fails. If a program is silent because it waits for more records, they are dealt together with the others. It is
/// used under the lock of the <see cref="RecordDeal"/>.
/// </summary>
internal sealed class RecordRetries
{
    /// <summary>How many records must have been answered for each one that is taken at a time.</summary>
    private const int AnsweredForEach = 32;

    private readonly SortedDictionary<long, Record> _records = [];

    /// <summary>The instances that take no other records, each with the number of these that it has: none until it has answered the others.</summary>
    private readonly Dictionary<RecordShare, int> _takers = [];

    private int _answered;
    private bool _isReleased;

    /// <summary>The number of records that no instance has.</summary>
    public int Count => _records.Count;

    /// <summary>Whether an instance has records that others wait for.</summary>
    public bool IsBusy => _takers.Keys.Any(MustAnswer);

    /// <summary>How many records an instance takes at a time.</summary>
    private int GroupSize => Math.Max(1, _answered / AnsweredForEach);

    /// <summary>
    /// Adds the records that an instance has left unanswered, and from then on one is taken at a time again. Instances are first in, first out, so it has
    /// probably failed at the oldest one, and the failure counts for that one alone.
    /// </summary>
    /// <param name="records">The records, oldest first.</param>
    /// <param name="retries">How often a record is dealt again.</param>
    /// <returns>The records that aren't dealt again.</returns>
    public IReadOnlyList<Record> Add(IReadOnlyList<Record> records, int retries)
    {
        // If the instance had others too, it is less certain that it has failed at this one.
        var isLast = records[0].Failures++ >= (records.Count == 1 ? retries : retries + 1);
        foreach (var record in records.Skip(isLast ? 1 : 0))
        {
            record.Share = null;
            _records[record.Number] = record;
        }

        (_answered, _isReleased) = (0, false);
        return isLast ? [records[0]] : [];
    }

    /// <summary>Whether an instance takes no more records until it has answered those that it has.</summary>
    public bool MustAnswer(RecordShare share) => share.Unanswered.Count > 0 && _takers.ContainsKey(share);

    /// <summary>Whether an instance that doesn't have to answer first can take these records next.</summary>
    /// <param name="share">The share of the instance.</param>
    /// <param name="instances">The number of instances.</param>
    public bool CanTake(RecordShare share, int instances) =>
        _records.Count > 0 && (_isReleased || (!AreReserved(share) && IsOneLeftForOthers(instances)));

    /// <summary>Returns how many of these records an instance takes next, which can be none; null if it takes others.</summary>
    /// <param name="share">The share of the instance.</param>
    /// <param name="instances">The number of instances.</param>
    public int? MostFor(RecordShare share, int instances)
    {
        if (MustAnswer(share))
            return 0;
        CountAnswered(share);
        if (!CanTake(share, instances))
            return null;
        if (_isReleased)
            return _records.Count;
        return _takers[share] = share.Unanswered.Count > 0 ? 0 : Math.Min(_records.Count, GroupSize);
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

    /// <summary>Whether other instances that are about to take records from here are enough for all of them.</summary>
    private bool AreReserved(RecordShare share) => _takers.Count(t => t.Value == 0 && t.Key != share) >= _records.Count;

    /// <summary>Whether one of several instances is left for the other records if another one takes from here.</summary>
    private bool IsOneLeftForOthers(int instances) => _takers.Keys.Count(MustAnswer) < Math.Max(1, instances - 1);

    private void CountAnswered(RecordShare share)
    {
        if (!_takers.TryGetValue(share, out var answered))
            return;
        _answered += answered;
        _takers.Remove(share);
    }
}
