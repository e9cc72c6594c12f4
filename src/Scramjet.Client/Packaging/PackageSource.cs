using System;
using System.IO;
using System.Threading;

namespace Scramjet.Client.Packaging;

/// <summary>A sequence package to be sent: a stream that can be opened, and its length where that is known.</summary>
public sealed class PackageSource : IDisposable
{
    private readonly Func<Stream> _open;
    private readonly string? _temporaryFile;

    /// <summary>A package from anywhere.</summary>
    /// <param name="open">Opens it; it is closed after each use.</param>
    /// <param name="length">The bytes that will be read; null where that is known only afterwards.</param>
    public PackageSource(Func<Stream> open, long? length = null)
    {
        _open = open;
        Length = length;
    }

    private PackageSource(string path, bool temporary, PackageManifest manifest) : this(() => PackageFile.Open(path), new FileInfo(path).Length)
    {
        _temporaryFile = temporary ? path : null;
        Manifest = manifest;
    }

    /// <summary>The bytes that will be sent; null where that is known only afterwards.</summary>
    public long? Length { get; }

    /// <summary>What its package.json says; null for a package from anywhere.</summary>
    public PackageManifest? Manifest { get; }

    /// <summary>A package in a file, which is checked first.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageSource FromFile(string path) => new(path, temporary: false, PackageFile.Check(path));

    /// <summary>A folder, packed into a temporary file that goes away with this object.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageSource FromFolder(string folder, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        FromPlan(SequencePackage.Plan(folder), progress, cancellationToken);

    /// <summary>A folder that was planned already, packed into a temporary file that goes away with this object.</summary>
    /// <exception cref="ScramjetException"><c>FILE_UNREADABLE</c>: a file can't be read, or changed while it was.</exception>
    public static PackageSource FromPlan(SequencePackage package, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        FromTemporaryFile(package.Manifest, file => package.Write(file, progress, cancellationToken));

    /// <summary>
    /// The same package with its content's hash in its version, as build metadata: <c>1.2.3+sha.9f86d081884c7d65</c>. Hubs keep nothing of a
    /// package that tells its content, but they do keep its version: so two that show the same labelled version are the same.
    /// </summary>
    /// <exception cref="ScramjetException"><c>FILE_UNREADABLE</c>, or <c>INVALID_PACKAGE</c>.</exception>
    public PackageSource WithContentLabel(CancellationToken cancellationToken = default)
    {
        if (Manifest is null)
            throw new InvalidOperationException("Only a package of a file or a folder can be labelled.");

        var label = new ContentLabel(Open, Manifest.Version, cancellationToken);
        return FromTemporaryFile(Manifest.WithVersion(label.Version), label.Write);
    }

    /// <summary>Removes the temporary file, if there is one.</summary>
    public void Dispose()
    {
        if (_temporaryFile is not null)
            File.Delete(_temporaryFile);
    }

    internal Stream Open() => _open();

    private static PackageSource FromTemporaryFile(PackageManifest manifest, Action<Stream> write)
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.Create(path))
                write(file);
            return new PackageSource(path, temporary: true, manifest);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
