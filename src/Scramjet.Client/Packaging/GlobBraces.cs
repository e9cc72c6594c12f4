using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Scramjet.Client.Packaging;

/// <summary>Writes {a,b} and {1..3} out, as a shell does. What has neither a comma nor dots, or no end, is text.</summary>
internal sealed class GlobBraces
{
    public const int LongestInAll = 256 * 1024;

    private const int Deepest = 16;

    private readonly string _pattern;
    private readonly int _most;
    private readonly int[] _ends;

    private GlobBraces(string pattern, int most)
    {
        _pattern = pattern;
        _most = most;
        _ends = FindEnds(pattern);
    }

    /// <summary>The patterns that a pattern stands for.</summary>
    /// <exception cref="FormatException">They are too many.</exception>
    public static IReadOnlyList<string> Expand(string pattern, int most) => new GlobBraces(pattern, most).Expand(0, pattern.Length, 0);

    private List<string> Expand(int start, int end, int depth)
    {
        if (depth > Deepest)
            throw new FormatException($"has braces that are nested more than {Deepest} deep");

        var results = new List<string> { "" };
        var textStart = start;
        for (var i = start; i < end; i++)
        {
            if (_pattern[i] == '\\')
                i++;
            else if (_pattern[i] == '{' && _ends[i] is > 0 and var close && Alternatives(i, close, depth) is { } alternatives)
            {
                results = Join(results, [_pattern.Substring(textStart, i - textStart)]);
                results = Join(results, alternatives);
                textStart = close + 1;
                i = close;
            }
        }

        return Join(results, [_pattern.Substring(textStart, end - textStart)]);
    }

    private List<string>? Alternatives(int open, int close, int depth)
    {
        var parts = new List<string>();
        var start = open + 1;
        for (var i = start; i < close; i++)
        {
            switch (_pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '{' when _ends[i] > 0:
                    i = _ends[i];
                    break;
                case ',':
                    Add(parts, Expand(start, i, depth + 1));
                    start = i + 1;
                    break;
            }
        }

        if (start == open + 1)
            return Sequence(_pattern.Substring(start, close - start));
        Add(parts, Expand(start, close, depth + 1));
        return parts;
    }

    /// <summary>What a..e, 1..9 or 1..9..2 stands for; null for another text.</summary>
    private List<string>? Sequence(string text)
    {
        var parts = text.Split([".."], StringSplitOptions.None);
        if (parts.Length is not (2 or 3))
            return null;

        long step = 1;
        if (parts.Length == 3 && !TryNumber(parts[2], out step))
            return null;
        if (TryNumber(parts[0], out var first) && TryNumber(parts[1], out var last))
        {
            var width = parts.Take(2).Any(static p => p.TrimStart('-').Length > 1 && p.TrimStart('-')[0] == '0') ? parts.Take(2).Max(static p => p.TrimStart('-').Length) : 0;
            return Sequence(first, last, step, n => n.ToString("D" + Math.Max(1, width), CultureInfo.InvariantCulture));
        }

        return parts[0].Length == 1 && parts[1].Length == 1 && IsLetter(parts[0][0]) && IsLetter(parts[1][0])
            ? Sequence(parts[0][0], parts[1][0], step, static n => ((char)n).ToString())
            : null;
    }

    private List<string> Sequence(long first, long last, long step, Func<long, string> text)
    {
        var results = new List<string>();
        step = Math.Max(1, Math.Abs(step));
        for (var done = 0L; done <= Math.Abs(last - first); done += step)
        {
            results.Add(text(first <= last ? first + done : first - done));
            Check(results.Count);
        }

        return results;
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && Math.Abs((double)number) < int.MaxValue;

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');

    private List<string> Join(List<string> before, List<string> after)
    {
        Check((long)before.Count * after.Count);
        if (((long)before.Sum(static b => b.Length) * after.Count) + ((long)after.Sum(static a => a.Length) * before.Count) > LongestInAll)
            throw new FormatException($"stands for patterns of more than {LongestInAll} characters in all");
        return after.Count == 1 && after[0].Length == 0 ? before : [.. before.SelectMany(b => after.Select(a => b + a))];
    }

    private void Add(List<string> parts, List<string> more)
    {
        parts.AddRange(more);
        Check(parts.Count);
    }

    private void Check(long count)
    {
        if (count > _most)
            throw new FormatException($"stands for more than {_most} patterns");
    }

    /// <summary>For each opening brace that has an end, where that is.</summary>
    private static int[] FindEnds(string pattern)
    {
        var ends = new int[pattern.Length];
        var open = new Stack<int>();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '{':
                    open.Push(i);
                    break;
                case '}' when open.Count > 0:
                    ends[open.Pop()] = i;
                    break;
            }
        }

        return ends;
    }
}
