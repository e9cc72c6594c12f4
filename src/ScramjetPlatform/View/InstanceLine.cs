using System.Management.Automation;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Formatting;

/// <summary>Shows a line of an instance as text, which PowerShell wraps at the width of the window.</summary>
public static class InstanceLine
{
    /// <summary>The stream of a line, in its color.</summary>
    /// <param name="line">The line, also as it came back from a file or another session.</param>
    /// <param name="colour">Whether the host shows colors.</param>
    public static string Stream(PSObject line, bool colour)
    {
        var stream = LogLine.Text(line, nameof(ScramjetInstanceLine.Stream)).ToLowerInvariant();
        return StatusStyle.Paint(stream, stream switch
        {
            "output" => StatusStyle.Well,
            "stdout" => "36",
            "stderr" => StatusStyle.Unwell,
            _ => StatusStyle.Faint,
        }, colour);
    }

    /// <summary>The text of a line, after its instance if there are several. A log entry is shown by its level, source and message.</summary>
    /// <param name="line">The line, also as it came back from a file or another session.</param>
    /// <param name="colour">Whether the host shows colors.</param>
    public static string Text(PSObject line, bool colour)
    {
        var text = LogLine.Value(line, nameof(ScramjetInstanceLine.Text))?.ToString() ?? "";
        var origin = LanguagePrimitives.IsTrue(LogLine.Value(line, nameof(ScramjetInstanceLine.ShowsInstance)))
            ? LogLine.Origin(LogLine.Text(line, nameof(ScramjetInstanceLine.Sequence)), LogLine.Text(line, nameof(ScramjetInstanceLine.Instance)), "", colour)
            : "";
        if (LogLine.Text(line, nameof(ScramjetInstanceLine.Stream)) == nameof(InstanceStream.Log) && LogEntry.Parse(text) is { Level: not null } parsed)
        {
            var entry = PSObject.AsPSObject(parsed);
            return LogLine.Join(LogLine.Level(entry, colour), origin, LogLine.Content(entry, colour));
        }

        return LogLine.Join(origin, LogLine.CleanLines(text));
    }
}
