using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using ICSharpCode.SharpZipLib.Tar;

namespace Scramjet.Client.Packaging;

/// <summary>Makes a package of a folder. The same content gives the same bytes, whenever and by whomever it is packed.</summary>
public sealed class SequencePackage
{
    internal const int LongestLink = 100;

    private const int BlockSize = 64 * 1024;

    // npm's choice: a time that every tar takes, and that isn't this one.
    private static readonly DateTime EntryTime = new(1985, 10, 26, 8, 15, 0, DateTimeKind.Utc);

    private SequencePackage(string folder, PackageManifest manifest, IReadOnlyList<PackageEntry> entries)
    {
        Folder = folder;
        Manifest = manifest;
        Entries = entries;
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>What its package.json says.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>What goes in, ordered by path.</summary>
    public IReadOnlyList<PackageEntry> Entries { get; }

    /// <summary>Checks a folder and lists what would go in. Nothing is written.</summary>
    /// <param name="folder">The folder with the package.json.</param>
    /// <param name="exclude">Further patterns to leave out, in the syntax of .siignore.</param>
    /// <param name="target">The package's own path, which is left out where it is in the folder.</param>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PACKAGE</c>: package.json or its main is missing or wrong, or a link leads out of the folder.</exception>
    public static SequencePackage Plan(string folder, IEnumerable<string>? exclude = null, string? target = null)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new ScramjetException(ErrorCodes.FileNotFound, $"There is no folder '{folder}'.", "Check the path.");

        var manifest = PackageManifest.Read(root);
        var ignore = IgnoreRules.Read(root, exclude);
        var entries = new List<PackageEntry>();
        try
        {
            PackageEntry.Collect(root, "", ignore, entries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PackageFile.Unreadable(root, e);
        }

        entries.RemoveAll(e => e.FullPath == target);
        CheckLinks(root, entries);
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        if (!entries.Exists(static e => e.Path == PackageManifest.FileName))
            throw PackageManifest.Invalid(root, "its package.json is left out by .siignore or by what is excluded");
        if (!manifest.HasMain(name => entries.Exists(e => e.Path == name || (e.LinkTarget is not null && name.StartsWith(e.Path + "/", StringComparison.Ordinal)))))
            throw PackageManifest.Invalid(root, $"its main, '{manifest.Main}', isn't among the files that are packed", action: "Check .siignore, what is excluded, and the spelling of main, capitals too.");
        return new SequencePackage(root, manifest, entries);
    }

    /// <summary>Checks a package file without sending it: that it is a gzip tar whose paths stay inside, and its package.json.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c> or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageManifest Check(string path) => PackageFile.Check(path);

    /// <summary>Writes the package.</summary>
    /// <param name="output">Where to; it stays open.</param>
    /// <param name="progress">Told of the bytes read of the files.</param>
    /// <param name="cancellationToken">Stops it, with the output half written.</param>
    /// <exception cref="ScramjetException"><c>FILE_UNREADABLE</c>: a file can't be read, or changed while it was.</exception>
    public void Write(Stream output, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarOutputStream(gzip, Encoding.UTF8) { IsStreamOwner = false };
        var block = new byte[BlockSize];
        var done = 0L;
        foreach (var entry in Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tar.PutNextEntry(Header(entry));
            if (entry.LinkTarget is null)
                done = Copy(entry, tar, block, done, progress, cancellationToken);
            tar.CloseEntry();
        }
    }

    /// <summary>A link that passes another one may lead anywhere, whatever its text says; and the tar writer cuts long ones.</summary>
    private static void CheckLinks(string root, List<PackageEntry> entries)
    {
        var links = entries.Where(e => e.LinkTarget is not null).ToDictionary(e => e.Path, e => e.LinkTarget!, StringComparer.Ordinal);
        foreach (var link in links)
        {
            if (PackageEntry.PassesLink(link.Key, link.Value, links.ContainsKey))
                throw PackageManifest.Invalid(root, $"'{link.Key}' is a link that passes through another link, to '{link.Value}'", action: "Let it point to the file or folder itself, or name it in .siignore.");
            if (Encoding.UTF8.GetByteCount(link.Value) > LongestLink)
                throw PackageManifest.Invalid(root, $"'{link.Key}' is a link to a path of more than {LongestLink} bytes", action: "Replace the link by what it points to, or name it in .siignore.");
        }
    }

    private static TarEntry Header(PackageEntry entry)
    {
        var header = new TarHeader
        {
            Name = entry.Path,
            Size = entry.Length,
            Mode = entry.Mode,
            ModTime = EntryTime,
            UserId = 0,
            GroupId = 0,
            UserName = "",
            GroupName = "",
            TypeFlag = entry.LinkTarget is null ? TarHeader.LF_NORMAL : TarHeader.LF_SYMLINK,
            LinkName = entry.LinkTarget ?? "",
        };
        return new TarEntry(header);
    }

    private static long Copy(PackageEntry entry, TarOutputStream tar, byte[] block, long done, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var file = PackageFile.Open(entry.FullPath);
        var left = entry.Length;
        while (left > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = file.Read(block, 0, (int)Math.Min(block.Length, left));
            if (read == 0)
                break;
            tar.Write(block, 0, read);
            left -= read;
            done += read;
            progress?.Report(done);
        }

        if (left > 0 || file.ReadByte() >= 0)
            throw new ScramjetException(ErrorCodes.FileUnreadable, $"'{entry.FullPath}' changed while it was packed.", "Pack again when nothing writes to the folder.");
        return done;
    }
}
