using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the packages in the stores of spaces.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetStoreItem")]
[OutputType(typeof(StoreItem))]
public sealed class GetScramjetStoreItemCommand : PipedSpaceCmdlet
{
    [Parameter(Position = 0)]
    [Alias("Name", "Id")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StoreItemCompleter))]
    public StoreItemReference[]? StoreItem { get; set; }

    private protected override PipedKind AcceptedInput => PipedKind.Connection | PipedKind.Space | PipedKind.StoreItem;

    private protected override Task ProcessAsync()
    {
        var references = Piped.Value is StoreItem piped ? [new StoreItemReference(piped, null)] : Places.Named(nameof(StoreItem), StoreItem);
        var known = references.Select(reference => reference.Value).OfType<StoreItem>().ToArray();
        return Places.ForEachAsync(Finder.StoreItems(Context), references, async item =>
            await WriteAsync(known.Contains(item) ? await RefreshAsync(item).ConfigureAwait(false) : item).ConfigureAwait(false));
    }

    /// <summary>Returns the item as its store lists it now.</summary>
    private async Task<StoreItem> RefreshAsync(StoreItem known)
    {
        var items = (await Context.ListAsync(known.Client, () => Bind(known.Client).ListStoreItemsAsync(StopToken)).ConfigureAwait(false)).Items;
        return items.FirstOrDefault(item => item.Id == known.Id) ?? throw NotFound.Error("store item", known.Id);
    }
}
