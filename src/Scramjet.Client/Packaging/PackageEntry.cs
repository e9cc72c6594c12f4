using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Scramjet.Client.Packaging;

/// <summary>A file, or a link, that goes into a package.</summary>
public sealed class PackageEntry
{
    private const int FileMode = 0x1A4; // 0644
    private const int LinkMode = 0x1FF; // 0777

    private PackageEntry(string path, string fullPath, long length, int mode, string? linkTarget)
    {
        Path = path;
        FullPath = fullPath;
        Length = length;
        Mode = mode;
        LinkTarget = linkTarget;
    }

    /// <summary>The path in the package, with forward slashes.</summary>
    public string Path { get; }

    /// <summary>The path on this machine.</summary>
    public string FullPath { get; }

    /// <summary>The size in bytes.</summary>
    public long Length { get; }

    /// <summary>The Unix permission bits. Windows has none: 0644 there.</summary>
    public int Mode { get; }

    /// <summary>For a symbolic link, what it points to, inside the package.</summary>
    public string? LinkTarget { get; }

    /// <summary>The path in the package.</summary>
    public override string ToString() => Path;

    internal static void Collect(string root, string prefix, IgnoreRules ignore, List<PackageEntry> entries)
    {
        foreach (var info in new DirectoryInfo(System.IO.Path.Combine(root, prefix)).EnumerateFileSystemInfos())
        {
            var path = prefix.Length == 0 ? info.Name : prefix + "/" + info.Name;
            if (ignore.LeavesOut(path))
            {
                // A later «!» rule may bring back something inside.
                if (info is DirectoryInfo && ignore.MayBringBackInside && !UnixFile.IsLink(info))
                    Collect(root, path, ignore, entries);
                continue;
            }

            if (UnixFile.IsLink(info))
                entries.Add(new PackageEntry(path, info.FullName, 0, LinkMode, CheckedTarget(root, path, info)));
            else if (info is DirectoryInfo)
                Collect(root, path, ignore, entries);
            else
                entries.Add(new PackageEntry(path, info.FullName, ((FileInfo)info).Length, UnixFile.Mode(info.FullName) ?? FileMode, null));
        }
    }

    /// <summary>Whether the way to a link's target goes through another link.</summary>
    internal static bool PassesLink(string path, string target, Func<string, bool> isLink)
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

    private static string CheckedTarget(string root, string path, FileSystemInfo info)
    {
        var target = UnixFile.LinkTarget(info)?.Replace('\\', '/');
        if (target is null || Leaves(path, target))
        {
            throw new ScramjetException(
                ErrorCodes.InvalidPackage,
                $"'{path}' in '{root}' is a link{(target is null ? " that can't be read" : $" to '{target}', which leads out of the folder")}. It was not packed.",
                "Replace the link by what it points to, or name it in .siignore.");
        }

        return target;
    }

    /// <summary>Whether a link leads out of the package.</summary>
    /// <param name="path">Where the link is in it.</param>
    /// <param name="target">What it points to, with forward slashes.</param>
    internal static bool Leaves(string path, string target)
    {
        if (target.StartsWith("/", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(target))
            return true;

        var depth = path.Count(c => c == '/');
        foreach (var part in target.Split('/'))
        {
            depth += part switch { ".." => -1, "" or "." => 0, _ => 1 };
            if (depth < 0)
                return true;
        }

        return false;
    }
}
