using System;
using System.Collections.Generic;
using System.Linq;

namespace Scramjet.Client.Packaging;

/// <summary>
/// A minimatch pattern, as `si` reads them: *, ?, **, [classes], {braces}, and the extended +(a|b) forms. No wildcard fits a leading dot. No .NET library in
/// reach has this syntax: those for .gitignore match differently, and regular expressions take exponential time for some patterns.
/// </summary>
internal sealed class GlobPattern
{
    public const int MostAlternatives = 1000;

    private const int Longest = 8 * 1024;

    private readonly List<GlobSegment?[]> _alternatives;

    /// <exception cref="FormatException">It isn't a pattern; the message says what it has or does, as in "stands for too much".</exception>
    public GlobPattern(string pattern)
    {
        if (pattern.Length > Longest)
            throw new FormatException($"has more than {Longest} characters");

        // The null is for **, any number of parts.
        var written = GlobBraces.Expand(pattern, MostAlternatives);
        Length = written.Sum(static w => w.Length);
        _alternatives = [.. written.Select(static alternative => alternative.Split('/').Select(static part => part == "**" ? null : new GlobSegment(part)).ToArray())];
    }

    /// <summary>The characters of all patterns that it stands for.</summary>
    public int Length { get; }

    public bool IsMatch(string path)
    {
        var parts = path.Split('/');
        return IsMatch(parts, parts.Length);
    }

    /// <summary>Whether a path fits that is the first parts of another.</summary>
    public bool IsMatch(string[] parts, int count) => _alternatives.Exists(a => IsMatch(a, parts, count));

    private static bool IsMatch(GlobSegment?[] pattern, string[] parts, int count)
    {
        if (Array.TrueForAll(pattern, static p => p is not null))
            return pattern.Length == count && Enumerable.Range(0, count).All(i => pattern[i]!.IsMatch(parts[i]));

        // Which parts can come next, after each part of the pattern.
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
                    // At the end ** needs something to fit, elsewhere it may be nothing.
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
