using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Removes packages from the stores of spaces.</summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetStoreItem", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = ItemSet)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetStoreItemCommand : SpaceCmdlet
{
    private const string ItemSet = "StoreItem";
    private const string AllSet = "All";

    [Parameter(
        Mandatory = true,
        HelpMessage = "Ids of items in stores.",
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = ItemSet)]
    [Alias("StoreItemId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StoreItemCompleter))]
    public StoreItemReference[] StoreItem { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter All { get; set; }

    private protected override PipedKind AcceptedInput => PipedKind.Connection | PipedKind.Space | PipedKind.StoreItem;

    private protected override Task ProcessAsync() => All
        ? Places.ForEachSpaceAsync(ClearAsync)
        : Places.ForEachAsync(Finder.StoreItems(Context, Several.AreOnePerPlace), StoreItem, RemoveAsync);

    private async Task RemoveAsync(StoreItem item)
    {
        if (await ConfirmAsync($"{item.Name ?? "store item"} ({item.Id}) in the store of {item.Space}", "Remove").ConfigureAwait(false))
            await Bind(item.Client).DeleteStoreItemAsync(item.Id, StopToken).ConfigureAwait(false);
    }

    private async Task ClearAsync(Space space)
    {
        if (await ConfirmAsync($"The store of {space.Id}", "Remove all items").ConfigureAwait(false))
            await Bind(space.Client).ClearStoreAsync(StopToken).ConfigureAwait(false);
    }
}
