using System.Collections.Generic;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the versions of the module, the platform, its spaces and its hubs.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetVersion")]
[OutputType(typeof(ScramjetVersion))]
public sealed class GetScramjetVersionCommand : HubCmdlet
{
    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override async Task ProcessAsync()
    {
        var places = Places;
        var isWhole = !places.IsNarrowed && Piped.Value is null;
        var work = new List<Task>();
        if (isWhole)
            work.Add(WriteAsync(new ScramjetVersion(nameof(ScramjetPlatform), ModuleVersion.Text)));

        // The module's own version needs no connection.
        if (!isWhole || places.HasConnection)
        {
            if (!places.IsNarrowed && places.Connection is { Target: not ConnectionKind.Hub } connection)
                work.Add(Context.GuardAsync(connection, () => PlatformAsync(connection)));
            if (Piped.Kind == PipedKind.Space || (Hub is null && Piped.Kind != PipedKind.Hub && (Space is not null || places.Connection.IsPlatform)))
                work.Add(Context.GuardAsync(null, () => places.ForEachSpaceAsync(SpaceAsync)));
            work.Add(Context.GuardAsync(null, () => places.ForEachClientAsync(HubAsync)));
        }

        await Task.WhenAll(work).ConfigureAwait(false);
    }

    private async Task PlatformAsync(ScramjetConnection connection)
    {
        var info = connection.Target == ConnectionKind.MultiManager
            ? await Bind(connection.MultiManager).GetVersionAsync(StopToken).ConfigureAwait(false)
            : await Bind(connection.Middleware).GetVersionAsync(StopToken).ConfigureAwait(false);
        await WriteAsync(new ScramjetVersion("Platform", connection.Name, null, info)).ConfigureAwait(false);
    }

    private async Task SpaceAsync(Space space)
    {
        if (!Context.IsFirst(space.Client))
            return;

        var info = await Bind(space.Client).GetVersionAsync(StopToken).ConfigureAwait(false);
        await WriteAsync(new ScramjetVersion("Space", space.Id, space.Id, info)).ConfigureAwait(false);
    }

    private async Task HubAsync(HubClient hub)
    {
        if (!Context.IsFirst(hub))
            return;

        var info = await hub.GetVersionAsync(StopToken).ConfigureAwait(false);
        await WriteAsync(new ScramjetVersion("Hub", hub.HubId, hub.SpaceId, info)).ConfigureAwait(false);
    }
}
