using System;
using System.Text.RegularExpressions;

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
        var text = status?.ToString() ?? "";
        return Paint(text, text switch
        {
            "Healthy" or "Running" or "True" => Well,
            "Initializing" or "Starting" or "Stopping" or "Killing" or "Unknown" or "Waiting" or "Degraded" => Changing,
            "Unhealthy" or "Disconnected" or "Errored" or "Failed" or "False" => Unwell,
            "Completed" or "Gone" => Faint,
            _ => "",
        }, colour);
    }

    /// <summary>A text in a colour, where the host shows colours.</summary>
    internal static string Paint(string text, string code, bool colour) =>
        !colour || text.Length == 0 || code.Length == 0 || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) ? text : $"\u001b[{code}m{text}\u001b[0m";

    /// <summary>The length of a text without its colours.</summary>
    internal static int LengthOf(string text) => Regex.Replace(text, "\u001b\\[[0-9;]*m", "").Length;

    /// <summary>A version without its build metadata, such as the content's hash that Publish-ScramjetSequence -IfChanged adds.</summary>
    /// <param name="version">The version.</param>
    public static string Version(string? version) => version?.Split('+')[0] ?? "";

    /// <summary>How long ago a time was, in its largest unit, such as <c>3m</c> or <c>2d</c>.</summary>
    /// <param name="since">The time.</param>
    /// <param name="until">The time that it is measured to; null for now.</param>
    public static string Age(DateTimeOffset? since, DateTimeOffset? until = null)
    {
        if (since is null)
            return "";

        var age = (until ?? DateTimeOffset.UtcNow) - since.Value;
        return age.TotalSeconds < 0 ? "0s"
            : age.TotalSeconds < 120 ? $"{(int)age.TotalSeconds}s"
            : age.TotalMinutes < 120 ? $"{(int)age.TotalMinutes}m"
            : age.TotalHours < 48 ? $"{(int)age.TotalHours}h"
            : $"{(int)age.TotalDays}d";
    }
}
