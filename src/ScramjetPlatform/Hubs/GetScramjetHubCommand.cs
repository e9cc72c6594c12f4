using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the hubs of spaces, or the hub that the connection leads to.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetHub")]
[OutputType(typeof(Hub))]
public sealed class GetScramjetHubCommand : HubQueryCmdlet
{
    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Process()
    {
        switch (Piped)
        {
            case Scramjet.Client.Model.Hub hub:
                StartRecord(() => RefreshAsync(hub.Client), hub);
                break;
            case Sequence sequence:
                StartRecord(() => RefreshAsync(sequence.Client.Hub), sequence);
                break;
            case Instance instance:
                StartRecord(() => RefreshAsync(instance.Client.Hub), instance);
                break;
            default:
                var scope = GetScope();
                var known = Named(nameof(Hub), Hub).Select(reference => reference.Value).OfType<Scramjet.Client.Model.Hub>().ToArray();
                StartRecord(() => scope.ForEachHubAsync(hub => known.Contains(hub) ? RefreshAsync(hub.Client) : WriteOnceAsync(hub)));
                break;
        }
    }

    private async Task RefreshAsync(HubClient hub)
    {
        if (Context.IsFirst(hub))
            await WriteAsync(await Own(hub).GetInfoAsync(StopToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task WriteOnceAsync(Scramjet.Client.Model.Hub hub)
    {
        if (Context.IsFirst(hub.Client))
            await WriteAsync(await Own(hub.Client).CompleteAsync(hub, StopToken).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
