using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Removes self-hosted hubs from the list of their space.</summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetHub", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetHubCommand : SpaceCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids of hubs.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("HubId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HubCompleter))]
    public HubReference[]? Hub { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override Places Places => new(Context, CommandLine, Piped, Connection, Space, Hub);

    private protected override Task ProcessAsync() => Places.ForEachHubAsync(RemoveAsync);

    private async Task RemoveAsync(Hub hub)
    {
        var space = hub.RequireSpace();
        if (await ConfirmAsync($"{hub.Id} ({hub.Status}) in {hub.Space}", "Remove hub").ConfigureAwait(false))
            await Bind(space).DeleteHubAsync(hub.Id, Force, StopToken).ConfigureAwait(false);
    }
}
