using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using ICSharpCode.SharpZipLib.GZip;

namespace Scramjet.Client.Packaging;

/// <summary>Validates a package file: its package.json, and that extracting it can't write outside of its folder.</summary>
internal sealed class PackageFile
{
    private const int BlockSize = 64 * 1024;
    private const int MaxEntries = 500_000;
    private const long MaxNameCharacters = 64 * 1024 * 1024;
    private const int SetIdBits = 0xC00; // setuid, setgid

    private readonly string _path;
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly ContentHash _hash = new();
    private readonly byte[] _block = new byte[BlockSize];
    private long _nameCharacters;
    private PackageManifest? _manifest;
    private Action? _reportProgress;

    private PackageFile(string path) => _path = path;

    /// <summary>Gets the content of its package.json.</summary>
    public PackageManifest Manifest => _manifest!;

    /// <summary>Gets the hash of its content.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>Validates a package.</summary>
    /// <param name="path">The path of the package.</param>
    /// <param name="progress">Receives the number of bytes read from the file.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c> or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageFile Read(string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var package = new PackageFile(path);
        package.Read(progress, null, cancellationToken);
        return package;
    }

    /// <summary>Writes the package with another version in its package.json and everything else unchanged.</summary>
    /// <exception cref="ScramjetException">See <see cref="Read(string, IProgress{long}?, CancellationToken)"/>. Also if the file has changed.</exception>
    public void Rewrite(string version, Stream output, CancellationToken cancellationToken)
    {
        var again = new PackageFile(_path);
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true))
            again.Read(null, (gzip, version), cancellationToken);
        if (again.Hash != Hash)
            throw new ScramjetException(ErrorCodes.FileUnreadable, $"'{_path}' changed while it was read.", "Try again when no program writes to it.");
    }

    public static ScramjetException Invalid(string path, string why, Exception? e = null) => new(
        ErrorCodes.InvalidPackage,
        $"'{path}' isn't a sequence package: {why}.",
        "Specify a .tar.gz file with a package.json at its root, or a folder to create a package from.",
        e);

    private void Read(IProgress<long>? progress, (Stream Tar, string Version)? rewrite, CancellationToken cancellationToken)
    {
        using var file = LocalFile.OpenRead(_path);
        try
        {
            if (file.Length == 0)
                throw Invalid("the file is empty");

            _reportProgress = () => progress?.Report(file.Position);
            using var sha = SHA256.Create();
            using var gzip = new GZipInputStream(file) { IsStreamOwner = false };
            var archive = new ArchiveReader(gzip, _path, cancellationToken);
            while (archive.Next() is { } entry)
            {
                Add(entry);
                ReadContent(entry, archive, sha, rewrite);
            }

            if (rewrite is { } to)
                to.Tar.Write(new byte[2 * ArchiveReader.BlockSize], 0, 2 * ArchiveReader.BlockSize);
            CheckComplete();
            Hash = _hash.ToString();
        }
        catch (Exception e) when (e is not (ScramjetException or OperationCanceledException or OutOfMemoryException))
        {
            // The reader of compressed data throws exceptions of many types.
            throw e is IOException and not EndOfStreamException or UnauthorizedAccessException ? LocalFile.Unreadable(_path, e)
                : Invalid(_files.Count + _folders.Count == 0 ? "it isn't a gzip-compressed tar file" : "it is damaged or cut off", e);
        }
    }

    private void Add(ArchiveEntry entry)
    {
        _nameCharacters += entry.Name.Length + entry.LinkTarget.Length;
        if (_files.Count + _folders.Count >= MaxEntries || _nameCharacters > MaxNameCharacters)
            throw Invalid($"it has more than {MaxEntries} entries, or names of more than {MaxNameCharacters} characters in total");
        if (entry.Kind != ArchiveEntryKind.Link && entry.Kind != ArchiveEntryKind.Folder && (entry.Mode & SetIdBits) != 0)
            throw Invalid($"'{entry.Name}' would run with the rights of its owner or group (setuid, setgid)");
        if (entry.Path.Length == 0 && entry.Kind != ArchiveEntryKind.Folder)
            throw Invalid("an entry has no name");
        if (entry.Kind == ArchiveEntryKind.Folder ? _files.Contains(entry.Path) : !_files.Add(entry.Path) || _folders.Contains(entry.Path))
            throw Invalid($"it contains '{entry.Path}' twice");

        switch (entry.Kind)
        {
            case ArchiveEntryKind.Folder:
                _folders.Add(entry.Path);
                break;
            case ArchiveEntryKind.Link:
                AddLink(entry);
                break;
            case ArchiveEntryKind.HardLink:
                if (PackagePath.Error(entry.LinkTarget) is { } error)
                    throw Invalid($"the target of '{entry.Name}' {error}");
                if (!_hash.AddHardLink(entry.Path, PackagePath.Normalize(entry.LinkTarget)))
                    throw Invalid($"'{entry.Name}' is a hard link to '{entry.LinkTarget}', which isn't a file before it");
                break;
        }

        if (entry.Kind is ArchiveEntryKind.Link or ArchiveEntryKind.HardLink && entry.Path == PackageManifest.FileName)
            throw Invalid("its package.json is a link");
    }

    private void AddLink(ArchiveEntry entry)
    {
        if (PackagePath.HasControl(entry.LinkTarget))
            throw Invalid($"'{entry.Name}' is a link with control characters in its target");

        var target = entry.LinkTarget.Replace('\\', '/');
        if (PackagePath.Leaves(entry.Path, target))
            throw Invalid($"'{entry.Name}' is a link that leads out of the package, to '{PackagePath.Show(entry.LinkTarget)}'");
        _links.Add(entry.Path, target);
        _hash.AddLink(entry.Path, entry.LinkTarget);
    }

    /// <summary>Reads an entry's content, and copies the entry if the package is rewritten.</summary>
    private void ReadContent(ArchiveEntry entry, ArchiveReader archive, SHA256 sha, (Stream Tar, string Version)? rewrite)
    {
        var isManifest = entry.Kind == ArchiveEntryKind.File && entry.Path == PackageManifest.FileName;
        if (isManifest && entry.Size > PackageManifest.MaxFileSize)
            throw Invalid("its package.json is too large");
        if (rewrite is { } whole && !isManifest)
            whole.Tar.Write(entry.Headers, 0, entry.Headers.Length);

        using var text = new MemoryStream();
        int read;
        while ((read = archive.Read(_block)) > 0)
        {
            _reportProgress?.Invoke();
            sha.TransformBlock(_block, 0, read, null, 0);
            if (isManifest)
                text.Write(_block, 0, read);
            else if (rewrite is { } copy)
                copy.Tar.Write(_block, 0, read);
        }

        if (entry.Kind == ArchiveEntryKind.File)
        {
            sha.TransformFinalBlock(_block, 0, 0);
            _hash.AddFile(entry.Path, entry.IsExecutable, sha.Hash);
            sha.Initialize();
        }

        if (isManifest)
            _manifest = PackageManifest.Parse(PackageManifest.Decode(text.ToArray()), _path);

        if (rewrite is not { } output)
            return;

        if (isManifest)
        {
            var labelled = PackageManifest.WithVersion(text.ToArray(), output.Version, _path);
            var header = TarFile.Header(PackageManifest.FileName, labelled.Length, entry.IsExecutable);
            output.Tar.Write(header, 0, header.Length);
            output.Tar.Write(labelled, 0, labelled.Length);
            Pad(output.Tar, labelled.Length);
        }
        else
        {
            Pad(output.Tar, entry.Size);
        }
    }

    private static void Pad(Stream tar, long size)
    {
        var padding = (int)((ArchiveReader.BlockSize - (size % ArchiveReader.BlockSize)) % ArchiveReader.BlockSize);
        tar.Write(new byte[padding], 0, padding);
    }

    private void CheckComplete()
    {
        foreach (var link in _links)
        {
            if (PackagePath.PassesLink(link.Key, link.Value, _links.ContainsKey))
                throw Invalid($"'{link.Key}' is a link that passes through another link, to '{PackagePath.Show(link.Value)}'");
        }

        if (_links.Count > 0 && _files.Concat(_folders).FirstOrDefault(path => PackagePath.IsInLinkedFolder(path, _links.ContainsKey)) is { } inside)
            throw Invalid($"'{inside}' is in a folder that is a link");
        if (_files.Count == 0)
            throw Invalid("it has no files");
        if (_manifest is null)
            throw Invalid("it has no package.json at its root");
        if (!_manifest.HasMain(name => _files.Contains(name) || _links.Keys.Any(link => name.StartsWith(link + "/", StringComparison.Ordinal))))
            throw Invalid($"its main, '{_manifest.Main}', isn't in it");
    }

    private ScramjetException Invalid(string why, Exception? e = null) => Invalid(_path, why, e);
}
