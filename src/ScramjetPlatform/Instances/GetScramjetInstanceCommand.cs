using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Gets instances from hubs.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "ScramjetInstance", DefaultParameterSetName = NameSet)]
[OutputType(typeof(Instance))]
public sealed class GetScramjetInstanceCommand : QueryCmdlet
{
    private const string NameSet = "Name";
    private const string InputSet = "InputObject";

    private WildcardPattern[] _sequenceNames = [];

    /// <summary>
    /// <para type="description">The instances: ids, unique beginnings of ids, wildcards, or objects. Not given: all in scope.</para>
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = NameSet)]
    [Parameter(Position = 0, ParameterSetName = InputSet)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[]? Instance { get; set; }

    /// <summary>
    /// <para type="description">Only instances of these sequences: names, ids or wildcards.</para>
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[]? Sequence { get; set; }

    /// <summary>
    /// <para type="description">Only instances with one of these statuses.</para>
    /// </summary>
    [Parameter]
    public InstanceStatus[]? Status { get; set; }

    /// <summary>
    /// <para type="description">A space, a hub or a sequence, whose instances are wanted, or an instance, to be asked for anew, as an object from the pipeline.</para>
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [ValidateNotNull]
    public Entity? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() =>
        _sequenceNames = Sequence?.Where(s => s.Text is not null).Select(s => WildcardPattern.Get(s.Text, WildcardOptions.IgnoreCase)).ToArray() ?? [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (InputObject)
        {
            case Scramjet.Client.Model.Sequence sequence:
                var hub = Own(sequence.Client.Hub);
                StartRecord(() => OfSequenceAsync(hub, sequence.Id), sequence);
                return;
            case Scramjet.Client.Model.Instance instance:
                StartRecord(async () => await EmitAsync(await ThrottledAsync(() => Own(instance.Client).GetInfoAsync(StopToken)).ConfigureAwait(false)).ConfigureAwait(false), instance);
                return;
        }

        RequireNames(nameof(Instance), Instance, always: true);
        EntityReference[] references = Instance ?? [];
        var scope = ScopeFor(references, InputObject);
        StartRecord(() => Queries.Instances(this).ForEachAsync(scope, references, EmitAsync));
    }

    private async Task OfSequenceAsync(Scramjet.Client.HostClient hub, string sequenceId)
    {
        foreach (var instance in await ThrottledAsync(() => hub.ListInstancesAsync(StopToken)).ConfigureAwait(false))
        {
            if (instance.SequenceId == sequenceId)
                await EmitAsync(instance).ConfigureAwait(false);
        }
    }

    private Task EmitAsync(Instance instance) => Wanted(instance) ? WriteAsync(instance) : Task.CompletedTask;

    private bool Wanted(Instance instance) =>
        (Status is null || Status.Contains(instance.Status))
        && (Sequence is null
            || Sequence.Any(s => s.Value is Scramjet.Client.Model.Sequence known && known.Id == instance.SequenceId)
            || _sequenceNames.Any(p => (instance.SequenceId is { } id && p.IsMatch(id)) || (instance.SequenceName is { } name && p.IsMatch(name))));
}
