using System;
using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;

namespace Scramjet.Client.Packaging;

/// <summary>
/// A minimatch pattern, as `si` reads them: *, ?, **, [classes], {braces}, and the extended +(a|b) forms. No wildcard fits a
/// leading dot. No .NET library in reach has this syntax: those for .gitignore match differently.
/// </summary>
internal sealed class GlobPattern
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private readonly List<Regex> _alternatives = [];

    public GlobPattern(string pattern)
    {
        foreach (var alternative in ExpandBraces(pattern))
            _alternatives.Add(new Regex("^(?:" + Translate(alternative) + ")$", RegexOptions.CultureInvariant, MatchTimeout));
    }

    public bool IsMatch(string path) => _alternatives.Exists(r => r.IsMatch(path));

    private static IEnumerable<string> ExpandBraces(string pattern)
    {
        var open = pattern.IndexOf('{');
        var parts = open < 0 ? null : SplitBraces(pattern, open, out _);
        if (parts is null || parts.Count < 2)
            return [pattern];

        SplitBraces(pattern, open, out var close);
        var result = new List<string>();
        foreach (var part in parts)
            result.AddRange(ExpandBraces(pattern.Substring(0, open) + part + pattern.Substring(close + 1)));
        return result;
    }

    private static List<string>? SplitBraces(string pattern, int open, out int close)
    {
        var parts = new List<string>();
        var depth = 0;
        var start = open + 1;
        for (var i = open; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '{':
                    depth++;
                    break;
                case ',' when depth == 1:
                    parts.Add(pattern.Substring(start, i - start));
                    start = i + 1;
                    break;
                case '}' when --depth == 0:
                    parts.Add(pattern.Substring(start, i - start));
                    close = i;
                    return parts;
            }
        }

        close = -1;
        return null;
    }

    private static string Translate(string pattern)
    {
        var segments = pattern.Split('/');
        var regex = new StringBuilder();
        for (var i = 0; i < segments.Length; i++)
        {
            var last = i == segments.Length - 1;
            if (segments[i] == "**")
            {
                regex.Append(last ? "(?:(?!\\.)[^/]+(?:/(?!\\.)[^/]+)*)" : "(?:(?!\\.)[^/]+/)*");
                continue;
            }

            regex.Append(TranslateSegment(segments[i]));
            if (!last)
                regex.Append('/');
        }

        return regex.ToString();
    }

    private static string TranslateSegment(string segment)
    {
        var regex = new StringBuilder();
        if (segment.Length > 0 && segment[0] is '*' or '?' or '[')
            regex.Append("(?!\\.)");

        var groups = new Stack<char>();
        for (var i = 0; i < segment.Length; i++)
        {
            var c = segment[i];
            var opensGroup = i + 1 < segment.Length && segment[i + 1] == '(' && c is '?' or '*' or '+' or '@' or '!';
            if (opensGroup)
            {
                groups.Push(c);
                regex.Append(c == '!' ? "(?:(?!(?:" : "(?:");
                i++;
                continue;
            }

            switch (c)
            {
                case ')' when groups.Count > 0:
                    var kind = groups.Pop();
                    regex.Append(kind switch { '!' => ")(?:/|$))[^/]*)", '@' => ")", _ => ")" + kind });
                    break;
                case '|' when groups.Count > 0:
                    regex.Append('|');
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when Class(segment, i) is { } end:
                    var negated = segment[i + 1] is '!' or '^';
                    var body = segment.Substring(i + (negated ? 2 : 1), end - i - (negated ? 2 : 1));
                    regex.Append('[').Append(negated ? "^/" : "").Append(body.Replace("\\", "\\\\").Replace("[", "\\[").Replace("^", "\\^")).Append(']');
                    i = end;
                    break;
                case '\\' when i + 1 < segment.Length:
                    regex.Append(Regex.Escape(segment[++i].ToString()));
                    break;
                default:
                    regex.Append(Regex.Escape(c.ToString()));
                    break;
            }
        }

        // An unfinished group is text, as a shell has it.
        return groups.Count == 0 ? regex.ToString() : Regex.Escape(segment);
    }

    private static int? Class(string segment, int open)
    {
        var first = open + 1;
        if (first < segment.Length && segment[first] is '!' or '^')
            first++;
        var end = first < segment.Length ? segment.IndexOf(']', first + 1) : -1;
        return end < 0 ? null : end;
    }
}
