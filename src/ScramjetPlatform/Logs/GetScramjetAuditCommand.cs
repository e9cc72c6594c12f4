using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Gets audit records of the platform, a space or hubs: who asked for what, and how much was sent.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "ScramjetAudit")]
[OutputType(typeof(AuditEntry))]
public sealed class GetScramjetAuditCommand : ScopedCmdlet
{
    /// <summary>
    /// <para type="description">A space or a hub whose audit is wanted, as an object from the pipeline. Not given, and neither -Space nor -Hub: the platform's, or the hub's that the connection leads to.</para>
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public Entity? InputObject { get; set; }

    /// <summary>
    /// <para type="description">Goes on until Ctrl+C or the stream's end. Without it, what comes until the stream falls silent.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is Scramjet.Client.Model.Space space)
        {
            StartRecord(() => OfSpaceAsync(space), space);
            return;
        }

        if (InputObject is null && Space is null && Hub is null && RequireConnection() is { Kind: ConnectionKind.Platform } connection)
        {
            StartRecord(() => ReadAsync(Own(connection.Middleware).GetAuditStreamAsync, null, null), connection);
            return;
        }

        var scope = GetScope(InputObject);
        if (InputObject is null && Hub is null && Space is not null)
            StartRecord(() => scope.ForEachSpaceAsync(OfSpaceAsync));
        else
            StartRecord(() => scope.ForEachClientAsync(hub => ReadAsync(hub.GetAuditStreamAsync, hub.SpaceId, hub.HubId)));
    }

    private Task OfSpaceAsync(Space space) => ReadAsync(Own(space.Client).GetAuditStreamAsync, space.Id, null);

    private Task ReadAsync(Func<CancellationToken, Task<ApiStream>> open, string? space, string? hub) => EndlessLines.ReadAsync(
        open,
        line => AuditEntry.Parse(line, space, hub) is { } entry ? WriteAsync(entry) : Task.CompletedTask,
        Follow,
        StopToken);
}
