using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Engine;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>Validates and sends packages, and folders that are packed, with progress.</summary>
internal static class Packages
{
    /// <summary>Validates a package, or a folder that is packed when it is needed.</summary>
    /// <param name="context">The command that shows the progress.</param>
    /// <param name="path">The path of the package or folder.</param>
    /// <param name="label">Whether the hash of the content is added to the version. The files are read for that, and nothing is packed.</param>
    public static Task<LazyPackage> CheckAsync(CommandContext context, string path, bool label) => Task.Run(() => Check(context, path, label));

    /// <summary>Sends a package with progress.</summary>
    /// <param name="context">The command that shows the progress.</param>
    /// <param name="path">The path of the package or folder.</param>
    /// <param name="place">Where it is sent, such as the id of a hub.</param>
    /// <param name="package">The package.</param>
    /// <param name="send">Sends it.</param>
    public static Task<T> SendAsync<T>(
        CommandContext context,
        string path,
        string place,
        PackageSource package,
        Func<IProgress<long>, Task<T>> send) =>
        ByteProgress.ShowAsync(context.Output.PostProgress, $"Publishing {NameOf(path)} to {place}", package.Length, send);

    /// <summary>Uploads a package to a hub with progress.</summary>
    /// <returns>The new sequence.</returns>
    public static async Task<Sequence> UploadAsync(CommandContext context, string path, LazyPackage package, HubClient hub)
    {
        var client = await SendAsync(
            context,
            path,
            hub.HubId,
            package.Value,
            progress => hub.UploadSequenceAsync(package.Value, progress, context.Cancellation)).ConfigureAwait(false);
        return await client.GetInfoAsync(context.Cancellation).ConfigureAwait(false);
    }

    /// <summary>Returns the sequence that has the content of a package with a content label, or null if the hub has none.</summary>
    public static Sequence? FindSame(CommandContext context, IReadOnlyList<Sequence> existing, PackageManifest manifest)
    {
        var same = Find(existing, manifest);
        if (same is not null)
            context.Output.PostVerbose($"{same.Hub} has {manifest.Name} with the same content already: {same.Id}.");
        return same;
    }

    /// <summary>Returns the first sequence with the name and version of a package, or null if there is none.</summary>
    public static Sequence? Find(IReadOnlyList<Sequence> existing, PackageManifest manifest) =>
        existing.FirstOrDefault(s => s.Name == manifest.Name && s.Version == manifest.Version);

    /// <summary>Returns the last part of a path.</summary>
    public static string NameOf(string path) => Path.GetFileName(path.TrimEnd('/', '\\'));

    private static LazyPackage Check(CommandContext context, string path, bool label)
    {
        T WithProgress<T>(string activity, long? total, Func<IProgress<long>, T> work) =>
            ByteProgress.Show(context.Output.PostProgress, $"{activity} {path}", total, work);
        if (!Directory.Exists(path))
        {
            var length = File.Exists(path) ? new FileInfo(path).Length : (long?)null;
            var file = WithProgress("Checking", length, progress => PackageSource.FromFile(path, progress, context.Cancellation));
            return label
                ? new LazyPackage(() => file.WithContentLabel(context.Cancellation), file.LabelledManifest!)
                : new LazyPackage(() => file, file.Manifest!);
        }

        var plan = SequencePackage.Plan(path, cancellationToken: context.Cancellation);
        if (label)
            plan = WithProgress("Comparing", plan.Size, progress => plan.WithContentLabel(progress, context.Cancellation));
        return new LazyPackage(
            () => WithProgress("Packing", plan.Size, progress => PackageSource.FromPlan(plan, progress, context.Cancellation)),
            plan.Manifest);
    }
}

/// <summary>A package that is created when it is needed.</summary>
/// <param name="open">Creates the package.</param>
/// <param name="manifest">The content of its package.json, which is known in advance.</param>
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
