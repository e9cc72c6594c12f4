using System;
using Scramjet.Client.Packaging;

namespace ScramjetPlatform.Pipeline;

/// <summary>A package that is made when the first place wants it.</summary>
/// <param name="open">Makes it.</param>
/// <param name="manifest">What its package.json says, which is known before it is made.</param>
internal sealed class LazyPackage(Func<PackageSource> open, PackageManifest manifest) : IDisposable
{
    private readonly Lazy<PackageSource> _package = new(open);

    public PackageSource Value => _package.Value;

    public PackageManifest Manifest => manifest;

    public void Dispose()
    {
        if (_package.IsValueCreated)
            _package.Value.Dispose();
    }
}
