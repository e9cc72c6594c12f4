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

    private PackageSource(string path, bool temporary) : this(() => PackageFile.Open(path), new FileInfo(path).Length) =>
        _temporaryFile = temporary ? path : null;

    /// <summary>The bytes that will be sent; null where that is known only afterwards.</summary>
    public long? Length { get; }

    /// <summary>A package in a file, which is checked first.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageSource FromFile(string path)
    {
        PackageFile.Check(path);
        return new PackageSource(path, temporary: false);
    }

    /// <summary>A folder, packed into a temporary file that goes away with this object.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PACKAGE</c>.</exception>
    public static PackageSource FromFolder(string folder, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var package = SequencePackage.Plan(folder);
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.Create(path))
                package.Write(file, progress, cancellationToken);
            return new PackageSource(path, temporary: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Removes the temporary file, if there is one.</summary>
    public void Dispose()
    {
        if (_temporaryFile is not null)
            File.Delete(_temporaryFile);
    }

    internal Stream Open() => _open();
}
