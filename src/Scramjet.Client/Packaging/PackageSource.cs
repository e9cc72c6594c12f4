using System;
using System.IO;
using System.Threading;

namespace Scramjet.Client.Packaging;

/// <summary>A sequence package to upload.</summary>
public sealed class PackageSource : IDisposable
{
    private readonly Func<Stream> _open;
    private readonly PackageFile? _file;
    private readonly string? _temporaryFile;

    /// <summary>Creates a package from a function that opens a stream.</summary>
    /// <param name="open">Opens the stream, which is closed after each use.</param>
    /// <param name="length">The length of the stream in bytes; null if it isn't known in advance.</param>
    public PackageSource(Func<Stream> open, long? length = null)
    {
        _open = open;
        Length = length;
    }

    private PackageSource(string path, PackageManifest manifest, PackageFile? file) : this(() => LocalFile.OpenRead(path), new FileInfo(path).Length)
    {
        _file = file;
        _temporaryFile = file is null ? path : null;
        Manifest = manifest;
        LabelledManifest = file is null ? null : manifest.WithVersion(ContentHash.Label(manifest.Version, file.Hash));
    }

    /// <summary>The number of bytes to send; null if it isn't known in advance.</summary>
    public long? Length { get; }

    /// <summary>The content of its package.json; null for a package from a stream.</summary>
    public PackageManifest? Manifest { get; }

    /// <summary>The content of the package.json that <see cref="WithContentLabel"/> would write; null for a package that isn't from a file.</summary>
    public PackageManifest? LabelledManifest { get; }

    /// <summary>Validates a package file and creates a package from it.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="progress">Receives the number of bytes read from it.</param>
    /// <param name="cancellationToken">Cancels the validation.</param>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageSource FromFile(string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var file = PackageFile.Read(path, progress, cancellationToken);
        return new PackageSource(path, file.Manifest, file);
    }

    /// <summary>Packs a folder into a temporary file, which is deleted when this object is disposed of.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, <c>FILE_UNWRITABLE</c>, or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageSource FromFolder(string folder, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        FromPlan(SequencePackage.Plan(folder, cancellationToken: cancellationToken), progress, cancellationToken);

    /// <summary>Packs a planned folder into a temporary file, which is deleted when this object is disposed of.</summary>
    /// <exception cref="ScramjetException">
    /// <c>FILE_UNREADABLE</c>: a file can't be read, or changed while it was read; <c>FILE_UNWRITABLE</c>: the package can't be written.
    /// </exception>
    public static PackageSource FromPlan(SequencePackage package, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        FromTemporaryFile(package.Manifest, file => package.Write(file, progress, cancellationToken));

    /// <summary>Returns the package with the hash of its content in its version. See <see cref="SequencePackage.WithContentLabel"/>.</summary>
    /// <exception cref="ScramjetException">
    /// <c>FILE_UNREADABLE</c>: the file can't be read, or has changed; <c>FILE_UNWRITABLE</c>; or <c>INVALID_PACKAGE</c>.
    /// </exception>
    public PackageSource WithContentLabel(CancellationToken cancellationToken = default)
    {
        if (_file is null)
            throw new InvalidOperationException("Only a package from a file can be labelled. Use SequencePackage.WithContentLabel for a folder.");

        return FromTemporaryFile(LabelledManifest!, output => _file.Rewrite(LabelledManifest!.Version!, output, cancellationToken));
    }

    /// <summary>Deletes the temporary file, if there is one.</summary>
    public void Dispose()
    {
        if (_temporaryFile is not null)
            LocalFile.Remove(_temporaryFile);
    }

    internal Stream Open() => _open();

    private static PackageSource FromTemporaryFile(PackageManifest manifest, Action<Stream> write)
    {
        string? path = null;
        try
        {
            path = Path.GetTempFileName();
            using (var file = new FileStream(path, FileMode.Create, FileAccess.Write))
                write(file);
            return new PackageSource(path, manifest, null);
        }
        catch (Exception e)
        {
            if (path is not null)
                LocalFile.Remove(path);
            if (!LocalFile.IsFileError(e))
                throw;
            throw new ScramjetException(
                ErrorCodes.FileUnwritable,
                $"The package can't be written to the folder for temporary files: {e.Message}",
                "Check the free disk space, and the folder in TMPDIR, or TEMP on Windows.",
                e);
        }
    }
}
