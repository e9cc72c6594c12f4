using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using Newtonsoft.Json;
using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Formatting;

/// <summary>Shows an entry of a log as text, which PowerShell wraps at the width of the window.</summary>
public static class LogLine
{
    private const int LevelWidth = 5;

    /// <summary>Colors that are readable on black and white, without those of levels.</summary>
    private static readonly string[] s_palette = ["36", "32", "35", "94", "38;5;208", "96", "92", "95", "38;5;141", "38;5;37", "38;5;75", "38;5;113"];

    /// <summary>The time of an entry in this machine's zone; nothing for a line that continues the entry before it.</summary>
    /// <param name="entry">The entry, also as it came back from a file or another session.</param>
    /// <param name="color">Whether the host shows colors.</param>
    public static string Time(PSObject entry, bool color) => entry.BaseObject is LogEntry { IsContinuation: true }
        ? ""
        : StatusStyle.Paint(StatusStyle.Time(Value(entry, nameof(LogEntry.Time)), "HH:mm:ss.fff"), StatusStyle.Faint, color);

    /// <summary>The rest of an entry: level, instance or hub, source, and message with data.</summary>
    /// <param name="entry">The entry, also as it came back from a file or another session.</param>
    /// <param name="color">Whether the host shows colors.</param>
    public static string Format(PSObject entry, bool color)
    {
        if (entry.BaseObject is LogEntry { IsContinuation: true } more)
            return CleanLines(more.Message);

        var origin = Origin(Text(entry, nameof(LogEntry.Sequence)), Text(entry, nameof(LogEntry.Instance)), Text(entry, nameof(LogEntry.Hub)), color);
        return Join(Level(entry, color), origin, Content(entry, color));
    }

    /// <summary>The level of an entry, in its color.</summary>
    internal static string Level(PSObject entry, bool color)
    {
        var level = Text(entry, nameof(LogEntry.Level)).ToUpperInvariant();
        return StatusStyle.Paint(level, LevelColor(level), color) + new string(' ', level.Length is > 0 and < LevelWidth ? LevelWidth - level.Length : 0);
    }

    /// <summary>The source and the message of an entry.</summary>
    internal static string Content(PSObject entry, bool color)
    {
        var source = Text(entry, nameof(LogEntry.Source));
        return Join(StatusStyle.Paint(source.Length == 0 ? "" : source + ":", StatusStyle.Faint, color), Message(entry));
    }

    /// <summary>Parts of a line, without those that are empty.</summary>
    internal static string Join(params string[] parts) => string.Join(" ", parts.Where(static p => p.Length > 0));

    /// <summary>What something comes from: an instance with the name of its sequence, or a hub, in a color that its id determines.</summary>
    internal static string Origin(string sequence, string instance, string hub, bool color)
    {
        var id = instance.Length > 0 ? instance : hub;
        var text = instance.Length == 0 ? hub : $"{sequence} {DisplayText.ShortId(instance)}".Trim();
        return id.Length == 0 ? "" : StatusStyle.Paint(text, ColorOf(id), color);
    }

    /// <summary>The color of an id: always the same one, in every session.</summary>
    internal static string ColorOf(string id)
    {
        var hash = 2166136261u;
        foreach (var c in id)
            hash = unchecked((hash ^ c) * 16777619u);
        return s_palette[hash % (uint)s_palette.Length];
    }

    /// <summary>Text in its lines, each without what a terminal would act on.</summary>
    internal static string CleanLines(string text) =>
        string.Join("\n", text.Split('\n').Select(static line => DisplayText.Clean(line.Replace("\t", "    ").TrimEnd('\r'))));

    private static string LevelColor(string level) => level switch
    {
        "ERROR" or "FATAL" => StatusStyle.Bad,
        "WARN" => StatusStyle.Changing,
        "DEBUG" or "TRACE" => StatusStyle.Faint,
        _ => "",
    };

    private static string Message(PSObject entry)
    {
        var message = Value(entry, nameof(LogEntry.Message))?.ToString() ?? "";
        var data = Value(entry, nameof(LogEntry.Data));
        return CleanLines(data is null ? message : $"{message} {Data(data)}".TrimStart());
    }

    /// <summary>Data as it is read best: text as it is, with its line breaks, and everything else as JSON.</summary>
    private static string Data(object data) => data switch
    {
        string text => text,
        IList items when items.Cast<object?>().All(static i => i is string or ValueType or null) =>
            string.Join(" ", items.Cast<object?>().Select(static i => i is string text ? text : JsonConvert.SerializeObject(i))),
        PSObject { BaseObject: var plain } => Data(plain),
        _ => JsonConvert.SerializeObject(data),
    };

    internal static string Text(PSObject entry, string property) => DisplayText.Clean(Value(entry, property)?.ToString()) ?? "";

    internal static object? Value(PSObject entry, string property) => entry.Properties[property]?.Value;
}
