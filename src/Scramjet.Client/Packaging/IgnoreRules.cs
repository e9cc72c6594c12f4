using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace Scramjet.Client.Packaging;

/// <summary>
/// What .siignore leaves out: a minimatch pattern a line, matched against the whole path in the package; empty lines and
/// lines that begin with # count for nothing; a line that begins with ! brings back what an earlier line left out.
/// </summary>
internal sealed class IgnoreRules
{
    private const string FileName = ".siignore";
    private const int LongestFile = 1024 * 1024;

    private readonly List<(GlobPattern Pattern, bool BringsBack)> _rules = [];
    private int _length;

    public bool MayBringBackInside => _rules.Exists(static r => r.BringsBack);

    public static IgnoreRules Read(string folder, IEnumerable<string>? exclude, CancellationToken cancellationToken)
    {
        var rules = new IgnoreRules();
        var file = Path.Combine(folder, FileName);
        if (IsThere(file))
            rules.Add(LocalFile.ReadText(file, LongestFile, () => Wrong($"'{file}' has more than {LongestFile} bytes.", "Use fewer patterns."), cancellationToken), file);
        foreach (var pattern in exclude ?? [])
            rules.Add(pattern, () => "to exclude");
        return rules;
    }

    /// <summary>Rules of a text with a pattern a line.</summary>
    public static IgnoreRules Parse(string text, string file = FileName)
    {
        var rules = new IgnoreRules();
        rules.Add(text, file);
        return rules;
    }

    public bool LeavesOut(string path, CancellationToken cancellationToken = default)
    {
        var parts = path.Split('/');
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Matches(_rules[i].Pattern, parts))
                return !_rules[i].BringsBack;
        }

        return false;
    }

    // A link that leads nowhere, a pipe or a folder of this name must not pass for no rules at all.
    private static bool IsThere(string file) => File.Exists(file) || Directory.Exists(file) || UnixFile.Kind(file, followLinks: false) != FileKind.Unknown;

    // A pattern that fits a folder fits all that is in it.
    private static bool Matches(GlobPattern pattern, string[] parts) => Enumerable.Range(1, parts.Length).Any(count => pattern.IsMatch(parts, count));

    private static ScramjetException Wrong(string message, string action, Exception? e = null) => new(ErrorCodes.InvalidPackage, message, action, e);

    private void Add(string text, string file)
    {
        using var lines = new StringReader(text);
        for (var number = 1; lines.ReadLine() is { } line; number++)
            Add(line, () => $"in line {number} of '{file}'");
    }

    private void Add(string line, Func<string> where)
    {
        line = line.Trim();
        if (line.Length == 0 || line[0] == '#')
            return;

        var bringsBack = line[0] == '!' && !line.StartsWith("!(", StringComparison.Ordinal);
        var pattern = (bringsBack ? line.Substring(1) : line).TrimEnd('/');
        if (pattern.StartsWith("./", StringComparison.Ordinal))
            pattern = pattern.Substring(2);
        if (pattern.Length == 0)
            return;

        try
        {
            var rule = new GlobPattern(pattern);
            _length += rule.Length;
            if (_length > GlobBraces.LongestInAll)
                throw new FormatException($"makes the patterns longer than {GlobBraces.LongestInAll} characters in all");
            _rules.Add((rule, bringsBack));
        }
        catch (FormatException e)
        {
            throw Wrong($"The pattern '{PackagePath.Show(line)}' {where()} {e.Message}.", "Correct the pattern, or split it into several.", e);
        }
    }
}
