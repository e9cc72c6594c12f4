using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Packaging;

namespace ScramjetPlatform.Pipeline;

/// <summary>Packages, and folders to make them of, as cmdlets take them.</summary>
internal static class Packages
{
    /// <summary>Checks a package or a folder.</summary>
    public static PackageManifest Check(string path) => Directory.Exists(path) ? SequencePackage.Plan(path).Manifest : SequencePackage.Check(path);

    /// <summary>A package, or a folder that is packed with progress.</summary>
    public static PackageSource Open(AsyncCmdlet cmdlet, string path, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
            return PackageSource.FromFile(path);

        var progress = new ByteProgress(cmdlet.PostProgress, $"Packing {path}", SequencePackage.Plan(path).Entries.Sum(e => e.Length));
        try
        {
            return PackageSource.FromFolder(path, progress, cancellationToken);
        }
        finally
        {
            progress.Complete();
        }
    }

    /// <summary>Sends a package with progress.</summary>
    public static async Task<T> SendAsync<T>(AsyncCmdlet cmdlet, string activity, PackageSource package, Func<IProgress<long>, Task<T>> send)
    {
        var progress = new ByteProgress(cmdlet.PostProgress, activity, package.Length);
        try
        {
            return await send(progress).ConfigureAwait(false);
        }
        finally
        {
            progress.Complete();
        }
    }

    /// <summary>A path's last part.</summary>
    public static string NameOf(string path) => Path.GetFileName(path.TrimEnd('/', '\\'));
}
