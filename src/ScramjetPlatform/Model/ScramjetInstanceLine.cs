using System;
using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>A line that an instance has written to one of its streams.</summary>
public sealed class ScramjetInstanceLine
{
    internal ScramjetInstanceLine(string stream, string instance, string? sequence, string? hub, string text)
    {
        Stream = stream;
        Instance = instance;
        Sequence = sequence;
        Hub = hub;
        Text = text;
    }

    /// <summary>When a log entry was written. For other streams, which have no times: when the line was received.</summary>
    public DateTimeOffset Time { get; internal set; } = DateTimeOffset.Now;

    /// <summary>The stream: <c>Output</c>, <c>Stdout</c>, <c>Stderr</c> or <c>Log</c>.</summary>
    public string Stream { get; }

    /// <summary>The instance's id.</summary>
    public string Instance { get; }

    /// <summary>The name of the instance's sequence, if it is known.</summary>
    public string? Sequence { get; }

    /// <summary>The id of the hub that it runs on.</summary>
    public string? Hub { get; }

    /// <summary>The line as it was received.</summary>
    public string Text { get; }

    /// <summary>The object of a line of JSON in the output; null for all other lines.</summary>
    public object? Data { get; internal set; }

    internal LogEntry? Entry { get; set; }

    internal bool ShowsInstance { get; set; }

    /// <summary>Returns whether the view shows the instance, because there are lines of several.</summary>
    public bool GetShowsInstance() => ShowsInstance;

    /// <summary>Returns the entry of a line of the log; null for a line of another stream. A method, so that JSON and lists show only the line.</summary>
    public LogEntry? GetLogEntry() => Entry;

    /// <summary>Returns the line as it was received.</summary>
    public override string ToString() => Text;
}
