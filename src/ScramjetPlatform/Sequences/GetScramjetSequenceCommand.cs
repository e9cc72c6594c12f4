using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets sequences from hubs.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetSequence")]
[OutputType(typeof(Sequence))]
public sealed class GetScramjetSequenceCommand : QueryCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "SequenceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[]? Sequence { get; set; }

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Process()
    {
        if (Piped is Instance { SequenceId: { } id } instance && !IsOnCommandLine(nameof(Sequence)))
        {
            StartRecord(() => RefreshAsync(instance.Client.Hub.GetSequenceClient(id)), instance);
            return;
        }

        EntityReference[] references = Piped is Scramjet.Client.Model.Sequence piped ? [new SequenceReference(piped, null)] : Named(nameof(Sequence), Sequence);
        foreach (var known in references.Select(r => r.Value).OfType<Scramjet.Client.Model.Sequence>())
            StartRecord(() => RefreshAsync(known.Client), known);

        EntityReference[] texts = Array.FindAll(references, r => r.Text is not null);
        if (references.Length > 0 && texts.Length == 0)
            return;

        var scope = GetScope();
        StartRecord(() => Queries.Sequences(Context).ForEachAsync(scope, texts, s => WriteAsync(s)));
    }

    private async Task RefreshAsync(SequenceClient client) => await WriteAsync(await Own(client).GetInfoAsync(StopToken).ConfigureAwait(false)).ConfigureAwait(false);
}
