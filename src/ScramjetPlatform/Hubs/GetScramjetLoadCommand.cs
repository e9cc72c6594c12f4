using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the load of hubs, of spaces, or of the multi-manager: CPU, memory and disks.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetLoad", DefaultParameterSetName = HubSet)]
[OutputType(typeof(LoadCheck))]
public sealed class GetScramjetLoadCommand : PartQueryCmdlet
{
    private protected override async Task<object> AskAsync(HubClient hub) => await hub.GetLoadAsync(StopToken).ConfigureAwait(false);

    private protected override async Task<object> AskAsync(SpaceClient space) => await space.GetLoadAsync(StopToken).ConfigureAwait(false);

    private protected override async Task<object> AskAsync(MultiManagerClient manager) => await manager.GetLoadAsync(StopToken).ConfigureAwait(false);
}
