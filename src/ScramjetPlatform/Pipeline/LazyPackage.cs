using System;
using Scramjet.Client.Packaging;

namespace ScramjetPlatform.Pipeline;

/// <summary>A package that is made when the first place wants it.</summary>
internal sealed class LazyPackage(Func<PackageSource> open, PackageManifest? manifest = null) : IDisposable
{
    private readonly Lazy<PackageSource> _package = new(open);

    public PackageSource Value => _package.Value;

    /// <summary>What its package.json says, which may be known before it is made.</summary>
    public PackageManifest Manifest => manifest ?? Value.Manifest!;

    public void Dispose()
    {
        if (_package.IsValueCreated)
            _package.Value.Dispose();
    }
}
