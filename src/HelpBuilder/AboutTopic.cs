using System;
using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;

namespace ScramjetPlatform.HelpBuilder;

/// <summary>An about topic in markdown, made into the plain text that Get-Help shows: headings without marks, paragraphs in lines.</summary>
internal static partial class AboutTopic
{
    private const int Width = 80;
    private const string Indent = "    ";

    public static string ToText(IEnumerable<string> markdown)
    {
        var text = new StringBuilder();
        var paragraph = "";
        var afterHeading = false;
        foreach (var line in markdown)
        {
            var heading = Heading().Match(line);
            if (line.Trim().Length == 0 || heading.Success || line.StartsWith(Indent, StringComparison.Ordinal)
                || line.StartsWith("- ", StringComparison.Ordinal))
            {
                Wrap(text, paragraph);
                paragraph = "";
            }

            if (heading.Success)
            {
                var title = heading.Groups[2].Value;
                text.Append(heading.Groups[1].Length switch { 1 => $"TOPIC\n{Indent}{title}\n", 2 => title + "\n", _ => $"  {title}\n" });
            }
            else if (line.StartsWith(Indent, StringComparison.Ordinal))
            {
                text.Append(Indent).Append(line).Append('\n');
            }
            else if (line.Trim().Length > 0)
            {
                paragraph = paragraph.Length == 0 ? line.Trim() : $"{paragraph} {line.Trim()}";
            }
            else if (!afterHeading)
            {
                text.Append('\n');
            }

            afterHeading = heading is { Success: true, Groups: [_, { Length: > 1 }, ..] };
        }

        Wrap(text, paragraph);
        return text.ToString();
    }

    private static void Wrap(StringBuilder text, string paragraph)
    {
        if (paragraph.Length == 0)
            return;

        var rest = paragraph.StartsWith("- ", StringComparison.Ordinal) ? Indent + "  " : Indent;
        var line = new StringBuilder(Indent);
        var empty = true;
        foreach (var word in Link().Replace(paragraph, "$1").Replace("`", "", StringComparison.Ordinal).Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line.Clear().Append(rest);
                empty = true;
            }

            line.Append(empty ? "" : " ").Append(word);
            empty = false;
        }

        text.Append(line).Append('\n');
    }

    [GeneratedRegex("^(#+) (.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();
}
