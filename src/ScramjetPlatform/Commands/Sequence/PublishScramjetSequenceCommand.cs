using System;
using System.Collections.Concurrent;
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

    /// <summary>The old sequences that are being removed while a folder is watched.</summary>
    private readonly ConcurrentDictionary<Uri, bool> _removed = [];

    private bool _isWhatIf;

    [Parameter(Mandatory = true, HelpMessage = "The path of a package or a folder.", Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    [Parameter(
        Mandatory = true,
        HelpMessage = "The path of a package or a folder, without wildcards.",
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter Update { get; set; }

    [Parameter]
    public SwitchParameter Replace { get; set; }

    [Parameter]
    public SwitchParameter Watch { get; set; }

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
    public double WaitTimeoutSec { get; set; } = 60;

    [Parameter]
    [ValidateRange(0d, 86400d)]
    [NoCompletion]
    public double GracePeriodSec { get; set; } = 7;

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override void Begin()
    {
        _isWhatIf = IsWhatIf;
        var replaces = Replace || Watch;
        if (Sequence is not null && !Update && !replaces)
        {
            throw TerminatingError.BadParameters(
                "-Sequence specifies what -Update or -Replace replaces, but neither is used.",
                "Use one of them, too.",
                Sequence);
        }

        if (Update && replaces)
        {
            throw TerminatingError.BadParameters(
                $"-Update and -{(Replace ? "Replace" : "Watch")} can't be used together.",
                "-Update replaces the package of a sequence without running instances, and -Replace the sequence and its running instances. Use one of them.");
        }

        if (!replaces && new[] { nameof(WaitTimeoutSec), nameof(GracePeriodSec) }.FirstOrDefault(CommandLine.Has) is { } name)
            throw TerminatingError.BadParameters($"-{name} requires -Replace or -Watch.", "Use one of them, too.");
    }

    private protected override Task ProcessAsync()
    {
        var scope = Sequence?.Value is Sequence known ? CommandScope.OfHub(known.Client.Hub) : Places.Scope;
        return Context.ForEachAsync(Paths.Resolve(Path, LiteralPath, Context.Report), path => Watch ? WatchAsync(path, scope) : PublishAsync(path, scope));
    }

    /// <summary>Publishes a folder whenever its content changes, until the command is stopped.</summary>
    private async Task WatchAsync(string path, CommandScope scope)
    {
        if (!Directory.Exists(path))
            throw new ScramjetException(ErrorCodes.BadParameters, $"'{path}' isn't a folder, which -Watch requires.", "Specify the folder of the sequence.");

        using var watch = new FolderWatch(path, cancellationToken: StopToken);
        for (string? published = null; ; await ShowWaitAsync(path, () => watch.WaitForChangeAsync(StopToken)).ConfigureAwait(false))
        {
            await Context.GuardAsync(path, async () => published = await PublishAsync(path, scope, published).ConfigureAwait(false)).ConfigureAwait(false);
            if (_isWhatIf)
                return;
        }
    }

    private Task ShowWaitAsync(string path, Func<Task> wait) => Context.Progress.ShowAsync($"Watching {path}", "Ctrl+C ends it", wait);

    /// <summary>Nothing is requested from a hub before the package has been checked.</summary>
    /// <param name="path">The package or the folder.</param>
    /// <param name="scope">The hubs.</param>
    /// <param name="published">The version that was published last, which isn't published again.</param>
    /// <returns>The version, which tells the content where it is compared.</returns>
    private async Task<string?> PublishAsync(string path, CommandScope scope, string? published = null)
    {
        using var package = await Packages.CheckAsync(Context, path, IfChanged || Watch).ConfigureAwait(false);
        var version = package.Manifest.Version;
        if (published is null || version != published)
        {
            Func<HubClient, Task> publish = Replace || Watch ? hub => ReplaceAsync(path, package, hub) : hub => PublishAsync(path, package, hub);
            await new PlaceFinder(Context, scope).ForEachClientAsync(publish).ConfigureAwait(false);
        }

        return version;
    }

    private async Task PublishAsync(string path, LazyPackage package, HubClient hub)
    {
        var manifest = package.Manifest;
        var existing = IfChanged || Update ? await hub.ListSequencesAsync(StopToken).ConfigureAwait(false) : [];
        var sequence = IfChanged ? Packages.FindSame(Context, existing, manifest) : null;
        sequence ??= await UploadAsync(path, package, hub, Update ? FindReplaced(existing, manifest) : null).ConfigureAwait(false);
        if (sequence is null)
            return;

        if (!Start)
            await WriteAsync(sequence).ConfigureAwait(false);
        else if (await ConfirmAsync($"{sequence.Name} ({sequence.Id}) on {hub.HubId}", "Start").ConfigureAwait(false))
            await WriteAsync(await Context.StartAsync(sequence, new StartOptions()).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Publishes a package in the place of the sequences of its name.</summary>
    private async Task ReplaceAsync(string path, LazyPackage package, HubClient hub)
    {
        var existing = await hub.ListSequencesAsync(StopToken).ConfigureAwait(false);
        var replaced = FindAllReplaced(existing, package.Manifest);
        var same = IfChanged || Watch ? Packages.FindSame(Context, existing, package.Manifest) : null;
        var old = replaced.Where(s => s.Id != same?.Id && !_removed.ContainsKey(s.Client.Uri)).ToArray();
        bool IsOrphan(Instance instance) =>
            Sequence is null && instance.SequenceName == package.Manifest.Name && existing.All(s => s.Id != instance.SequenceId);
        var replacement = await SequenceReplacement.OfAsync(Context, hub, old, IsOrphan).ConfigureAwait(false);
        replacement.StartTime = TimeSpan.FromSeconds(WaitTimeoutSec);
        replacement.GracePeriod = TimeSpan.FromSeconds(GracePeriodSec);

        var plan = string.Join(", ", new[] { same is null ? "Publish" : $"Use {same.Id}", replacement.Plan }.Where(words => words.Length > 0));
        if ((same is null || old.Length > 0) && !await ConfirmAsync($"{Packages.NameOf(path)} to {hub.HubId}", plan).ConfigureAwait(false))
            return;

        IReadOnlyList<Instance> listed = same is null ? [] : await hub.ListInstancesAsync(StopToken).ConfigureAwait(false);
        IEnumerable<Entity> running = listed.Where(i => i.SequenceId == same?.Id && !i.HasEnded).ToArray();
        var sequence = same ?? await SendAsync(path, package, hub, replaced: null).ConfigureAwait(false);
        var instances = await replacement.StartAsync(sequence, isUploaded: same is null, startsOne: Start && !running.Any()).ConfigureAwait(false);
        IEnumerable<Entity> written = Start ? running.Concat(instances) : [await Bind(sequence.Client).GetInfoAsync(StopToken).ConfigureAwait(false)];
        foreach (var entity in written)
            await WriteAsync(entity).ConfigureAwait(false);

        foreach (var removed in old)
            _removed[removed.Client.Uri] = true;
        var removal = StartInBackground(replacement.RemoveAsync);
        if (!Watch)
            await removal.ConfigureAwait(false);
    }

    private async Task<Sequence?> UploadAsync(string path, LazyPackage package, HubClient hub, Sequence? replaced) =>
        await ConfirmAsync($"{Packages.NameOf(path)} to {hub.HubId}", replaced is null ? "Publish" : $"Update sequence {replaced.Id}").ConfigureAwait(false)
            ? await SendAsync(path, package, hub, replaced).ConfigureAwait(false)
            : null;

    private async Task<Sequence> SendAsync(string path, LazyPackage package, HubClient hub, Sequence? replaced)
    {
        if (replaced is null)
            return await Packages.UploadAsync(Context, path, package, hub).ConfigureAwait(false);

        Task<SequenceClient> SendAsync() => Packages.SendAsync(
            Context,
            path,
            hub.HubId,
            package.Value,
            progress => hub.UpdateSequenceAsync(replaced.Id, package.Value, progress, StopToken));
        var client = await Context.Watch.WhenUnusedAsync(replaced.Client, SendAsync, cancellationToken: StopToken).ConfigureAwait(false);
        return await client.GetInfoAsync(StopToken).ConfigureAwait(false);
    }

    /// <summary>The one sequence that -Update replaces.</summary>
    private Sequence? FindReplaced(IReadOnlyList<Sequence> existing, PackageManifest manifest)
    {
        if (Sequence?.Value is Sequence known)
            return known;

        var matcher = new Matcher<Sequence>(Finder.SequenceNames, NameOfReplaced(manifest), Several.AreOnePerPlace);
        return matcher.Take(existing).Concat(Sequence is null ? [] : matcher.TakeRest()).FirstOrDefault();
    }

    /// <summary>The sequences that -Replace replaces.</summary>
    private IReadOnlyList<Sequence> FindAllReplaced(IReadOnlyList<Sequence> existing, PackageManifest manifest)
    {
        if (Sequence?.Value is Sequence known)
            return [known];
        if (Sequence is null)
            return [.. existing.Where(s => s.Name == NameOfReplaced(manifest))];

        var matcher = new Matcher<Sequence>(Finder.SequenceNames, NameOfReplaced(manifest));
        return [.. matcher.Take(existing).Concat(matcher.TakeRest())];
    }

    private string NameOfReplaced(PackageManifest manifest) => Sequence?.Text ?? manifest.Name ?? throw new ScramjetException(
        ErrorCodes.BadParameters,
        "The package has no name, so that its sequence is unknown.",
        "Name the sequence with -Sequence.");
}
