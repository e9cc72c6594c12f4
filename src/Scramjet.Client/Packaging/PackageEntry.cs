using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;

namespace Scramjet.Client.Packaging;

/// <summary>A file or a link in a package.</summary>
public sealed class PackageEntry
{
    private const int OwnerExecutes = 0x40;

    private PackageEntry(string path, string fullPath, long length, bool isExecutable, string? linkTarget)
    {
        Path = path;
        FullPath = fullPath;
        Length = length;
        IsExecutable = isExecutable;
        LinkTarget = linkTarget;
    }

    /// <summary>The path in the package, with forward slashes.</summary>
    public string Path { get; }

    /// <summary>The path on this machine.</summary>
    public string FullPath { get; }

    /// <summary>The size in bytes.</summary>
    public long Length { get; }

    /// <summary>Whether the file is executable. Windows has no such permission, so a file that begins with <c>#!</c> is executable there.</summary>
    public bool IsExecutable { get; }

    /// <summary>The target of a symbolic link, which is inside the package; null for a file.</summary>
    public string? LinkTarget { get; }

    /// <summary>The content if it isn't read from the file.</summary>
    internal byte[]? Content { get; private init; }

    /// <summary>The SHA-256 hash of the content, if known.</summary>
    internal byte[]? Sha256 { get; private init; }

    /// <summary>The path in the package.</summary>
    public override string ToString() => Path;

    internal static void Collect(string root, string prefix, IgnoreRules ignore, List<PackageEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var info in new DirectoryInfo(System.IO.Path.Combine(root, prefix)).EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = prefix.Length == 0 ? info.Name : prefix + "/" + info.Name;
            if (ignore.Excludes(path, cancellationToken))
            {
                // A later "!" rule can include something in the folder.
                if (info is DirectoryInfo && ignore.CanIncludeInside && !UnixFile.IsLink(info))
                    Collect(root, path, ignore, entries, cancellationToken);
                continue;
            }

            if (PackagePath.HasControl(info.Name))
                throw Refused(root, path, "has control characters in its name", "Rename it, or add it to .siignore.");

            // A package.json that is a link is replaced with its target, because a hub reads it first.
            if (UnixFile.IsLink(info) && CheckedTarget(root, path, info) is { } target && path != PackageManifest.FileName)
                entries.Add(new PackageEntry(path, info.FullName, 0, false, target));
            else if (info is DirectoryInfo)
                Collect(root, path, ignore, entries, cancellationToken);
            else if (LocalFile.Name(UnixFile.Kind(info.FullName, followLinks: true)) is { } kind)
                throw Refused(root, path, $"is {kind}, not a file", "Remove it, or add it to .siignore.");
            else
                entries.Add(new PackageEntry(path, info.FullName, LengthOf(info), IsProgram(info.FullName, UnixFile.Mode(info.FullName)), null));
        }
    }

    /// <summary>Returns whether a file is executable: by the permission of its owner, or by its first characters on systems without permissions.</summary>
    internal static bool IsProgram(string path, int? mode)
    {
        if (mode is { } bits)
            return (bits & OwnerExecutes) != 0;

        using var file = LocalFile.OpenRead(path);
        return file.ReadByte() == '#' && file.ReadByte() == '!';
    }

    /// <summary>Returns a copy with the hash of the content.</summary>
    internal PackageEntry WithHash(byte[] sha256) => new(Path, FullPath, Length, IsExecutable, LinkTarget) { Sha256 = sha256 };

    /// <summary>Returns a copy with other content.</summary>
    internal PackageEntry WithContent(byte[] content) => new(Path, FullPath, content.Length, IsExecutable, LinkTarget) { Content = content };

    private static long LengthOf(FileSystemInfo info) => UnixFile.IsLink(info)
        ? new FileInfo(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(info.FullName)!, UnixFile.LinkTarget(info)!)).Length
        : ((FileInfo)info).Length;

    private static string CheckedTarget(string root, string path, FileSystemInfo info)
    {
        const string Action = "Replace the link with its target, or add it to .siignore.";
        var target = UnixFile.LinkTarget(info);
        if (target is null)
            throw Refused(root, path, "is a link that can't be read", Action);
        if (PackagePath.HasControl(target))
            throw Refused(root, path, "is a link with control characters in its target", Action);
        if (PackagePath.Leaves(path, target))
            throw Refused(root, path, $"is a link to '{target}', which leads out of the folder", Action);
        return Encoding.UTF8.GetByteCount(target) > SequencePackage.MaxLinkLength
            ? throw Refused(root, path, $"is a link to a path of more than {SequencePackage.MaxLinkLength} bytes", Action)
            : target;
    }

    private static ScramjetException Refused(string root, string path, string why, string action) =>
        new(ErrorCodes.InvalidPackage, $"'{PackagePath.Show(path)}' in '{root}' {why}. It was not packed.", action);
}
