using System;

namespace ScramjetPlatform.Streams;

/// <summary>The times of lines.</summary>
/// <param name="oldest">The time of the oldest; null if none has a time.</param>
/// <param name="newest">The time of the newest one that shows how far the stream has come; null if there is none.</param>
internal readonly struct LineTimes(DateTimeOffset? oldest, DateTimeOffset? newest)
{
    public DateTimeOffset? Oldest { get; } = oldest;

    public DateTimeOffset? Newest { get; } = newest;
}

/// <summary>What a line of a stream holds.</summary>
/// <param name="entry">The entry; null if it isn't wanted.</param>
/// <param name="time">When it was written; null if that isn't known.</param>
internal readonly struct TimedLine<T>(T? entry, DateTimeOffset? time) where T : class
{
    public T? Entry { get; } = entry;

    public DateTimeOffset? Time { get; } = time;

    /// <summary>Whether it continues the line before it, and stays with that line.</summary>
    public bool Continues { get; init; }

    /// <summary>
    /// Whether its time doesn't show how far the stream has come: what a hub adds to the log of an instance overtakes the lines of the process.
    /// </summary>
    public bool Overtakes { get; init; }

    /// <summary>The part of the stream that it belongs to, such as a hub in the log of a space. Each part is in the order of its times.</summary>
    public string? Part { get; init; }
}
