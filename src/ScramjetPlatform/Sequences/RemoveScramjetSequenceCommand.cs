using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Removes sequences from hubs.</para>
/// </summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetSequence", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveScramjetSequenceCommand : SequenceActionCmdlet
{
    /// <summary>
    /// <para type="description">Kills the sequences' instances first. Without it, a sequence with instances is not removed. It does not answer the confirmation: -Confirm:$false does.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process() => StartForEach(RemoveAsync);

    private async Task RemoveAsync(Sequence sequence)
    {
        var instances = sequence.Instances.Count;
        var action = Force && instances > 0 ? $"Remove, and kill {instances} instance{(instances == 1 ? "" : "s")}" : "Remove";
        if (await ConfirmAsync($"{sequence.Name ?? "sequence"} ({sequence.Id}) on {sequence.Hub}", action).ConfigureAwait(false))
            await ThrottledAsync(() => Own(sequence.Client).DeleteAsync(Force, StopToken)).ConfigureAwait(false);
    }
}
