using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets instances from hubs.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetInstance")]
[OutputType(typeof(Instance))]
public sealed class GetScramjetInstanceCommand : QueryCmdlet
{
    private WildcardPattern[] _sequenceNames = [];

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[]? Instance { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[]? Sequence { get; set; }

    [Parameter]
    public InstanceStatus[]? Status { get; set; }

    private protected override void Begin()
    {
        try
        {
            _sequenceNames = Sequence?.Where(s => s.Text is not null).Select(s => Wildcard.Parse(s.Text!) ?? WildcardPattern.Get(WildcardPattern.Escape(s.Text), WildcardOptions.IgnoreCase)).ToArray() ?? [];
        }
        catch (Scramjet.Client.ScramjetException e)
        {
            Fail(e, Sequence);
        }
    }

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Process()
    {
        if (Piped is Scramjet.Client.Model.Sequence sequence && !IsOnCommandLine(nameof(Instance)))
        {
            var hub = Own(sequence.Client.Hub);
            StartRecord(() => OfSequenceAsync(hub, sequence.Id), sequence);
            return;
        }

        EntityReference[] references = Piped is Instance piped ? [new InstanceReference(piped, null)] : Named(nameof(Instance), Instance);
        foreach (var known in references.Select(r => r.Value).OfType<Instance>())
            StartRecord(async () => await EmitAsync(await Own(known.Client).GetInfoAsync(StopToken).ConfigureAwait(false)).ConfigureAwait(false), known);

        EntityReference[] texts = Array.FindAll(references, r => r.Text is not null);
        if (references.Length > 0 && texts.Length == 0)
            return;

        var scope = GetScope();
        StartRecord(() => Queries.Instances(Context).ForEachAsync(scope, texts, EmitAsync));
    }

    private async Task OfSequenceAsync(HubClient hub, string sequenceId)
    {
        foreach (var instance in (await Context.ListAsync(hub, () => hub.ListInstancesAsync(StopToken)).ConfigureAwait(false)).Items)
        {
            if (instance.SequenceId == sequenceId)
                await EmitAsync(instance).ConfigureAwait(false);
        }
    }

    private Task EmitAsync(Instance instance) => Wanted(instance) ? WriteAsync(instance) : Task.CompletedTask;

    private bool Wanted(Instance instance) =>
        (Status is null || Status.Contains(instance.State))
        && (Sequence is null
            || Sequence.Any(s => s.Value is Scramjet.Client.Model.Sequence known && known.Id == instance.SequenceId)
            || _sequenceNames.Any(p => (instance.SequenceId is { } id && p.IsMatch(id)) || (instance.SequenceName is { } name && p.IsMatch(name))));
}
