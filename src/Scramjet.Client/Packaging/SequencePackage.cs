using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using ICSharpCode.SharpZipLib.Tar;

namespace Scramjet.Client.Packaging;

/// <summary>Creates a package from a folder. The same content always results in the same bytes.</summary>
public sealed class SequencePackage
{
    internal const int MaxLinkLength = 100;

    private const int BlockSize = 64 * 1024;

    private SequencePackage(string folder, PackageManifest manifest, IReadOnlyList<PackageEntry> entries)
    {
        Folder = folder;
        Manifest = manifest;
        Entries = entries;
        Size = entries.Sum(static e => e.Length);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>The content of its package.json.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>The files and links in the package, ordered by path.</summary>
    public IReadOnlyList<PackageEntry> Entries { get; }

    /// <summary>The total size of the files in bytes.</summary>
    public long Size { get; }

    /// <summary>Checks a folder and lists what the package would contain. Nothing is written.</summary>
    /// <param name="folder">The folder with the package.json.</param>
    /// <param name="exclude">Additional patterns to exclude, in the syntax of .siignore.</param>
    /// <param name="target">The path of the package, which is excluded if it is in the folder.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <exception cref="ScramjetException">
    /// <c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PACKAGE</c>: package.json or its main file is missing or invalid, a link leads out of the
    /// folder, or the folder contains something other than files, folders and links.
    /// </exception>
    public static SequencePackage Plan(string folder, IEnumerable<string>? exclude = null, string? target = null, CancellationToken cancellationToken = default)
    {
        var root = LocalFile.FullPath(folder);
        if (!Directory.Exists(root))
            throw new ScramjetException(ErrorCodes.FileNotFound, $"The folder '{folder}' doesn't exist.", "Check the path.");

        var manifest = PackageManifest.Read(root, cancellationToken);
        var ignore = IgnoreRules.Read(root, exclude, cancellationToken);
        var entries = new List<PackageEntry>();
        try
        {
            PackageEntry.Collect(root, "", ignore, entries, cancellationToken);
        }
        catch (Exception e) when (LocalFile.IsFileError(e))
        {
            throw LocalFile.Unreadable(root, e);
        }

        entries.RemoveAll(e => e.FullPath == target);
        CheckLinks(root, entries);
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        if (!entries.Exists(static e => e.Path == PackageManifest.FileName))
            throw PackageManifest.Invalid(root, "its package.json is excluded by .siignore or by the excluded patterns");
        if (!manifest.HasMain(name => entries.Exists(e => IsAt(e, name))))
        {
            throw PackageManifest.Invalid(
                root,
                $"its main, '{manifest.Main}', isn't one of the packed files",
                action: "Check .siignore, the excluded patterns, and the spelling of main, including its case.");
        }

        return new SequencePackage(root, manifest, entries);
    }

    /// <summary>Checks a package file: that it is a gzip-compressed tar file whose paths stay inside the package, and its package.json.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c> or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageManifest Check(string path, CancellationToken cancellationToken = default) => PackageFile.Read(path, null, cancellationToken).Manifest;

    /// <summary>
    /// Creates the same package with the hash of its content in its version, as build metadata: <c>1.2.3+sha.9f86d081884c7d65</c>. Hubs keep no other
    /// information about a package's content, so packages with the same labelled version have the same content. The files are read, and nothing is written.
    /// </summary>
    /// <param name="progress">Receives the number of bytes read from the files.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ScramjetException"><c>FILE_UNREADABLE</c>: a file can't be read, or changed while it was.</exception>
    public SequencePackage WithContentLabel(IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var hash = new ContentHash();
        var hashed = new List<PackageEntry>(Entries.Count);
        var manifest = new MemoryStream();
        var reader = new EntryReader(progress, cancellationToken);
        foreach (var entry in Entries)
        {
            if (entry.LinkTarget is { } link)
            {
                hash.AddLink(entry.Path, link);
                hashed.Add(entry);
                continue;
            }

            var sha256 = reader.Read(entry, entry.Path == PackageManifest.FileName ? manifest : Stream.Null);
            hash.AddFile(entry.Path, entry.IsExecutable, sha256);
            hashed.Add(entry.WithHash(sha256));
        }

        var version = ContentHash.Label(Manifest.Version, hash.ToString());
        var at = hashed.FindIndex(static e => e.Path == PackageManifest.FileName);
        hashed[at] = hashed[at].WithContent(PackageManifest.WithVersion(manifest.ToArray(), version, Folder));
        return new SequencePackage(Folder, Manifest.WithVersion(version), hashed);
    }

    /// <summary>Writes the package.</summary>
    /// <param name="output">The stream to write to, which stays open.</param>
    /// <param name="progress">Receives the number of bytes read from the files.</param>
    /// <param name="cancellationToken">Cancels the writing, which leaves the output incomplete.</param>
    /// <exception cref="ScramjetException"><c>FILE_UNREADABLE</c>: a file can't be read, or changed while it was.</exception>
    public void Write(Stream output, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarOutputStream(gzip, Encoding.UTF8) { IsStreamOwner = false };
        var reader = new EntryReader(progress, cancellationToken);
        foreach (var entry in Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tar.PutNextEntry(TarFile.Entry(entry.Path, entry.Length, entry.IsExecutable, entry.LinkTarget));
            if (entry.Content is { } content)
                tar.Write(content, 0, content.Length);
            else if (entry.LinkTarget is null)
                reader.Read(entry, tar);
            tar.CloseEntry();
        }
    }

    private static bool IsAt(PackageEntry entry, string path) =>
        entry.Path == path || (entry.LinkTarget is not null && path.StartsWith(entry.Path + "/", StringComparison.Ordinal));

    /// <summary>Checks that no link passes through another link, because its target would be unknown.</summary>
    private static void CheckLinks(string root, List<PackageEntry> entries)
    {
        var links = entries.Where(e => e.LinkTarget is not null).ToDictionary(e => e.Path, e => e.LinkTarget!, StringComparer.Ordinal);
        foreach (var link in links)
        {
            if (PackagePath.PassesLink(link.Key, link.Value, links.ContainsKey))
            {
                throw PackageManifest.Invalid(
                    root,
                    $"'{link.Key}' is a link that passes through another link, to '{link.Value}'",
                    action: "Change its target to the file or folder itself, or add it to .siignore.");
            }
        }
    }

    /// <summary>Reads the files, and throws if they have changed since the plan.</summary>
    private sealed class EntryReader(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        private readonly byte[] _block = new byte[BlockSize];
        private long _done;

        public byte[] Read(PackageEntry entry, Stream target)
        {
            using var file = LocalFile.OpenRead(entry.FullPath);
            using var sha = SHA256.Create();
            var left = entry.Length;
            while (left > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = ReadBlock(file, entry, (int)Math.Min(_block.Length, left));
                if (read == 0)
                    break;
                sha.TransformBlock(_block, 0, read, null, 0);
                target.Write(_block, 0, read);
                left -= read;
                _done += read;
                progress?.Report(_done);
            }

            sha.TransformFinalBlock(_block, 0, 0);
            if (left > 0 || ReadBlock(file, entry, 1) > 0 || (entry.Sha256 is { } known && !known.SequenceEqual(sha.Hash)))
            {
                throw new ScramjetException(
                    ErrorCodes.FileUnreadable,
                    $"'{entry.FullPath}' changed while it was packed.",
                    "Try again when no program writes to the folder.");
            }

            return sha.Hash;
        }

        private int ReadBlock(FileStream file, PackageEntry entry, int most)
        {
            try
            {
                return file.Read(_block, 0, most);
            }
            catch (Exception e) when (LocalFile.IsFileError(e))
            {
                throw LocalFile.Unreadable(entry.FullPath, e);
            }
        }
    }
}
