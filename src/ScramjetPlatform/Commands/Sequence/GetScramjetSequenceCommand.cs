using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets sequences from hubs.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetSequence")]
[OutputType(typeof(Sequence))]
public sealed class GetScramjetSequenceCommand : HubCmdlet
{
    private SequenceCopies _copies = null!;

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "SequenceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[]? Sequence { get; set; }

    [Parameter]
    public SwitchParameter Latest { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Begin() => _copies = new SequenceCopies(Context);

    private protected override Task ProcessAsync()
    {
        if (Piped.Value is Instance { SequenceId: { } id } instance && !CommandLine.Has(nameof(Sequence)))
            return RefreshAsync(instance.Client.Hub.GetSequenceClient(id));

        SequenceReference[] references = Piped.Value is Sequence piped
            ? [new SequenceReference(piped, null)]
            : Places.Named(nameof(Sequence), Sequence);
        var known = references.Select(r => r.Value).OfType<Sequence>().ToArray();
        var finder = Finder.Sequences(Context);

        // The times of the copies of a name cost a request, so a list of everything is without them.
        if (references.Length > 0)
            finder.Arrange = _copies.SortAsync;
        return Places.ForEachAsync(finder, references, sequence => known.Contains(sequence) ? RefreshAsync(sequence.Client) : WriteMatchAsync(sequence));
    }

    private async Task RefreshAsync(SequenceClient client) =>
        await WriteMatchAsync(await Bind(client).GetInfoAsync(StopToken).ConfigureAwait(false)).ConfigureAwait(false);

    private Task WriteMatchAsync(Sequence sequence) => Latest ? WriteNewestAsync(sequence) : WriteAsync(sequence);

    private async Task WriteNewestAsync(Sequence sequence)
    {
        if (await _copies.IsNewestAsync(sequence).ConfigureAwait(false))
            await WriteAsync(sequence).ConfigureAwait(false);
    }
}
