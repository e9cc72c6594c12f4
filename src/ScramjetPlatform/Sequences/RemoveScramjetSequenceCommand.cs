using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Removes sequences from hubs.</para>
/// </summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetSequence", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetSequenceCommand : SequenceActionCmdlet
{
    /// <summary>
    /// <para type="description">Kills the sequences' instances first. Without it, a sequence whose instances run is not removed. It does not answer the confirmation: -Confirm:$false does.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// <para type="description">How long to wait, in seconds, until a hub lets go of a sequence's instances that have ended. Hubs of 1.0 need 15 seconds after the end. Default: 60.</para>
    /// </summary>
    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double WaitTimeoutSec { get; set; } = 60;

    private protected override void Process() => StartForEach(RemoveAsync);

    private async Task RemoveAsync(Sequence sequence)
    {
        // How many instances it has is asked anew: those of a sequence that was got before may be others now.
        var instances = Force ? (await Own(sequence.Client).GetInfoAsync(StopToken).ConfigureAwait(false)).Instances.Count : 0;
        var action = instances > 0 ? $"Remove, and kill what runs of its {instances} instance{(instances == 1 ? "" : "s")}" : "Remove";
        if (await ConfirmAsync($"{sequence.Name ?? "sequence"} ({sequence.Id}) on {sequence.Hub}", action).ConfigureAwait(false))
            await Context.Watch.RemoveAsync(sequence.Client, Force, TimeSpan.FromSeconds(WaitTimeoutSec), StopToken).ConfigureAwait(false);
    }
}
