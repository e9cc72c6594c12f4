using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Gets the load of hubs, of spaces, or of the multi-manager: CPU, memory and disks.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "ScramjetLoad", DefaultParameterSetName = HubSet)]
[OutputType(typeof(LoadCheck))]
public sealed class GetScramjetLoadCommand : HubQueryCmdlet
{
    private const string HubSet = "Hub";
    private const string MultiManagerSet = "MultiManager";

    /// <summary>
    /// <para type="description">A space or a hub whose load is wanted, as an object from the pipeline. A space's is that of the machine that its manager runs on.</para>
    /// </summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = HubSet)]
    [ValidateNotNull]
    public Entity? InputObject { get; set; }

    /// <summary>
    /// <para type="description">The load of the multi-manager that the connection leads to.</para>
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = MultiManagerSet)]
    public SwitchParameter MultiManager { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MultiManager)
        {
            var manager = RequireMultiManager();
            StartRecord(async () => await WriteAsync(await manager.GetLoadAsync(StopToken).ConfigureAwait(false)).ConfigureAwait(false));
            return;
        }

        if (InputObject is Scramjet.Client.Model.Space space)
        {
            StartRecord(async () => await WriteAsync(await ThrottledAsync(() => Own(space.Client).GetLoadAsync(StopToken)).ConfigureAwait(false)).ConfigureAwait(false), space);
            return;
        }

        var scope = GetScope(InputObject);
        StartRecord(() => scope.ForEachClientAsync(async hub => await WriteAsync(await ThrottledAsync(() => hub.GetLoadCheckAsync(StopToken)).ConfigureAwait(false)).ConfigureAwait(false)));
    }
}
