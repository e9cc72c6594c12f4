using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Scramjet.Client.Packaging;

/// <summary>Expands {a,b} and {1..3}, as a shell does. Braces without commas or dots, or without an end, are text.</summary>
internal sealed class GlobBraces
{
    public const int MaxTotalLength = 256 * 1024;

    private const int MaxDepth = 16;

    private readonly string _pattern;
    private readonly int _max;
    private readonly int[] _ends;

    private GlobBraces(string pattern, int max)
    {
        _pattern = pattern;
        _max = max;
        _ends = FindEnds(pattern);
    }

    /// <summary>Expands a pattern into patterns without braces.</summary>
    /// <exception cref="FormatException">The result has more than <paramref name="max"/> patterns, or they are too long.</exception>
    public static IReadOnlyList<string> Expand(string pattern, int max) => new GlobBraces(pattern, max).Expand(0, pattern.Length, 0);

    private List<string> Expand(int start, int end, int depth)
    {
        if (depth > MaxDepth)
            throw new FormatException($"has braces that are nested more than {MaxDepth} levels deep");

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

    /// <summary>Expands a sequence such as a..e, 1..9 or 1..9..2, or returns null for other text.</summary>
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
            var digits = parts.Take(2).Select(static p => p.TrimStart('-')).ToArray();
            var width = digits.Any(static d => d.Length > 1 && d[0] == '0') ? digits.Max(static d => d.Length) : 1;
            return Sequence(first, last, step, n => n.ToString("D" + width, CultureInfo.InvariantCulture));
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
        if (((long)before.Sum(static b => b.Length) * after.Count) + ((long)after.Sum(static a => a.Length) * before.Count) > MaxTotalLength)
            throw new FormatException($"expands to more than {MaxTotalLength} characters");
        return after.Count == 1 && after[0].Length == 0 ? before : [.. before.SelectMany(b => after.Select(a => b + a))];
    }

    private void Add(List<string> parts, List<string> more)
    {
        parts.AddRange(more);
        Check(parts.Count);
    }

    private void Check(long count)
    {
        if (count > _max)
            throw new FormatException($"expands to more than {_max} patterns");
    }

    /// <summary>Returns the index of the closing brace for each opening brace that has one.</summary>
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
