using System.Collections.Generic;
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
        var connections = All ? session.Connections : Connection as IReadOnlyList<ScramjetConnection> ?? (session.Default is { } only ? [only] : []);
        if (connections.Count == 0 && !All)
        {
            WriteError(
                ErrorRecords.From(
                    new ScramjetException(ErrorCodes.NotConnected, "There is no default connection to close.", "Name one. See Get-ScramjetConnection."),
                    null));
        }

        foreach (var connection in connections)
        {
            if (!session.MayClose(connection) && !session.Connections.Contains(connection))
            {
                WriteError(ErrorRecords.From(
                    new ScramjetException(
                        ErrorCodes.NotSupported,
                        $"The connection '{connection.Name}' was opened in another runspace.",
                        "Disconnect it in the runspace that opened it."),
                    connection));
            }
            else if (ShouldProcess(connection.Name, "Disconnect"))
            {
                session.Remove(connection);
            }
        }
    }
}
