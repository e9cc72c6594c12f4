using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Uploads a package, or a folder that is packed first, to the stores of spaces.</summary>
[Cmdlet(VerbsData.Publish, "ScramjetStoreItem", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(StoreItem))]
public sealed class PublishScramjetStoreItemCommand : SpaceCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

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

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? Id { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override PipedKind AcceptedInput => PipedKind.Connection | PipedKind.Space;

    private protected override Task ProcessAsync()
    {
        var scope = Places.Scope;
        return Context.ForEachAsync(Paths.Resolve(Path, LiteralPath, Context.Report), path => PublishAsync(path, scope));
    }

    private async Task PublishAsync(string path, CommandScope scope)
    {
        using var package = await Packages.CheckAsync(Context, path, label: false).ConfigureAwait(false);
        await new PlaceFinder(Context, scope).ForEachSpaceAsync(space => PublishAsync(path, package, space)).ConfigureAwait(false);
    }

    private async Task PublishAsync(string path, LazyPackage package, Space space)
    {
        var store = $"the store of {space.Id}";
        if (!await ConfirmAsync($"{Packages.NameOf(path)} to {store}", Id is null ? "Publish" : $"Publish as {Id}").ConfigureAwait(false))
            return;

        var item = await Packages.SendAsync(
            Context,
            path,
            store,
            package.Value,
            progress => Bind(space.Client).UploadStoreItemAsync(package.Value, Id, progress, StopToken)).ConfigureAwait(false);
        await WriteAsync(item).ConfigureAwait(false);
    }
}
