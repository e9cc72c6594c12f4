using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>Gets the hubs of spaces, or the hub of the connection.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetHub")]
[OutputType(typeof(Hub))]
public sealed class GetScramjetHubCommand : SpaceCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public HubReference[]? Hub { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override Places Places => new(Context, CommandLine, Piped, Connection, Space, Hub);

    private protected override Task ProcessAsync()
    {
        switch (Piped.Value)
        {
            case Hub hub:
                return RefreshAsync(hub.Client);
            case Sequence sequence:
                return RefreshAsync(sequence.Client.Hub);
            case Instance instance:
                return RefreshAsync(instance.Client.Hub);
        }

        var known = Places.Hubs.Select(reference => reference.Value).OfType<Hub>().ToArray();
        return Places.ForEachHubAsync(hub => known.Contains(hub) ? RefreshAsync(hub.Client) : CompleteAsync(hub));
    }

    private async Task RefreshAsync(HubClient hub)
    {
        if (Context.IsFirst(hub))
            await Context.WriteInOrderAsync(async () => Views.Of(await Bind(hub).GetInfoAsync(StopToken).ConfigureAwait(false))).ConfigureAwait(false);
    }

    private async Task CompleteAsync(Hub hub)
    {
        if (Context.IsFirst(hub.Client))
        {
            await Context.WriteInOrderAsync(
                async () => Views.Of(await Bind(hub.Client).CompleteAsync(hub, StopToken).ConfigureAwait(false))).ConfigureAwait(false);
        }
    }
}
