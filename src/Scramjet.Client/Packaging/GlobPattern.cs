using System;
using System.Collections.Generic;
using System.Linq;

namespace Scramjet.Client.Packaging;

/// <summary>
/// A minimatch pattern, as `si` supports them: *, ?, **, [classes], {braces}, and extended patterns such as +(a|b). Wildcards don't match a leading dot. It
/// is implemented here because .NET libraries for .gitignore have another syntax, and some patterns take exponential time as regular expressions.
/// </summary>
internal sealed class GlobPattern
{
    private const int MaxAlternatives = 1000;

    private const int MaxLength = 8 * 1024;

    private readonly List<GlobSegment?[]> _alternatives;

    /// <exception cref="FormatException">The pattern is invalid. The message continues a sentence that begins with the pattern.</exception>
    public GlobPattern(string pattern)
    {
        if (pattern.Length > MaxLength)
            throw new FormatException($"has more than {MaxLength} characters");

        var expanded = GlobBraces.Expand(pattern, MaxAlternatives);
        Length = expanded.Sum(static e => e.Length);
        _alternatives = [.. expanded.Select(static e => e.Split('/').Select(Segment).ToArray())];
    }

    /// <summary>Gets the total length of the expanded patterns.</summary>
    public int Length { get; }

    public bool IsMatch(string path)
    {
        var parts = path.Split('/');
        return IsMatch(parts, parts.Length);
    }

    /// <summary>Returns whether the pattern matches the path of the first parts.</summary>
    public bool IsMatch(string[] parts, int count) => _alternatives.Exists(a => IsMatch(a, parts, count));

    // Null stands for **, which matches any number of parts.
    private static GlobSegment? Segment(string part) => part == "**" ? null : new GlobSegment(part);

    private static bool IsMatch(GlobSegment?[] pattern, string[] parts, int count)
    {
        if (Array.TrueForAll(pattern, static p => p is not null))
            return pattern.Length == count && Enumerable.Range(0, count).All(i => pattern[i]!.IsMatch(parts[i]));

        // After each segment of the pattern, the parts that can come next.
        var next = new bool[count + 1];
        next[0] = true;
        for (var i = 0; i < pattern.Length; i++)
        {
            var then = new bool[count + 1];
            for (var at = 0; at <= count; at++)
            {
                if (pattern[i] is { } part)
                {
                    if (at < count && next[at] && part.IsMatch(parts[at]))
                        then[at + 1] = true;
                }
                else
                {
                    // At the end, ** must match at least one part. Elsewhere it can match none.
                    then[at] |= next[at] && i < pattern.Length - 1;
                    if (at < count && (next[at] || then[at]) && !parts[at].StartsWith(".", StringComparison.Ordinal))
                        then[at + 1] = true;
                }
            }

            next = then;
        }

        return next[count];
    }
}
