using System;

namespace ScramjetPlatform.Formatting;

/// <summary>Colours for the views.</summary>
public static class StatusStyle
{
    private const string Reset = "\u001b[0m";

    /// <summary>A status in its colour: green for what is well, yellow for what changes, red for what is not well, grey for what has ended.</summary>
    /// <param name="status">The status.</param>
    /// <param name="colour">Whether the host shows colours; NO_COLOR in the environment overrules it.</param>
    public static string Format(object? status, bool colour)
    {
        var text = status?.ToString() ?? "";
        if (!colour || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
            return text;

        var code = text switch
        {
            "Healthy" or "Running" or "True" => "\u001b[32m",
            "Initializing" or "Starting" or "Stopping" or "Killing" or "Unknown" => "\u001b[33m",
            "Unhealthy" or "Disconnected" or "Errored" or "False" => "\u001b[31m",
            "Completed" or "Gone" => "\u001b[90m",
            _ => "",
        };
        return code.Length == 0 ? text : code + text + Reset;
    }

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
