using System.Management.Automation;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Gets the packages in spaces' stores.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "ScramjetStoreItem")]
[OutputType(typeof(StoreItem))]
public sealed class GetScramjetStoreItemCommand : SpaceCmdlet
{
    /// <summary>
    /// <para type="description">The items: ids, unique beginnings of ids, names, or wildcards. Not given: all in scope.</para>
    /// </summary>
    [Parameter(Position = 0)]
    [Alias("Name", "Id")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StoreItemCompleter))]
    public StoreItemReference[]? StoreItem { get; set; }

    /// <summary>
    /// <para type="description">The spaces: ids, unique beginnings of ids, wildcards, or objects. Not given: the context's, else all.</para>
    /// </summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public override SpaceReference[]? Space { get; set; }

    private protected override PipedKind TakesFromPipeline => PipedKind.Connection | PipedKind.Space | PipedKind.StoreItem;

    private protected override void Process()
    {
        StartForEach(Queries.StoreItems(Context), Named(nameof(StoreItem), StoreItem), item => WriteAsync(item));
    }
}
