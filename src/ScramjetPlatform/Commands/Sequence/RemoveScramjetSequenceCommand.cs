using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Removes sequences from hubs.</summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetSequence", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetSequenceCommand : HubCmdlet
{
    private SequenceCopies _copies = null!;

    [Parameter(Mandatory = true, HelpMessage = "Ids or names of sequences.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("SequenceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[] Sequence { get; set; } = [];

    [Parameter]
    public SwitchParameter KeepLatest { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double WaitTimeoutSec { get; set; } = 60;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence;

    private protected override void Begin() => _copies = new SequenceCopies(Context);

    private protected override Task ProcessAsync() =>
        Places.ForEachSequenceAsync(Sequence, RemoveAsync, KeepLatest ? Several.AreMeant : Several.AreOnePerPlace);

    private async Task RemoveAsync(Sequence sequence)
    {
        var newest = KeepLatest ? await _copies.GetNewestAsync(sequence).ConfigureAwait(false) : null;
        if (newest?.Id == sequence.Id)
        {
            Context.Output.PostVerbose($"The newest sequence '{sequence.Name}' on {sequence.Hub} stays: {sequence.Id}.");
            return;
        }

        // The number of instances is requested again: it can have changed since the sequence was returned.
        var instances = Force ? (await Bind(sequence.Client).GetInfoAsync(StopToken).ConfigureAwait(false)).Instances.Count : 0;
        var action = instances > 0 ? $"Remove, and kill what runs of its {DisplayText.Amount(instances, "instance")}" : "Remove";
        if (newest is not null)
            action += $"; the newest one stays ({newest.Id}, {newest.Created?.LocalDateTime:g})";
        if (await ConfirmAsync($"{sequence.Name ?? "sequence"} ({sequence.Id}) on {sequence.Hub}", action).ConfigureAwait(false))
        {
            var time = TimeSpan.FromSeconds(WaitTimeoutSec);
            await Context.Watch.RemoveAsync(sequence.Client, Force ? static _ => true : null, time, StopToken).ConfigureAwait(false);
        }
    }
}
