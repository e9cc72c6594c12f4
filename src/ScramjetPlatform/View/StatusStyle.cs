using System;
using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Scramjet.Client;

namespace ScramjetPlatform.Formatting;

/// <summary>Colors and formats for the views.</summary>
public static class StatusStyle
{
    internal const string Good = "32";
    internal const string Changing = "33";
    internal const string Bad = "31";
    internal const string Faint = "90";
    internal const string Strong = "1";
    internal const string Heading = "32;1";

    /// <summary>Formats a status in its color: green for a good status, yellow for a temporary one, red for a bad one, gray for an ended one.</summary>
    /// <param name="status">The status.</param>
    /// <param name="color">Whether the host supports colors. NO_COLOR in the environment takes precedence.</param>
    public static string Format(object? status, bool color)
    {
        var text = DisplayText.Clean(status?.ToString()) ?? "";
        return Paint(text, CodeOf(text), color);
    }

    /// <summary>Returns the position of a status in an order that starts with what needs attention.</summary>
    /// <param name="status">The status.</param>
    internal static int Rank(string? status) => Array.IndexOf([Bad, Changing, Good, Faint, ""], CodeOf(status ?? ""));

    /// <summary>Makes a value safe to display, without the control characters of text from servers.</summary>
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

    /// <summary>A yes or a no in its color; nothing if it isn't known.</summary>
    /// <param name="value">The value.</param>
    /// <param name="color">As for <see cref="Format"/>.</param>
    public static string YesOrNo(object? value, bool color) => value switch
    {
        PSObject wrapped => YesOrNo(wrapped.BaseObject, color),
        true => Paint("Yes", Good, color),
        false => Paint("No", Bad, color),
        _ => "",
    };

    /// <summary>An end of a flow: the name of an instance, or that it isn't known, or that there is none, in yellow.</summary>
    /// <param name="name">The name.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="color">As for <see cref="Format"/>.</param>
    public static string FlowEnd(object? name, object? hub, bool color) =>
        name?.ToString() is { } known ? DisplayText.Clean(known)!
        : hub is null ? Paint("(none)", Changing, color)
        : Paint("(unknown)", Faint, color);

    /// <summary>How many there are; nothing if it isn't known.</summary>
    /// <param name="items">The items, also as they came back from a file.</param>
    public static object? Count(object? items) => (items is PSObject wrapped ? wrapped.BaseObject : items) switch
    {
        null => null,
        ICollection list => list.Count,
        IEnumerable list and not string => list.Cast<object?>().Count(),
        _ => 1,
    };

    /// <summary>The load of a machine: the part of its CPUs that is in use, or its load average if that isn't known.</summary>
    /// <param name="percent">The part.</param>
    /// <param name="average">The load average.</param>
    public static string Load(double? percent, double? average) =>
        percent?.ToString("0.0", CultureInfo.InvariantCulture) is { } part ? part + "%" : average?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";

    private static string CodeOf(string status) => status switch
    {
        "Healthy" or "Running" or "True" or "Done" => Good,
        "Initializing" or "Starting" or "Stopping" or "Killing" or "Unknown" or "Waiting" or "Degraded" or "Skipped" => Changing,
        "Unhealthy" or "Disconnected" or "Errored" or "Failed" or "False" => Bad,
        "Completed" or "Gone" or "Removed" => Faint,
        _ => "",
    };

    /// <summary>Returns a text in a color, if the host supports colors.</summary>
    internal static string Paint(string text, string code, bool color)
    {
        var isPlain = !color || text.Length == 0 || code.Length == 0 || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return isPlain ? text : $"\u001b[{code}m{text}\u001b[0m";
    }

    /// <summary>Returns the length of a text without its color codes.</summary>
    internal static int LengthOf(string text) => Regex.Replace(text, "\u001b\\[[0-9;]*m", "").Length;

    /// <summary>Returns a version without its build metadata, such as the hash that Publish-ScramjetSequence -IfChanged adds.</summary>
    /// <param name="version">The version.</param>
    public static string Version(string? version) => DisplayText.Clean(version?.Split('+')[0]) ?? "";

    /// <summary>Formats a time span in its largest unit, such as <c>3m</c> or <c>2d</c>.</summary>
    /// <param name="age">The time span.</param>
    public static string Age(TimeSpan? age) => age switch
    {
        null => "",
        { TotalSeconds: < 0 } => "0s",
        { TotalSeconds: < 120 } => $"{(int)age.Value.TotalSeconds}s",
        { TotalMinutes: < 120 } => $"{(int)age.Value.TotalMinutes}m",
        { TotalHours: < 48 } => $"{(int)age.Value.TotalHours}h",
        _ => $"{(int)age.Value.TotalDays}d",
    };

    /// <summary>Formats the time since a time in its largest unit.</summary>
    /// <param name="since">The time, which can be deserialized.</param>
    /// <param name="until">The end of the time span; null for now.</param>
    public static string Age(object? since, object? until) => TimeOf(since) is { } start ? Age((TimeOf(until) ?? DateTimeOffset.UtcNow) - start) : "";

    /// <summary>Formats a time in the local time zone.</summary>
    /// <param name="time">The time, which can be deserialized.</param>
    /// <param name="format">The format, such as <c>HH:mm:ss.fff</c>.</param>
    public static string Time(object? time, string format) => TimeOf(time)?.LocalDateTime.ToString(format, CultureInfo.InvariantCulture) ?? "";

    /// <summary>Returns the time of a value. Export-Clixml splits a DateTimeOffset into its properties.</summary>
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
