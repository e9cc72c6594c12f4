using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Scramjet.Client.Packaging;

/// <summary>Methods for paths in a package.</summary>
internal static class PackagePath
{
    /// <summary>The maximum length of a path on Linux, in bytes.</summary>
    public const int MaxLength = 4096;

    /// <summary>Removes empty parts and parts that are a dot.</summary>
    public static string Normalize(string name) => string.Join("/", name.Split('/').Where(static p => p is not ("" or ".")));

    /// <summary>Returns what is wrong with a path, or null if it is valid.</summary>
    public static string? Error(string name)
    {
        if (HasControl(name))
            return $"has control characters in its name: '{Show(name)}'";
        if (Encoding.UTF8.GetByteCount(name) > MaxLength)
            return $"has a path of more than {MaxLength} bytes: '{Show(name)}'";

        var normal = name.Replace('\\', '/');
        var isRooted = normal.StartsWith("/", StringComparison.Ordinal) || (normal.Length > 1 && normal[1] == ':');
        return isRooted || normal.Split('/').Contains("..") ? $"has a path that leaves the package: '{name}'" : null;
    }

    /// <summary>Returns whether a link leads out of the package.</summary>
    /// <param name="path">The path of the link in the package.</param>
    /// <param name="target">The target, with forward slashes.</param>
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

    /// <summary>Returns whether the path of a link's target contains another link. Such a link can lead anywhere.</summary>
    public static bool PassesLink(string path, string target, Func<string, bool> isLink)
    {
        var parents = path.Split('/').ToList();
        parents.RemoveAt(parents.Count - 1);
        var parts = target.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] == ".." && parents.Count > 0)
                parents.RemoveAt(parents.Count - 1);
            else if (parts[i] is not ("" or "." or ".."))
                parents.Add(parts[i]);
            if (i < parts.Length - 1 && isLink(string.Join("/", parents)))
                return true;
        }

        return false;
    }

    /// <summary>Returns whether one of the folders that contain a path is a link.</summary>
    public static bool IsInLinkedFolder(string path, Func<string, bool> isLink)
    {
        for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (isLink(path.Substring(0, end)))
                return true;
        }

        return false;
    }

    public static bool HasControl(string text) => text.Any(char.IsControl);

    /// <summary>Shortens a name for a message and escapes its control characters.</summary>
    public static string Show(string name)
    {
        const int MaxCharacters = 200;
        var text = new StringBuilder();
        foreach (var c in name.Take(MaxCharacters))
            text.Append(char.IsControl(c) ? string.Format(CultureInfo.InvariantCulture, "\\u{0:x4}", (int)c) : c.ToString());
        return name.Length > MaxCharacters ? text.Append("...").ToString() : text.ToString();
    }
}
