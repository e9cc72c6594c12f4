using System.Linq;
using System.Management.Automation;
using Scramjet.Client;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>Closes a connection and forgets its token.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "ScramjetPlatform", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class DisconnectScramjetPlatformCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completion.ConnectionCompleter))]
    public ScramjetConnection[]? Connection { get; set; }

    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var session = ScramjetSession.Current;
        var connections = All ? session.Connections.ToArray() : Connection ?? (session.Default is { } only ? [only] : []);
        if (connections.Length == 0 && !All)
        {
            WriteError(
                ErrorRecords.From(new ScramjetException(ErrorCodes.NotConnected, "There is no connection to close.", "See Get-ScramjetConnection."), null));
        }

        foreach (var connection in connections)
        {
            if (ShouldProcess(connection.Name, "Disconnect"))
                session.Close(connection);
        }
    }
}
