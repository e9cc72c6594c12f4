using System;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;

namespace Scramjet.Client.Model;

/// <summary>The severity of a log entry.</summary>
public enum LogLevel
{
    /// <summary>The most detailed information.</summary>
    Trace,

    /// <summary>Information for debugging.</summary>
    Debug,

    /// <summary>Information.</summary>
    Info,

    /// <summary>A warning.</summary>
    Warn,

    /// <summary>An error.</summary>
    Error,

    /// <summary>A fatal error.</summary>
    Fatal,
}

/// <summary>A line of a log.</summary>
public sealed class LogEntry : Entity
{
    private readonly LogLevel? _level;

    private LogEntry(JsonFields fields, string line)
    {
        Line = line;
        Time = fields.Time("ts");
        _level = fields.Word<LogLevel>("level");
        Level = _level?.ToString() ?? fields.Text("level");
        Source = fields.Text("from");
        Message = fields.Text("msg") ?? "";
        Data = fields.Plain("data");
        Instance = FindInstance(fields.Source);
        AdditionalData = fields.Rest();
    }

    private LogEntry(string line)
    {
        Line = line;
        Message = line;
    }

    private LogEntry(LogEntry before, string line, string message)
    {
        Line = line;
        Message = message;
        IsContinuation = true;
        Time = before.Time;
        _level = before._level;
        Level = before.Level;
        Source = before.Source;
        Space = before.Space;
        Hub = before.Hub;
        Instance = before.Instance;
        Sequence = before.Sequence;
    }

    /// <summary>When the entry was written.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>
    /// The name of the level, such as <c>Warn</c>: one of <see cref="LogLevel"/>, or the hub's own; null for a line that isn't an entry. Use
    /// <see cref="IsAtLeast"/> to compare levels.
    /// </summary>
    public string? Level { get; }

    /// <summary>The component that wrote the entry, such as <c>Host</c> or <c>Runner</c>.</summary>
    public string? Source { get; }

    /// <summary>The message.</summary>
    public string Message { get; }

    /// <summary>The data of the message.</summary>
    public object? Data { get; }

    /// <summary>The hub's id.</summary>
    public string? Hub { get; private set; }

    /// <summary>The space's id.</summary>
    public string? Space { get; private set; }

    /// <summary>The id of the instance whose log it is from, or that an entry of a hub's log is about; null if there is none, or the hub doesn't say.</summary>
    public string? Instance { get; private set; }

    /// <summary>The name of the instance's sequence, if it was looked up.</summary>
    public string? Sequence { get; internal set; }

    /// <summary>The original line.</summary>
    public string Line { get; }

    /// <summary>
    /// Whether it is a line that continues the entry before it, such as a line of a stack trace. It has the time, level and source of that entry.
    /// </summary>
    internal bool IsContinuation { get; }

    /// <summary>Returns the level; null if the line isn't an entry, or its level is unknown.</summary>
    public LogLevel? GetLevel() => _level;

    /// <summary>Returns whether the entry has the level or a higher one.</summary>
    /// <param name="level">The level.</param>
    public bool IsAtLeast(LogLevel level) => _level >= level;

    /// <summary>Returns the message and its data.</summary>
    public override string ToString() => Data is null ? Message : Message + " " + JsonConvert.SerializeObject(Data);

    /// <summary>Reads a line. A line that isn't JSON is used as the message. A line of a space or a multi-manager begins with the hub's id.</summary>
    public static LogEntry Parse(string line, string? space = null, string? hub = null, string? instance = null)
    {
        var json = line;
        var colon = line.IndexOf(": {", StringComparison.Ordinal);
        if (hub is null && colon > 0 && !line.StartsWith("{", StringComparison.Ordinal))
        {
            hub = line.Substring(0, colon);
            json = line.Substring(colon + 2);
        }

        LogEntry entry;
        try
        {
            entry = json.StartsWith("{", StringComparison.Ordinal) && JsonText.ReadObject(json) is { } read
                ? new LogEntry(new JsonFields(read), line) { IsEntry = true }
                : new LogEntry(line);
        }
        catch (JsonException)
        {
            entry = new LogEntry(line);
        }

        entry.Space = space;
        entry.Hub = hub;
        entry.Instance = instance ?? entry.Instance;
        return entry;
    }

    /// <summary>Reads a line that follows another one. If it isn't an entry, it continues the entry before it.</summary>
    /// <param name="line">The line.</param>
    /// <param name="before">The line before it; null for the first one.</param>
    /// <param name="space">The space's id.</param>
    /// <param name="hub">The hub's id.</param>
    /// <param name="instance">The instance's id.</param>
    internal static LogEntry ParseNext(string line, LogEntry? before, string? space, string? hub, string? instance)
    {
        var entry = Parse(line, space, hub, instance);
        if (entry.IsEntry || before is not { IsEntry: true } and not { IsContinuation: true })
            return entry;

        // A space puts the hub's id before each line.
        var prefix = hub is null && before.Hub is not null ? before.Hub + ": " : "";
        return new LogEntry(before, line, line.StartsWith(prefix, StringComparison.Ordinal) ? line.Substring(prefix.Length) : line);
    }

    /// <summary>Whether the line was an entry, rather than text.</summary>
    private bool IsEntry { get; set; }

    /// <summary>
    /// The instance that an entry is about: the parts of a hub or a runner that wrote it give their ids, and those of an instance are its own.
    /// </summary>
    private static string? FindInstance(JsonMap entry)
    {
        var hub = JsonFields.IdOf(entry.Find("Host"));
        foreach (var field in entry.Fields)
        {
            if (field.Value is JsonMap && JsonFields.IdOf(field.Value) is { } id && id != hub && Guid.TryParseExact(id, "D", out _))
                return id;
        }

        return null;
    }
}
