using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Removes self-hosted hubs from what their space knows.</summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetHub", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetHubCommand : ScopedCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids of hubs.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("HubId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HubCompleter))]
    public override HubReference[]? Hub { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process()
    {
        var scope = GetScope();
        StartRecord(() => scope.ForEachHubAsync(RemoveAsync));
    }

    private async Task RemoveAsync(Hub hub)
    {
        var space = hub.RequireSpace();
        if (await ConfirmAsync($"{hub.Id} ({hub.Status}) in {hub.Space}", "Remove hub").ConfigureAwait(false))
            await ThrottledAsync(() => Own(space).DeleteHubAsync(hub.Id, Force, StopToken)).ConfigureAwait(false);
    }
}
