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
    /// <summary>A package, or a folder that is packed with progress when it is wanted. Both are checked now.</summary>
    public static LazyPackage Check(AsyncCmdlet cmdlet, string path, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
        {
            var file = PackageSource.FromFile(path);
            return new LazyPackage(() => file, file.Manifest);
        }

        var plan = SequencePackage.Plan(path);
        return new LazyPackage(() => Pack(cmdlet, path, plan, cancellationToken), plan.Manifest);
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

    private static PackageSource Pack(AsyncCmdlet cmdlet, string path, SequencePackage plan, CancellationToken cancellationToken)
    {
        var progress = new ByteProgress(cmdlet.PostProgress, $"Packing {path}", plan.Entries.Sum(e => e.Length));
        try
        {
            return PackageSource.FromPlan(plan, progress, cancellationToken);
        }
        finally
        {
            progress.Complete();
        }
    }
}
