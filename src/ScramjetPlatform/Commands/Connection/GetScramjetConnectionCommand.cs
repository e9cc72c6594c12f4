using System.Management.Automation;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the session's connections.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetConnection")]
[OutputType(typeof(ScramjetConnection))]
public sealed class GetScramjetConnectionCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completion.ConnectionCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connections = ScramjetSession.Current.Connections;
        if (Name is null)
        {
            WriteObject(connections, true);
            return;
        }

        foreach (var name in Name)
        {
            try
            {
                var matcher = new Matcher<ScramjetConnection>("connection", name, c => c.Name);
                WriteObject(matcher.Take(connections), true);
                if (matcher.IsOpen && ScramjetSession.Current.FindByName(name) is { Count: > 0 } ofOtherRunspaces)
                    WriteObject(ofOtherRunspaces, true);
                else
                    WriteObject(matcher.TakeRest(), true);
            }
            catch (Scramjet.Client.ScramjetException e)
            {
                WriteError(ErrorRecords.From(e, name));
            }
        }
    }
}
