using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets instances from hubs.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetInstance")]
[OutputType(typeof(Instance))]
public sealed class GetScramjetInstanceCommand : HubCmdlet
{
    private TextPattern[] _sequenceNames = [];

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

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Begin() => _sequenceNames = Sequence?.Where(s => s.Text is not null).Select(s => new TextPattern(s.Text!)).ToArray() ?? [];

    private protected override Task ProcessAsync()
    {
        if (Piped.Value is Scramjet.Client.Model.Sequence sequence && !CommandLine.Has(nameof(Instance)))
            return WriteInstancesOfAsync(sequence);

        InstanceReference[] references = Piped.Value is Instance piped ? [new InstanceReference(piped, null)] : Places.Named(nameof(Instance), Instance);
        var known = references.Select(r => r.Value).OfType<Instance>().ToArray();
        return known.Length == 0
            ? Places.ForEachInstanceListAsync(references, instances => WriteManyAsync(instances.Where(IsMatch).ToArray()))
            : Places.ForEachInstanceAsync(references, WriteCurrentAsync, Several.AreMeant);

        async Task WriteCurrentAsync(Instance instance)
        {
            var current = known.Contains(instance) ? await Bind(instance.Client).GetInfoAsync(StopToken).ConfigureAwait(false) : instance;
            await WriteMatchAsync(current).ConfigureAwait(false);
        }
    }

    private async Task WriteInstancesOfAsync(Sequence sequence)
    {
        var hub = Bind(sequence.Client.Hub);
        foreach (var instance in (await Context.ListAsync(hub, () => hub.ListInstancesAsync(StopToken)).ConfigureAwait(false)).Items)
        {
            if (instance.SequenceId == sequence.Id)
                await WriteMatchAsync(instance).ConfigureAwait(false);
        }
    }

    private Task WriteMatchAsync(Instance instance) => IsMatch(instance) ? WriteAsync(instance) : Task.CompletedTask;

    private bool IsMatch(Instance instance) =>
        (Status is null || Status.Contains(instance.State))
        && (Sequence is null
            || Sequence.Any(s => s.Value is Sequence known && known.Id == instance.SequenceId)
            || _sequenceNames.Any(p => p.IsMatch(instance.SequenceId) || p.IsMatch(instance.SequenceName)));
}
