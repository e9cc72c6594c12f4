using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Uploads a package, or a folder that is packed first, into spaces' stores.</summary>
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

    [Parameter(Mandatory = true, HelpMessage = "The path of a package or a folder, without wildcards.", ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
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

    private protected override TimeSpan? CallTimeout => TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private protected override PipedKind TakesFromPipeline => PipedKind.Connection | PipedKind.Space;

    private protected override void Process()
    {
        var scope = GetScope();
        foreach (var path in PathResolver.Resolve(this, Path, LiteralPath))
            StartRecord(() => PublishAsync(path, scope), path);
    }

    private async Task PublishAsync(string path, HubScope scope)
    {
        using var package = Packages.Check(this, path, label: false, StopToken);
        await scope.ForEachSpaceAsync(space => PublishAsync(path, package, space)).ConfigureAwait(false);
    }

    private async Task PublishAsync(string path, LazyPackage package, Space space)
    {
        var name = Packages.NameOf(path);
        if (await ConfirmAsync($"{name} to the store of {space.Id}", Id is null ? "Publish" : $"Publish as {Id}").ConfigureAwait(false))
            await WriteAsync(await ThrottledAsync(() => Packages.SendAsync(this, $"Publishing {name} to the store of {space.Id}", package.Value, progress => Own(space.Client).UploadStoreItemAsync(package.Value, Id, progress, StopToken))).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
