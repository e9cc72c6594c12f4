using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Uploads a sequence: a package, or a folder that is packed first.</summary>
[Cmdlet(VerbsData.Publish, "ScramjetSequence", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(Sequence), typeof(Instance))]
public sealed class PublishScramjetSequenceCommand : HubCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    [Parameter(Mandatory = true, HelpMessage = "The path of a package or a folder.", Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The path of a package or a folder, without wildcards.", ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter Update { get; set; }

    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference? Sequence { get; set; }

    [Parameter]
    public SwitchParameter IfChanged { get; set; }

    [Parameter]
    public SwitchParameter Start { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override TimeSpan? CallTimeout => TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private protected override Task ProcessAsync()
    {
        if (Sequence is not null && !Update)
            throw TerminatingError.BadParameters("-Sequence names the sequence that -Update replaces, and -Update isn't given.", "Give -Update too.", Sequence);

        var scope = Sequence?.Value is Sequence known ? CommandScope.OfHub(known.Client.Hub) : Places.Scope;
        return Context.ForEachAsync(Paths.Resolve(Path, LiteralPath, Context.Report), path => PublishAsync(path, scope));
    }

    /// <summary>Nothing is requested from a hub before the package has been checked.</summary>
    private async Task PublishAsync(string path, CommandScope scope)
    {
        using var package = await Packages.CheckAsync(Context, path, IfChanged).ConfigureAwait(false);
        await new PlaceFinder(Context, scope).ForEachClientAsync(hub => PublishAsync(path, package, hub)).ConfigureAwait(false);
    }

    private async Task PublishAsync(string path, LazyPackage package, HubClient hub)
    {
        var manifest = package.Manifest;
        var existing = IfChanged || Update ? await hub.ListSequencesAsync(StopToken).ConfigureAwait(false) : [];
        var sequence = IfChanged ? existing.FirstOrDefault(s => s.Name == manifest.Name && s.Version == manifest.Version) : null;
        if (sequence is null)
            sequence = await UploadAsync(path, package, hub, Update ? FindReplaced(existing, manifest) : null).ConfigureAwait(false);
        else
            Context.Output.PostVerbose($"{hub.HubId} has {manifest.Name} with the same content already: {sequence.Id}.");
        if (sequence is null)
            return;

        if (!Start)
            await WriteAsync(sequence).ConfigureAwait(false);
        else if (await ConfirmAsync($"{sequence.Name} ({sequence.Id}) on {hub.HubId}", "Start").ConfigureAwait(false))
            await WriteAsync(await Context.StartAsync(sequence, new StartOptions()).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<Sequence?> UploadAsync(string path, LazyPackage package, HubClient hub, Sequence? replaced)
    {
        var name = Packages.NameOf(path);
        if (!await ConfirmAsync($"{name} to {hub.HubId}", replaced is null ? "Publish" : $"Update sequence {replaced.Id}").ConfigureAwait(false))
            return null;

        Task<SequenceClient> SendAsync(Func<IProgress<long>, Task<SequenceClient>> send) => Packages.SendAsync(Context, $"Publishing {name} to {hub.HubId}", package.Value, send);
        var client = replaced is null
            ? await SendAsync(progress => hub.UploadSequenceAsync(package.Value, progress, StopToken)).ConfigureAwait(false)
            : await Context.Watch.WhenUnusedAsync(replaced.Client, () => SendAsync(progress => hub.UpdateSequenceAsync(replaced.Id, package.Value, progress, StopToken)), cancellationToken: StopToken).ConfigureAwait(false);
        return await client.GetInfoAsync(StopToken).ConfigureAwait(false);
    }

    private Sequence? FindReplaced(IReadOnlyList<Sequence> existing, PackageManifest manifest)
    {
        if (Sequence?.Value is Sequence known)
            return known;

        var text = Sequence?.Text ?? manifest.Name;
        if (text is null)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                "The package has no name, so that its sequence is unknown.",
                "Name the sequence with -Sequence.");
        }

        var matcher = new Matcher<Sequence>(Finder.SequenceNames, text, Several.AreOnePerPlace);
        return matcher.Take(existing).Concat(Sequence is null ? [] : matcher.TakeRest()).FirstOrDefault();
    }
}
