using System.Management.Automation;
using System.Threading.Tasks;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Removes the default space and hub of a connection.</summary>
[Cmdlet(VerbsCommon.Clear, "ScramjetContext", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class ClearScramjetContextCommand : ConnectionCmdlet
{
    private protected override async Task ProcessAsync()
    {
        var connection = Places.Connection;
        if (!await ConfirmAsync(connection.Name, "Clear context").ConfigureAwait(false))
            return;

        connection.Context = new ConnectionContext(null, null);
    }
}
