using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Packaging;

namespace ScramjetPlatform.Pipeline;

/// <summary>Packages, and folders to make them of, as cmdlets take them.</summary>
internal static class Packages
{
    /// <summary>A package, or a folder that is packed when it is wanted. Both are checked now, with progress.</summary>
    /// <param name="cmdlet">The cmdlet that shows the progress.</param>
    /// <param name="path">The package or the folder.</param>
    /// <param name="label">Whether its version gets the hash of its content. All is read for that, and nothing is packed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static LazyPackage Check(AsyncCmdlet cmdlet, string path, bool label, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
        {
            var length = File.Exists(path) ? new FileInfo(path).Length : (long?)null;
            var file = WithProgress(cmdlet, $"Checking {path}", length, progress => PackageSource.FromFile(path, progress, cancellationToken));
            return label
                ? new LazyPackage(() => file.WithContentLabel(cancellationToken), file.LabelledManifest!)
                : new LazyPackage(() => file, file.Manifest!);
        }

        var plan = SequencePackage.Plan(path, cancellationToken: cancellationToken);
        if (label)
            plan = WithProgress(cmdlet, $"Comparing {path}", plan.Size, progress => plan.WithContentLabel(progress, cancellationToken));
        return new LazyPackage(() => WithProgress(cmdlet, $"Packing {path}", plan.Size, progress => PackageSource.FromPlan(plan, progress, cancellationToken)), plan.Manifest);
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

    private static T WithProgress<T>(AsyncCmdlet cmdlet, string activity, long? total, Func<IProgress<long>, T> work)
    {
        var progress = new ByteProgress(cmdlet.PostProgress, activity, total);
        try
        {
            return work(progress);
        }
        finally
        {
            progress.Complete();
        }
    }
}
