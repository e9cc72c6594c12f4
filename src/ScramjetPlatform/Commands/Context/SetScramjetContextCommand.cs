using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Sets the default space and hub of a connection.</summary>
[Cmdlet(VerbsCommon.Set, "ScramjetContext", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ScramjetContext))]
public sealed class SetScramjetContextCommand : HubCmdlet
{
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override int MaxRecords => 1;

    private protected override async Task ProcessAsync()
    {
        var places = Places;
        var connection = places.Connection;
        var isHub = Piped.Kind == PipedKind.Hub || (Piped.Kind != PipedKind.Space && places.Hubs.Length > 0);
        if (!isHub && Piped.Kind != PipedKind.Space && places.Spaces.Length == 0)
        {
            throw TerminatingError.BadParameters(
                "Neither a space nor a hub is specified.",
                "Specify -Space or -Hub. To remove the context, use Clear-ScramjetContext.");
        }

        (string? Space, string? Hub)[] found = isHub
            ? [.. (await RequestContext.CollectAsync<Hub>(body => places.ForEachHubAsync(body)).ConfigureAwait(false)).Select(hub => (hub.Space, hub.Id))]
            : [.. (await RequestContext.CollectAsync<Space>(places.ForEachSpaceAsync).ConfigureAwait(false)).Select(space => (space.Id, (string?)null))];
        if (found.Length > 1)
        {
            throw new TerminatingError(new ScramjetException(
                ErrorCodes.Ambiguous,
                $"{found.Length} {(isHub ? "hubs" : "spaces")} match: {string.Join(", ", found.Select(f => f.Hub ?? f.Space))}.",
                "Specify one, and for a hub also its -Space."));
        }

        if (found.Length == 0)
            return;

        var (newSpace, newHub) = found[0];
        if (!await ConfirmAsync(connection.Name, $"Set context to {string.Join(" / ", new[] { newSpace, newHub }.OfType<string>())}").ConfigureAwait(false))
            return;

        connection.Context = new ConnectionContext(newSpace, newHub);
        if (PassThru)
            await WriteAsync(new ScramjetContext(connection)).ConfigureAwait(false);
    }
}
