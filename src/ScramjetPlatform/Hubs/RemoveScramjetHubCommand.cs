using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Removes self-hosted hubs from what their space knows.</para>
/// </summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetHub", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetHubCommand : ScopedCmdlet
{
    /// <summary>
    /// <para type="description">The hubs: ids, unique beginnings of ids, wildcards, or objects.</para>
    /// </summary>
    [Parameter(Mandatory = true, HelpMessage = "Ids of hubs.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("HubId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HubCompleter))]
    public override HubReference[]? Hub { get; set; }

    /// <summary>
    /// <para type="description">Removes hubs that are connected too. It does not answer the confirmation: -Confirm:$false does.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process()
    {
        var scope = GetScope();
        StartRecord(() => scope.ForEachHubAsync(RemoveAsync));
    }

    private async Task RemoveAsync(Hub hub)
    {
        var space = hub.RequireManager();
        if (await ConfirmAsync($"{hub.Id} ({hub.Status}) in {hub.Space}", "Remove hub").ConfigureAwait(false))
            await ThrottledAsync(() => Own(space).DeleteHubAsync(hub.Id, Force, StopToken)).ConfigureAwait(false);
    }
}
