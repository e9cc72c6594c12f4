using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the spaces of the platform.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetSpace")]
[OutputType(typeof(Space))]
public sealed class GetScramjetSpaceCommand : ConnectionCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Id", "SpaceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public SpaceReference[]? Space { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override Task ProcessAsync()
    {
        var places = Places;
        var references = Piped.Kind == PipedKind.Connection ? places.Named(nameof(Space), Space) : Space ?? [];
        var known = references.Select(reference => reference.Value).OfType<Space>().ToArray();
        return new PlaceFinder(Context, CommandScope.OfSpaces(() => places.Connection, references)).ForEachSpaceAsync(async space =>
        {
            if (Context.IsFirst(space.Client))
            {
                await Context.WriteInOrderAsync(async () =>
                    await CompleteAsync(
                        known.Contains(space) ? await RefreshAsync(space).ConfigureAwait(false) : space).ConfigureAwait(false)).ConfigureAwait(false);
            }
        });
    }

    /// <summary>The space with its hubs, if they can be listed.</summary>
    private async Task<object> CompleteAsync(Space space)
    {
        await Bind(space.Client).CompleteAsync(space, StopToken).ConfigureAwait(false);
        return space;
    }

    /// <summary>Returns the space as its platform lists it now.</summary>
    private async Task<Space> RefreshAsync(Space known)
    {
        if (ScramjetConnection.Of(known) is not { } connection)
            return known;
        var spaces = await PlaceFinder.GetSpacesAsync(Context, connection).ConfigureAwait(false);
        return spaces.FirstOrDefault(space => space.Id == known.Id) ?? throw NotFound.Error("space", known.Id);
    }
}
