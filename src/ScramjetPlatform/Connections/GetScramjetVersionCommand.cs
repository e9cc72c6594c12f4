using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the versions of the module, the platform, its spaces and its hubs.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetVersion")]
[OutputType(typeof(ScramjetVersion))]
public sealed class GetScramjetVersionCommand : QueryCmdlet
{
    private protected override void Process()
    {
        var narrowed = PipedAs is PipedKind.Space or PipedKind.Hub || Space is not null || Hub is not null;
        if (!narrowed && Piped is null)
            WriteObject(new ScramjetVersion(nameof(ScramjetPlatform), ModuleVersion.Text));

        // The module's own version is an answer too.
        if (!narrowed && Piped is null && Connection is null && ScramjetSession.Current.Default is null)
            return;

        var scope = GetScope();
        if (!narrowed && RequireConnection() is { Target: not ConnectionKind.Hub } connection)
            StartRecord(() => PlatformAsync(connection), connection);
        if (PipedAs == PipedKind.Space || (Hub is null && PipedAs != PipedKind.Hub && (Space is not null || RequireConnection().IsPlatform)))
            StartRecord(() => scope.ForEachSpaceAsync(SpaceAsync));
        StartRecord(() => scope.ForEachClientAsync(HubAsync));
    }

    private async Task PlatformAsync(ScramjetConnection connection)
    {
        var info = connection.Target == ConnectionKind.MultiManager
            ? await Own(connection.MultiManager).GetVersionAsync(StopToken).ConfigureAwait(false)
            : await Own(connection.Middleware).GetVersionAsync(StopToken).ConfigureAwait(false);
        await WriteAsync(new ScramjetVersion("Platform", connection.Name, null, info)).ConfigureAwait(false);
    }

    private async Task SpaceAsync(Space space)
    {
        if (!Context.IsFirst(space.Client))
            return;

        var info = await ThrottledAsync(() => Own(space.Client).GetVersionAsync(StopToken)).ConfigureAwait(false);
        await WriteAsync(new ScramjetVersion("Space", space.Id, space.Id, info)).ConfigureAwait(false);
    }

    private async Task HubAsync(HubClient hub)
    {
        if (!Context.IsFirst(hub))
            return;

        var info = await ThrottledAsync(() => hub.GetVersionAsync(StopToken)).ConfigureAwait(false);
        await WriteAsync(new ScramjetVersion("Hub", hub.HubId, hub.SpaceId, info)).ConfigureAwait(false);
    }
}
