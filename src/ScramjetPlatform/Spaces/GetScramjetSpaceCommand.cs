using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the platform's spaces.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetSpace")]
[OutputType(typeof(Space))]
public sealed class GetScramjetSpaceCommand : ScramjetCmdlet
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

    private protected override System.TimeSpan? CallTimeout => TimeoutSec is { } seconds ? System.TimeSpan.FromSeconds(seconds) : null;

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Process()
    {
        var references = PipedAs == PipedKind.Connection ? Named(nameof(Space), Space) : Space ?? [];
        var scope = HubScope.OfSpaces(Context, RequireConnection, references);
        var known = references.Select(reference => reference.Value).OfType<Scramjet.Client.Model.Space>().ToArray();
        StartRecord(() => scope.ForEachSpaceAsync(async space =>
        {
            if (Context.IsFirst(space.Client))
                await WriteAsync(known.Contains(space) ? await RefreshAsync(space).ConfigureAwait(false) : space).ConfigureAwait(false);
        }));
    }

    /// <summary>The space as its platform lists it now.</summary>
    private async Task<Scramjet.Client.Model.Space> RefreshAsync(Scramjet.Client.Model.Space known) =>
        ScramjetConnection.Of(known) is not { } connection ? known
            : (await connection.GetSpacesAsync(Context).ConfigureAwait(false)).FirstOrDefault(space => space.Id == known.Id) ?? throw Missing.Of("space", known.Id);
}
