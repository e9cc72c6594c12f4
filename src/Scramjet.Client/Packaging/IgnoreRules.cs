using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Scramjet.Client.Packaging;

/// <summary>
/// What .siignore leaves out: a minimatch pattern a line, matched against the whole path in the package; empty lines and
/// lines that begin with # count for nothing; a line that begins with ! brings back what an earlier line left out.
/// </summary>
internal sealed class IgnoreRules
{
    private const string FileName = ".siignore";

    private readonly List<(GlobPattern Pattern, bool BringsBack)> _rules = [];

    public bool MayBringBackInside => _rules.Exists(static r => r.BringsBack);

    public static IgnoreRules Read(string folder, IEnumerable<string>? exclude)
    {
        var rules = new IgnoreRules();
        var file = Path.Combine(folder, FileName);
        try
        {
            if (File.Exists(file))
                rules.Add(File.ReadAllLines(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PackageFile.Unreadable(file, e);
        }

        rules.Add(exclude ?? []);
        return rules;
    }

    public bool LeavesOut(string path)
    {
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            if (Matches(_rules[i].Pattern, path))
                return !_rules[i].BringsBack;
        }

        return false;
    }

    // A pattern that fits a folder fits all that is in it.
    private static bool Matches(GlobPattern pattern, string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (pattern.IsMatch(path.Substring(0, end)))
                return true;
        }

        return false;
    }

    private static GlobPattern Read(string pattern)
    {
        try
        {
            return new GlobPattern(pattern);
        }
        catch (ArgumentException e)
        {
            throw new ScramjetException(ErrorCodes.InvalidPackage, $"'{pattern}' isn't a pattern that {FileName} can have.", "Mend the pattern.", e);
        }
    }

    private void Add(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(static l => l.Trim()))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;

            var bringsBack = line[0] == '!' && !line.StartsWith("!(", StringComparison.Ordinal);
            var pattern = (bringsBack ? line.Substring(1) : line).TrimEnd('/');
            if (pattern.StartsWith("./", StringComparison.Ordinal))
                pattern = pattern.Substring(2);
            if (pattern.Length > 0)
                _rules.Add((Read(pattern), bringsBack));
        }
    }
}
