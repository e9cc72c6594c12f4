using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the load of hubs, of spaces, or of the multi-manager: CPU, memory and disks.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetLoad", DefaultParameterSetName = HubSet)]
[OutputType(typeof(LoadCheck))]
public sealed class GetScramjetLoadCommand : SpaceCmdlet
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
            ? parts.RequestMultiManagerAsync(async manager => await manager.GetLoadAsync(StopToken).ConfigureAwait(false))
            : parts.RequestHubsOrSpaceAsync(
                async hub => await hub.GetLoadAsync(StopToken).ConfigureAwait(false),
                async space => await space.GetLoadAsync(StopToken).ConfigureAwait(false));
    }
}
