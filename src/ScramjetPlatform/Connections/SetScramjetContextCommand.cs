using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Sets the space and the hub that are meant where a command names none.</summary>
[Cmdlet(VerbsCommon.Set, "ScramjetContext", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ScramjetContext))]
public sealed class SetScramjetContextCommand : ScopedCmdlet
{
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        var connection = RequireConnection();
        var wantsHub = PipedAs == PipedKind.Hub || (PipedAs != PipedKind.Space && Named(nameof(Hub), Hub).Length > 0);
        if (!wantsHub && PipedAs != PipedKind.Space && Named(nameof(Space), Space).Length == 0)
            Fail(new ScramjetException(ErrorCodes.BadParameters, "Neither a space nor a hub was given.", "Give -Space or -Hub; Clear-ScramjetContext takes the context away."));

        var scope = GetScope();
        var found = new List<(string? Space, string? Hub)>();
        Run(() => wantsHub
            ? scope.ForEachHubAsync(hub =>
            {
                lock (found)
                    found.Add((hub.Space, hub.Id));
                return Task.CompletedTask;
            })
            : scope.ForEachSpaceAsync(space =>
            {
                lock (found)
                    found.Add((space.Id, null));
                return Task.CompletedTask;
            }));

        if (found.Count > 1)
            Fail(new ScramjetException(ErrorCodes.Ambiguous, $"{found.Count} {(wantsHub ? "hubs" : "spaces")} fit: {string.Join(", ", found.Select(f => f.Hub ?? f.Space))}.", "Name one, and for a hub also its -Space."));
        if (found.Count == 0)
            return;

        var (newSpace, newHub) = found[0];
        if (!ShouldProcess(connection.Name, $"Set context to {string.Join(" / ", new[] { newSpace, newHub }.OfType<string>())}"))
            return;

        connection.Space = newSpace;
        connection.Hub = newHub;
        if (PassThru)
            WriteObject(new ScramjetContext(connection));
    }
}
