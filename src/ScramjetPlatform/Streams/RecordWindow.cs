using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace ScramjetPlatform.Streams;

/// <summary>
/// How many records an instance can have that it hasn't answered, if several instances share the records: more while it answers soon, and fewer while it
/// takes long, so that a slow instance doesn't collect records that others could process.
/// </summary>
internal sealed class RecordWindow
{
    private const int FirstSize = 4;
    private const int SmallestSize = 2;
    private const int LargestSize = 4096;

    /// <summary>The time from the sending of a record to its output up to which the window grows.</summary>
    private static readonly long ShortTime = Stopwatch.Frequency / 10;

    /// <summary>The time from which it shrinks.</summary>
    private static readonly long LongTime = Stopwatch.Frequency / 2;

    /// <summary>When the records were sent that aren't answered.</summary>
    private readonly Queue<long> _sent = new();

    private int _size = FirstSize;
    private bool _isUnlimited;

    /// <summary>Whether the instance can have one more.</summary>
    public bool HasRoom => _isUnlimited || _sent.Count < _size;

    /// <summary>Counts a record that is sent.</summary>
    public void Send()
    {
        if (!_isUnlimited)
            _sent.Enqueue(Stopwatch.GetTimestamp());
    }

    /// <summary>Counts an answer, and adapts the size to the time that it took.</summary>
    /// <returns>Whether there was a record for it.</returns>
    public bool Answer()
    {
        if (_isUnlimited)
            return true;
        if (_sent.Count == 0)
            return false;
        var time = Stopwatch.GetTimestamp() - _sent.Dequeue();
        if (time < ShortTime)
            _size = Math.Min(LargestSize, _size + 1);
        else if (time > LongTime)
            _size = Math.Max(SmallestSize, _size - 1);
        return true;
    }

    /// <summary>Lets the instance have as many records as its connection accepts.</summary>
    public void Free()
    {
        _isUnlimited = true;
        _sent.Clear();
    }
}
