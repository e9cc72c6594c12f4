using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Uploads a sequence: a package, or a folder that is packed first.</para>
/// </summary>
[Cmdlet(VerbsData.Publish, "ScramjetSequence", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(Sequence))]
public sealed class PublishScramjetSequenceCommand : ScopedCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>
    /// <para type="description">The packages (.tar.gz) or folders; wildcards are permitted. A folder is packed as it is, less what its .siignore names.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>
    /// <para type="description">The packages or folders, without wildcards.</para>
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>
    /// <para type="description">Puts the package in the place of the sequence that has its name on the hub, or of -Sequence; the id stays. Where there is none, it is uploaded as new. Hubs since 0.26; the sequence must have no instances.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Update { get; set; }

    /// <summary>
    /// <para type="description">With -Update: the sequence to replace, by id, unique beginning of its id, or name.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference? Sequence { get; set; }

    /// <summary>
    /// <para type="description">The bound for each upload in seconds. Not given: an hour.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; }

    private protected override TimeSpan? CallTimeout => TimeoutSec > 0 ? TimeSpan.FromSeconds(TimeoutSec) : null;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Sequence is not null && !Update)
            Fail(new ScramjetException(ErrorCodes.BadParameters, "-Sequence names what -Update replaces, and -Update isn't given.", "Give -Update too."), Sequence);

        var scope = Sequence?.Value is Scramjet.Client.Model.Sequence known ? HubScope.OfHub(this, known.Client.Hub) : GetScope();
        foreach (var path in PathResolver.Resolve(this, Path, LiteralPath))
        {
            // Nothing is asked of a hub before the package is known to be good.
            StartRecord(() => PublishAsync(path, scope), path);
        }
    }

    private async Task PublishAsync(string path, HubScope scope)
    {
        var manifest = Directory.Exists(path) ? SequencePackage.Plan(path).Manifest : SequencePackage.Check(path);
        var package = new Lazy<PackageSource>(() => Directory.Exists(path) ? PackFolder(path) : PackageSource.FromFile(path));
        try
        {
            await scope.ForEachClientAsync(hub => PublishAsync(path, manifest, package, hub)).ConfigureAwait(false);
        }
        finally
        {
            if (package.IsValueCreated)
                package.Value.Dispose();
        }
    }

    private async Task PublishAsync(string path, PackageManifest manifest, Lazy<PackageSource> package, HostClient hub)
    {
        var replaced = Update ? await FindReplacedAsync(hub, manifest).ConfigureAwait(false) : null;
        var name = System.IO.Path.GetFileName(path.TrimEnd('/', '\\'));
        if (!await ConfirmAsync($"{name} to {hub.HubId}", replaced is null ? "Publish" : $"Update sequence {replaced.Id}").ConfigureAwait(false))
            return;

        var sequence = await ThrottledAsync(async () =>
        {
            var progress = new ByteProgress(PostProgress, $"Publishing {name} to {hub.HubId}", package.Value.Length);
            try
            {
                var client = replaced is null
                    ? await hub.SendSequenceAsync(package.Value, progress, StopToken).ConfigureAwait(false)
                    : await hub.UpdateSequenceAsync(replaced.Id, package.Value, progress, StopToken).ConfigureAwait(false);
                return await client.GetInfoAsync(StopToken).ConfigureAwait(false);
            }
            finally
            {
                progress.Complete();
            }
        }).ConfigureAwait(false);
        await WriteAsync(sequence).ConfigureAwait(false);
    }

    private async Task<Sequence?> FindReplacedAsync(HostClient hub, PackageManifest manifest)
    {
        if (Sequence?.Value is Scramjet.Client.Model.Sequence known)
            return known;

        var text = Sequence?.Text ?? manifest.Name;
        if (text is null)
            throw new ScramjetException(ErrorCodes.BadParameters, "The package has no name to find the sequence by.", "Name the sequence with -Sequence.");

        var matcher = new Matcher<Sequence>("sequence", text, s => s.Id, s => s.Name);
        var items = await ThrottledAsync(() => hub.ListSequencesAsync(StopToken)).ConfigureAwait(false);
        return matcher.Take(items, mustBeOne: true).Concat(Sequence is null ? [] : matcher.Rest()).FirstOrDefault();
    }

    private PackageSource PackFolder(string path)
    {
        var progress = new ByteProgress(PostProgress, $"Packing {path}", SequencePackage.Plan(path).Entries.Sum(e => e.Length));
        try
        {
            return PackageSource.FromFolder(path, progress, StopToken);
        }
        finally
        {
            progress.Complete();
        }
    }
}
