using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Gets the public configuration of hubs or spaces, or what the multi-manager says of itself.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "ScramjetConfiguration", DefaultParameterSetName = HubSet)]
[OutputType(typeof(ScramjetConfiguration))]
public sealed class GetScramjetConfigurationCommand : HubQueryCmdlet
{
    private const string HubSet = "Hub";
    private const string MultiManagerSet = "MultiManager";

    /// <summary>
    /// <para type="description">A space or a hub whose configuration is wanted, as an object from the pipeline.</para>
    /// </summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = HubSet)]
    [ValidateNotNull]
    public Entity? InputObject { get; set; }

    /// <summary>
    /// <para type="description">What the multi-manager that the connection leads to says of itself: its id, API address, and number of managers.</para>
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = MultiManagerSet)]
    public SwitchParameter MultiManager { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MultiManager)
        {
            var manager = RequireMultiManager();
            StartRecord(async () => await WriteAsync(new ScramjetConfiguration(await manager.GetInfoAsync(StopToken).ConfigureAwait(false))).ConfigureAwait(false));
            return;
        }

        if (InputObject is Scramjet.Client.Model.Space space)
        {
            StartRecord(() => OfSpaceAsync(space), space);
            return;
        }

        var scope = GetScope(InputObject);
        StartRecord(() => scope.ForEachClientAsync(OfHubAsync));
    }

    private async Task OfSpaceAsync(Space space)
    {
        var settings = await ThrottledAsync(() => Own(space.Client).GetConfigAsync(StopToken)).ConfigureAwait(false);
        await WriteAsync(new ScramjetConfiguration("Space", space.Id, space.Id, null, settings)).ConfigureAwait(false);
    }

    private async Task OfHubAsync(HostClient hub)
    {
        var settings = await ThrottledAsync(() => hub.GetConfigAsync(StopToken)).ConfigureAwait(false);
        await WriteAsync(new ScramjetConfiguration("Hub", hub.HubId, hub.SpaceId, hub.HubId, settings)).ConfigureAwait(false);
    }
}
