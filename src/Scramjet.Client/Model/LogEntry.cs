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
        AdditionalData = fields.Rest();
    }

    private LogEntry(string line)
    {
        Line = line;
        Message = line;
    }

    /// <summary>When it was written.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>
    /// How much it matters, in a word, such as <c>Warn</c>: those of <see cref="LogLevel"/>, or the hub's own; null for a line that isn't an entry.
    /// Words have no order: <see cref="IsAtLeast"/> compares.
    /// </summary>
    public string? Level { get; }

    /// <summary>Which part wrote it, like <c>Host</c> or <c>Runner</c>.</summary>
    public string? Source { get; }

    /// <summary>The message.</summary>
    public string Message { get; }

    /// <summary>What goes with the message.</summary>
    public object? Data { get; }

    /// <summary>The hub's id.</summary>
    public string? Hub { get; private set; }

    /// <summary>The space's id.</summary>
    public string? Space { get; private set; }

    /// <summary>The instance's id, for an instance's log.</summary>
    public string? Instance { get; private set; }

    /// <summary>The line as it came.</summary>
    public string Line { get; }

    /// <summary>How much it matters; null for a line that isn't an entry, or whose level isn't known here.</summary>
    public LogLevel? GetLevel() => _level;

    /// <summary>Whether it matters this much or more.</summary>
    /// <param name="level">The level that it is compared with.</param>
    public bool IsAtLeast(LogLevel level) => _level >= level;

    /// <summary>The message and its data.</summary>
    public override string ToString() => Data is null ? Message : Message + " " + JsonConvert.SerializeObject(Data);

    /// <summary>Reads a line; one that isn't JSON is its own message. A line of a space or a multi-manager begins with the hub's id.</summary>
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
            entry = json.StartsWith("{", StringComparison.Ordinal) && JsonText.Parse(json) is JObject o ? new LogEntry(new JsonFields(o), line) : new LogEntry(line);
        }
        catch (JsonException)
        {
            entry = new LogEntry(line);
        }

        entry.Space = space;
        entry.Hub = hub;
        entry.Instance = instance;
        return entry;
    }
}
