using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the packages in spaces' stores.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetStoreItem")]
[OutputType(typeof(StoreItem))]
public sealed class GetScramjetStoreItemCommand : SpaceCmdlet
{
    [Parameter(Position = 0)]
    [Alias("Name", "Id")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StoreItemCompleter))]
    public StoreItemReference[]? StoreItem { get; set; }

    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public override SpaceReference[]? Space { get; set; }

    private protected override PipedKind TakesFromPipeline => PipedKind.Connection | PipedKind.Space | PipedKind.StoreItem;

    private protected override void Process()
    {
        var references = Piped is StoreItem piped ? [new StoreItemReference(piped, null)] : Named(nameof(StoreItem), StoreItem);
        var known = references.Select(reference => reference.Value).OfType<StoreItem>().ToArray();
        StartForEach(Queries.StoreItems(Context), references, async item => await WriteAsync(known.Contains(item) ? await RefreshAsync(item).ConfigureAwait(false) : item).ConfigureAwait(false));
    }

    /// <summary>The item as its store lists it now.</summary>
    private async Task<StoreItem> RefreshAsync(StoreItem known) =>
        (await Context.ListAsync(known.Client, () => Own(known.Client).ListStoreItemsAsync(StopToken)).ConfigureAwait(false)).Items.FirstOrDefault(item => item.Id == known.Id)
            ?? throw Missing.Of("store item", known.Id);
}
