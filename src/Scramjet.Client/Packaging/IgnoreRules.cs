using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace Scramjet.Client.Packaging;

/// <summary>
/// The rules of .siignore: one minimatch pattern per line, which is matched against the whole path in the package. Empty lines and lines that begin with #
/// are ignored. A line that begins with ! includes what an earlier line excludes.
/// </summary>
internal sealed class IgnoreRules
{
    private const string FileName = ".siignore";
    private const int MaxFileSize = 1024 * 1024;

    private readonly List<(GlobPattern Pattern, bool Includes)> _rules = [];
    private int _length;

    public bool CanIncludeInside => _rules.Exists(static r => r.Includes);

    public static IgnoreRules Read(string folder, IEnumerable<string>? exclude, CancellationToken cancellationToken)
    {
        var rules = new IgnoreRules();
        var file = Path.Combine(folder, FileName);
        if (Exists(file))
            rules.Add(LocalFile.ReadText(file, MaxFileSize, () => TooLarge(file), cancellationToken), file);
        foreach (var pattern in exclude ?? [])
            rules.Add(pattern, () => "to exclude");
        return rules;
    }

    /// <summary>Reads rules from text with one pattern per line.</summary>
    public static IgnoreRules Parse(string text, string file = FileName)
    {
        var rules = new IgnoreRules();
        rules.Add(text, file);
        return rules;
    }

    public bool Excludes(string path, CancellationToken cancellationToken = default)
    {
        var parts = path.Split('/');
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Matches(_rules[i].Pattern, parts))
                return !_rules[i].Includes;
        }

        return false;
    }

    // A broken link, a pipe or a folder of this name must not be treated as a missing file.
    private static bool Exists(string file) => File.Exists(file) || Directory.Exists(file) || UnixFile.Kind(file, followLinks: false) != FileKind.Unknown;

    // A pattern that matches a folder matches everything in it.
    private static bool Matches(GlobPattern pattern, string[] parts) => Enumerable.Range(1, parts.Length).Any(count => pattern.IsMatch(parts, count));

    private static ScramjetException TooLarge(string file) => Error($"'{file}' has more than {MaxFileSize} bytes.", "Use fewer patterns.");

    private static ScramjetException Error(string message, string action, Exception? e = null) => new(ErrorCodes.InvalidPackage, message, action, e);

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

        var includes = line[0] == '!' && !line.StartsWith("!(", StringComparison.Ordinal);
        var pattern = (includes ? line.Substring(1) : line).TrimEnd('/');
        if (pattern.StartsWith("./", StringComparison.Ordinal))
            pattern = pattern.Substring(2);
        if (pattern.Length == 0)
            return;

        try
        {
            var rule = new GlobPattern(pattern);
            _length += rule.Length;
            if (_length > GlobBraces.MaxTotalLength)
                throw new FormatException($"makes the patterns longer than {GlobBraces.MaxTotalLength} characters in total");
            _rules.Add((rule, includes));
        }
        catch (FormatException e)
        {
            throw Error($"The pattern '{PackagePath.Show(line)}' {where()} {e.Message}.", "Correct the pattern, or split it into several.", e);
        }
    }
}
