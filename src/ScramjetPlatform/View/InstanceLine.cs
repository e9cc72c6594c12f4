using System.Management.Automation;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Formatting;

/// <summary>Shows a line of an instance as text, which PowerShell wraps at the width of the window.</summary>
public static class InstanceLine
{
    /// <summary>The stream of a line, in its color.</summary>
    /// <param name="line">The line, also as it came back from a file or another session.</param>
    /// <param name="color">Whether the host shows colors.</param>
    public static string Stream(PSObject line, bool color)
    {
        var stream = LogLine.Text(line, nameof(ScramjetInstanceLine.Stream)).ToLowerInvariant();
        return StatusStyle.Paint(stream, stream switch
        {
            "output" => StatusStyle.Good,
            "stdout" => "36",
            "stderr" => StatusStyle.Bad,
            _ => StatusStyle.Faint,
        }, color);
    }

    /// <summary>The text of a line, after its instance if there are several. A log entry is shown by its level, source and message.</summary>
    /// <param name="line">The line, also as it came back from a file or another session.</param>
    /// <param name="color">Whether the host shows colors.</param>
    public static string Text(PSObject line, bool color)
    {
        var text = LogLine.Value(line, nameof(ScramjetInstanceLine.Text))?.ToString() ?? "";
        var origin = LanguagePrimitives.IsTrue(LogLine.Value(line, nameof(ScramjetInstanceLine.ShowsInstance)))
            ? LogLine.Origin(LogLine.Text(line, nameof(ScramjetInstanceLine.Sequence)), LogLine.Text(line, nameof(ScramjetInstanceLine.Instance)), "", color)
            : "";
        if (LogLine.Text(line, nameof(ScramjetInstanceLine.Stream)) == nameof(InstanceStream.Log) && LogEntry.Parse(text) is { Level: not null } parsed)
        {
            var entry = PSObject.AsPSObject(parsed);
            return LogLine.Join(LogLine.Level(entry, color), origin, LogLine.Content(entry, color));
        }

        return LogLine.Join(origin, LogLine.CleanLines(text));
    }
}
