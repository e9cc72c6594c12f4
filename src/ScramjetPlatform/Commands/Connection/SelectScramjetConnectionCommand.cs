using System.Management.Automation;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>Makes a connection the one that commands without -Connection use.</summary>
[Cmdlet(VerbsCommon.Select, "ScramjetConnection")]
[OutputType(typeof(ScramjetConnection))]
public sealed class SelectScramjetConnectionCommand : PSCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The name of a connection.", Position = 0, ValueFromPipeline = true)]
    [Alias("Name")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    public ScramjetConnection? Connection { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = Connection!;
        if (connection.FindClosed() is { } closed)
        {
            WriteError(ErrorRecords.From(closed, connection));
            return;
        }

        ScramjetSession.Current.Select(connection);
        if (PassThru)
            WriteObject(connection);
    }
}
