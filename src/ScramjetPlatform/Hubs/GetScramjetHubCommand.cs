using System.Management.Automation;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Gets the hubs of spaces, or the hub that the connection leads to.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "ScramjetHub")]
[OutputType(typeof(Hub))]
public sealed class GetScramjetHubCommand : HubQueryCmdlet
{
    /// <summary>
    /// <para type="description">A space, whose hubs are wanted, or a hub, to be asked for anew, as an object from the pipeline.</para>
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public Entity? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is Scramjet.Client.Model.Hub known)
        {
            StartRecord(async () => await WriteAsync(await ThrottledAsync(() => Own(known.Client).GetInfoAsync(StopToken)).ConfigureAwait(false)).ConfigureAwait(false), known);
            return;
        }

        var scope = GetScope(InputObject);
        StartRecord(() => scope.ForEachHubAsync(hub => WriteAsync(hub)));
    }
}
