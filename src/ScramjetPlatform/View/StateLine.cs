using System;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client;

namespace ScramjetPlatform.Formatting;

/// <summary>Formats a difference from a state file as a line with a mark, and what differs below it.</summary>
public static class StateLine
{
    private const string Indent = "      ";

    /// <summary>Formats a <see cref="ScramjetStateChange"/>, which can be deserialized.</summary>
    /// <param name="change">The difference.</param>
    /// <param name="color">Whether the host supports colors. NO_COLOR in the environment takes precedence.</param>
    public static string Format(PSObject change, bool color)
    {
        string Text(string property) => DisplayText.Clean(change.Properties[property]?.Value?.ToString()) ?? "";
        var action = Text(nameof(ScramjetStateChange.Action));
        var kind = Text(nameof(ScramjetStateChange.Kind)).ToLowerInvariant();
        var (mark, code) = MarkOf(action);
        var line = $"{mark} {kind} {Text(nameof(ScramjetStateChange.Name))} on {Text(nameof(ScramjetStateChange.Hub))}";
        var description = Text(nameof(ScramjetStateChange.Description));
        if (action != nameof(StateAction.Change) && description.Length > 0)
            line += $": {description}";
        var result = Text(nameof(ScramjetStateChange.Result));
        var shown = result is "" or nameof(StateResult.None) ? "" : $" [{StatusStyle.Format(result, color)}]";
        var differences = LanguagePrimitives.GetEnumerable(change.Properties[nameof(ScramjetStateChange.Differences)]?.Value)?.Cast<object?>() ?? [];
        var details = differences.Select(d => DisplayText.Clean(d?.ToString()))
            .Append(Text(nameof(ScramjetStateChange.ErrorMessage)))
            .Where(text => !string.IsNullOrEmpty(text))
            .Select(text => Environment.NewLine + Indent + text);
        return StatusStyle.Paint(line, code, color) + shown + string.Concat(details);
    }

    /// <summary>Formats an action with its mark.</summary>
    /// <param name="action">The action.</param>
    /// <param name="color">As for <see cref="Format"/>.</param>
    public static string Marked(object? action, bool color)
    {
        var text = DisplayText.Clean(action?.ToString()) ?? "";
        var (mark, code) = MarkOf(text);
        return StatusStyle.Paint($"{mark} {text}", code, color);
    }

    private static (string Mark, string Color) MarkOf(string action) => action switch
    {
        nameof(StateAction.Add) => ("+", StatusStyle.Good),
        nameof(StateAction.Change) => ("~", StatusStyle.Changing),
        nameof(StateAction.Remove) => ("-", StatusStyle.Bad),
        _ => ("=", StatusStyle.Faint),
    };
}
