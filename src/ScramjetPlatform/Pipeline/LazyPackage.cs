using System;
using Scramjet.Client.Packaging;

namespace ScramjetPlatform.Pipeline;

/// <summary>A package that is made when the first place wants it.</summary>
internal sealed class LazyPackage(Func<PackageSource> open) : IDisposable
{
    private readonly Lazy<PackageSource> _package = new(open);

    public PackageSource Value => _package.Value;

    public void Dispose()
    {
        if (_package.IsValueCreated)
            _package.Value.Dispose();
    }
}
