using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using ICSharpCode.SharpZipLib.Tar;

namespace Scramjet.Client.Packaging;

/// <summary>Opens and checks package files.</summary>
internal static class PackageFile
{
    private const int BufferSize = 64 * 1024;

    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Unreadable(path, e);
        }
    }

    public static ScramjetException Unreadable(string path, Exception e) => e is FileNotFoundException or DirectoryNotFoundException
        ? new ScramjetException(ErrorCodes.FileNotFound, $"There is no '{path}'.", "Check the path.", e)
        : new ScramjetException(ErrorCodes.FileUnreadable, $"'{path}' can't be read: {e.Message}", "Check the file's permissions, and that no other program holds it.", e);

    /// <summary>Reads the package up to its package.json, and checks that.</summary>
    public static PackageManifest Check(string path)
    {
        using var file = Open(path);
        if (file.Length == 0)
            throw Invalid(path, "the file is empty");

        try
        {
            using var gzip = new GZipStream(file, CompressionMode.Decompress);
            using var tar = new TarInputStream(gzip, Encoding.UTF8) { IsStreamOwner = false };
            var names = new HashSet<string>(StringComparer.Ordinal);
            var links = new Dictionary<string, string>(StringComparer.Ordinal);
            PackageManifest? manifest = null;
            while (tar.GetNextEntry() is { } entry)
            {
                CheckName(path, entry.Name);
                CheckLink(path, entry);
                var name = Normalize(entry.Name);
                names.Add(name);
                if (entry.TarHeader.TypeFlag == TarHeader.LF_SYMLINK)
                    links[name] = entry.TarHeader.LinkName.Replace('\\', '/');
                if (manifest is not null || entry.IsDirectory || name != PackageManifest.FileName)
                    continue;

                if (entry.Size > PackageManifest.LongestFile)
                    throw Invalid(path, "its package.json is too large");
                using var text = new StreamReader(tar, Encoding.UTF8, true, 1024, leaveOpen: true);
                manifest = PackageManifest.Parse(text.ReadToEnd(), path);
            }

            foreach (var link in links)
            {
                if (PackageEntry.PassesLink(link.Key, link.Value, links.ContainsKey))
                    throw Invalid(path, $"'{link.Key}' is a link that passes through another link, to '{link.Value}'");
            }

            if (names.Count == 0)
                throw Invalid(path, "it has no files");
            if (manifest is null)
                throw Invalid(path, "it has no package.json at its root");
            return manifest.HasMain(name => names.Contains(name) || links.Keys.Any(link => name.StartsWith(link + "/", StringComparison.Ordinal)))
                ? manifest
                : throw Invalid(path, $"its main, '{manifest.Main}', isn't in it");
        }
        catch (Exception e) when (e is InvalidDataException or TarException or IOException or NotSupportedException or ArgumentException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            throw Invalid(path, "it isn't a gzip-compressed tar file", e);
        }
    }

    private static void CheckName(string path, string name)
    {
        var normal = name.Replace('\\', '/');
        var isRooted = normal.StartsWith("/", StringComparison.Ordinal) || (normal.Length > 1 && normal[1] == ':');
        if (isRooted || Array.IndexOf(normal.Split('/'), "..") >= 0)
            throw Invalid(path, $"an entry has a path that leaves the package: '{name}'");
    }

    private static void CheckLink(string path, TarEntry entry)
    {
        var header = entry.TarHeader;
        if (header.TypeFlag == TarHeader.LF_LINK)
            CheckName(path, header.LinkName);
        else if (header.TypeFlag == TarHeader.LF_SYMLINK && PackageEntry.Leaves(Normalize(entry.Name), header.LinkName.Replace('\\', '/')))
            throw Invalid(path, $"'{entry.Name}' is a link that leads out of the package, to '{header.LinkName}'");
    }

    internal static string Normalize(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name.Substring(2) : name;

    private static ScramjetException Invalid(string path, string why, Exception? e = null) => new(
        ErrorCodes.InvalidPackage,
        $"'{path}' isn't a sequence package: {why}.",
        "Give a .tar.gz with a package.json at its root, or the folder to make one of.",
        e);
}
