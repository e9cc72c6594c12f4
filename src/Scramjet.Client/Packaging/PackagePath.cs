using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Scramjet.Client.Packaging;

/// <summary>Paths in a package: their form, and whether they stay in it.</summary>
internal static class PackagePath
{
    /// <summary>What Linux takes, in bytes.</summary>
    public const int Longest = 4096;

    /// <summary>The path as it is compared: without empty parts and parts that are a dot.</summary>
    public static string Normalize(string name) => string.Join("/", name.Split('/').Where(static p => p is not ("" or ".")));

    /// <summary>What is wrong with a path, or null.</summary>
    public static string? Fault(string name)
    {
        if (HasControl(name))
            return $"has control characters in its name: '{Show(name)}'";
        if (Encoding.UTF8.GetByteCount(name) > Longest)
            return $"has a path of more than {Longest} bytes: '{Show(name)}'";

        var normal = name.Replace('\\', '/');
        var isRooted = normal.StartsWith("/", StringComparison.Ordinal) || (normal.Length > 1 && normal[1] == ':');
        return isRooted || normal.Split('/').Contains("..") ? $"has a path that leaves the package: '{name}'" : null;
    }

    /// <summary>Whether a link leads out of the package.</summary>
    /// <param name="path">Where the link is in it.</param>
    /// <param name="target">What it points to, with forward slashes.</param>
    public static bool Leaves(string path, string target)
    {
        if (target.StartsWith("/", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(target))
            return true;

        var depth = path.Count(static c => c == '/');
        foreach (var part in target.Split('/'))
        {
            depth += part switch { ".." => -1, "" or "." => 0, _ => 1 };
            if (depth < 0)
                return true;
        }

        return false;
    }

    /// <summary>Whether the way to a link's target goes through another link: then it may lead anywhere, whatever its text says.</summary>
    public static bool PassesLink(string path, string target, Func<string, bool> isLink)
    {
        var way = path.Split('/').ToList();
        way.RemoveAt(way.Count - 1);
        var parts = target.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] == ".." && way.Count > 0)
                way.RemoveAt(way.Count - 1);
            else if (parts[i] is not ("" or "." or ".."))
                way.Add(parts[i]);
            if (i < parts.Length - 1 && isLink(string.Join("/", way)))
                return true;
        }

        return false;
    }

    /// <summary>Whether one of the folders that a path is in is a link.</summary>
    public static bool IsBehindLink(string path, Func<string, bool> isLink)
    {
        for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (isLink(path.Substring(0, end)))
                return true;
        }

        return false;
    }

    public static bool HasControl(string text) => text.Any(char.IsControl);

    /// <summary>A name for a message: short, and without what a terminal would act on.</summary>
    public static string Show(string name)
    {
        const int Most = 200;
        var text = new StringBuilder();
        foreach (var c in name.Take(Most))
            text.Append(char.IsControl(c) ? string.Format(CultureInfo.InvariantCulture, "\\u{0:x4}", (int)c) : c.ToString());
        return name.Length > Most ? text.Append("...").ToString() : text.ToString();
    }
}
