using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the public configuration of hubs or spaces, or the information of the multi-manager.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetConfiguration", DefaultParameterSetName = HubSet)]
[OutputType(typeof(ScramjetConfiguration))]
public sealed class GetScramjetConfigurationCommand : SpaceCmdlet
{
    private const string HubSet = "Hub";
    private const string MultiManagerSet = "MultiManager";

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public HubReference[]? Hub { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = MultiManagerSet)]
    public SwitchParameter MultiManager { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override Places Places => new(Context, CommandLine, Piped, Connection, Space, Hub);

    private protected override Task ProcessAsync()
    {
        var parts = new PlatformParts(Context, Places);
        return MultiManager
            ? parts.RequestMultiManagerAsync(async manager => new ScramjetConfiguration(await manager.GetInfoAsync(StopToken).ConfigureAwait(false)))
            : parts.RequestHubsOrSpaceAsync(GetAsync, GetAsync);
    }

    private async Task<object> GetAsync(HubClient hub) =>
        new ScramjetConfiguration("Hub", hub.HubId, hub.SpaceId, hub.HubId, await hub.GetConfigAsync(StopToken).ConfigureAwait(false));

    private async Task<object> GetAsync(SpaceClient space) =>
        new ScramjetConfiguration("Space", space.SpaceId, space.SpaceId, null, await space.GetConfigAsync(StopToken).ConfigureAwait(false));
}
