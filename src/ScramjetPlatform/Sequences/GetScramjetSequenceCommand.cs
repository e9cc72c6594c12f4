using System.Management.Automation;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Gets sequences from hubs.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "ScramjetSequence", DefaultParameterSetName = NameSet)]
[OutputType(typeof(Sequence))]
public sealed class GetScramjetSequenceCommand : QueryCmdlet
{
    private const string NameSet = "Name";
    private const string InputSet = "InputObject";

    /// <summary>
    /// <para type="description">The sequences: ids, unique beginnings of ids, names, wildcards, or objects. Not given: all in scope.</para>
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet)]
    [Parameter(Position = 0, ParameterSetName = InputSet)]
    [Alias("Name", "SequenceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[]? Sequence { get; set; }

    /// <summary>
    /// <para type="description">A space or a hub, whose sequences are wanted, or an instance, whose sequence is, as an object from the pipeline.</para>
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [ValidateNotNull]
    public Entity? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (InputObject)
        {
            case Instance { SequenceId: { } sequenceId } instance:
                StartRecord(() => RefreshAsync(instance.Client.Hub.GetSequenceClient(sequenceId)), instance);
                return;
            case Scramjet.Client.Model.Sequence sequence:
                StartRecord(() => RefreshAsync(sequence.Client), sequence);
                return;
        }

        RequireNames(nameof(Sequence), Sequence, always: true);
        EntityReference[] references = Sequence ?? [];
        var scope = ScopeFor(references, InputObject);
        StartRecord(() => Queries.Sequences(this).ForEachAsync(scope, references, s => WriteAsync(s)));
    }

    private async System.Threading.Tasks.Task RefreshAsync(Scramjet.Client.SequenceClient client) =>
        await WriteAsync(await ThrottledAsync(() => Own(client).GetInfoAsync(StopToken)).ConfigureAwait(false)).ConfigureAwait(false);
}
