using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the public configuration of hubs or spaces, or what the multi-manager says of itself.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetConfiguration", DefaultParameterSetName = HubSet)]
[OutputType(typeof(ScramjetConfiguration))]
public sealed class GetScramjetConfigurationCommand : PartQueryCmdlet
{
    private protected override async Task<object> AskAsync(HubClient hub) =>
        new ScramjetConfiguration("Hub", hub.HubId, hub.SpaceId, hub.HubId, await hub.GetConfigAsync(StopToken).ConfigureAwait(false));

    private protected override async Task<object> AskAsync(SpaceClient space) =>
        new ScramjetConfiguration("Space", space.SpaceId, space.SpaceId, null, await space.GetConfigAsync(StopToken).ConfigureAwait(false));

    private protected override async Task<object> AskAsync(MultiManagerClient manager) =>
        new ScramjetConfiguration(await manager.GetInfoAsync(StopToken).ConfigureAwait(false));
}
