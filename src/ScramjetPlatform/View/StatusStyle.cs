using System;
using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Scramjet.Client;

namespace ScramjetPlatform.Formatting;

/// <summary>Colours for the views.</summary>
public static class StatusStyle
{
    internal const string Well = "32";
    internal const string Changing = "33";
    internal const string Unwell = "31";
    internal const string Faint = "90";
    internal const string Strong = "1";
    internal const string Heading = "32;1";

    /// <summary>A status in its colour: green for what is well, yellow for what changes, red for what is not well, grey for what has ended.</summary>
    /// <param name="status">The status.</param>
    /// <param name="colour">Whether the host shows colours; NO_COLOR in the environment overrules it.</param>
    public static string Format(object? status, bool colour)
    {
        var text = DisplayText.Clean(status?.ToString()) ?? "";
        return Paint(text, text switch
        {
            "Healthy" or "Running" or "True" => Well,
            "Initializing" or "Starting" or "Stopping" or "Killing" or "Unknown" or "Waiting" or "Degraded" => Changing,
            "Unhealthy" or "Disconnected" or "Errored" or "Failed" or "False" => Unwell,
            "Completed" or "Gone" => Faint,
            _ => "",
        }, colour);
    }

    /// <summary>A value as it may be shown: texts from servers without what a terminal would act on.</summary>
    /// <param name="value">The value.</param>
    public static object? Text(object? value)
    {
        var plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null or ValueType:
                return value;
            case string text:
                return DisplayText.Clean(text);
            case IDictionary dictionary:
                var shown = new OrderedDictionary();
                foreach (DictionaryEntry entry in dictionary)
                    shown[Text(entry.Key) ?? ""] = Text(entry.Value);
                return shown;
            case IEnumerable items:
                return items.Cast<object?>().Select(Text).ToArray();
            default:
                return plain.ToString() is { } name && DisplayText.Clean(name) is var clean && clean != name ? clean : value;
        }
    }

    /// <summary>A text in a colour, where the host shows colours.</summary>
    internal static string Paint(string text, string code, bool colour) =>
        !colour || text.Length == 0 || code.Length == 0 || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) ? text : $"\u001b[{code}m{text}\u001b[0m";

    /// <summary>The length of a text without its colours.</summary>
    internal static int LengthOf(string text) => Regex.Replace(text, "\u001b\\[[0-9;]*m", "").Length;

    /// <summary>A version without its build metadata, such as the content's hash that Publish-ScramjetSequence -IfChanged adds.</summary>
    /// <param name="version">The version.</param>
    public static string Version(string? version) => DisplayText.Clean(version?.Split('+')[0]) ?? "";

    /// <summary>A span of time in its largest unit, such as <c>3m</c> or <c>2d</c>.</summary>
    /// <param name="age">The span.</param>
    public static string Age(TimeSpan? age) => age switch
    {
        null => "",
        { TotalSeconds: < 0 } => "0s",
        { TotalSeconds: < 120 } => $"{(int)age.Value.TotalSeconds}s",
        { TotalMinutes: < 120 } => $"{(int)age.Value.TotalMinutes}m",
        { TotalHours: < 48 } => $"{(int)age.Value.TotalHours}h",
        _ => $"{(int)age.Value.TotalDays}d",
    };

    /// <summary>How long ago a time was, in its largest unit.</summary>
    /// <param name="since">The time, also as it came back from a file or another session.</param>
    /// <param name="until">The time that it is measured to; null for now.</param>
    public static string Age(object? since, object? until) => TimeOf(since) is { } start ? Age((TimeOf(until) ?? DateTimeOffset.UtcNow) - start) : "";

    /// <summary>A time in this machine's zone.</summary>
    /// <param name="time">The time, also as it came back from a file or another session.</param>
    /// <param name="format">The format, such as <c>HH:mm:ss.fff</c>.</param>
    public static string Time(object? time, string format) => TimeOf(time)?.LocalDateTime.ToString(format, CultureInfo.InvariantCulture) ?? "";

    /// <summary>Export-Clixml takes a DateTimeOffset apart; its parts are still there.</summary>
    private static DateTimeOffset? TimeOf(object? value) => value switch
    {
        DateTimeOffset time => time,
        DateTime time => time,
        PSObject { BaseObject: DateTimeOffset time } => time,
        PSObject { BaseObject: DateTime time } => time,
        PSObject copy when copy.Properties["UtcDateTime"]?.Value is { } utc => TimeOf(utc),
        _ => null,
    };
}
