using System.Management.Automation;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Takes away the space and the hub that were set with Set-ScramjetContext.</summary>
[Cmdlet(VerbsCommon.Clear, "ScramjetContext", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class ClearScramjetContextCommand : ScramjetCmdlet
{
    private protected override PipedKind TakesFromPipeline => PipedKind.Connection;

    private protected override void Process()
    {
        var connection = RequireConnection();
        if (!ShouldProcess(connection.Name, "Clear context"))
            return;

        connection.Space = null;
        connection.Hub = null;
    }
}
