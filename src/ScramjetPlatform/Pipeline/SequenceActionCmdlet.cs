using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that does something with sequences.</summary>
public abstract class SequenceActionCmdlet : ScopedCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids or names of sequences.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("SequenceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[] Sequence { get; set; } = [];

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Sequence;

    /// <summary>Starts the action for each sequence that this record names. A name that fits several on one hub is an error.</summary>
    private protected void StartForEach(Func<Sequence, Task> action)
    {
        var query = Queries.Sequences(Context);
        query.MustBeOne = true;
        StartForEach(query, Sequence, action);
    }
}
