using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Stops instances, each on the hub where it runs.</para>
/// </summary>
[Cmdlet(VerbsLifecycle.Stop, "ScramjetInstance", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class StopScramjetInstanceCommand : InstanceActionCmdlet
{
    /// <summary>
    /// <para type="description">How long the instance gets to end by itself, in seconds; fractions count. Then the hub kills it. Default: 7, as the hub has it. The command returns as soon as the instance has ended.</para>
    /// </summary>
    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0d, 86400d)]
    [NoCompletion]
    public double GracePeriodSec { get; set; } = 7;

    /// <summary>
    /// <para type="description">Kills the instance at once.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// <para type="description">With -Force: also takes the instance off its hub's list at once. Without it, hubs since 0.26 list an ended instance for a while, so that its end can be read.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter RemoveImmediately { get; set; }

    /// <summary>
    /// <para type="description">Lets the instance ask for more time than -GracePeriodSec.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter AllowKeepAlive { get; set; }

    /// <summary>
    /// <para type="description">Waits until the instance has ended.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>
    /// <para type="description">Writes the instance as it is after the stop. A killed one gets five seconds to end before; with -Wait, its end is waited for.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Begin()
    {
        if (RemoveImmediately && !Force)
            Fail(new ScramjetException(ErrorCodes.BadParameters, "-RemoveImmediately goes with -Force: an instance that ends by itself stays listed for a while.", "Give -Force too."));
    }

    private protected override void Process() => StartForEach(StopAsync);

    private async Task StopAsync(Instance instance)
    {
        var target = $"{instance.SequenceName ?? "instance"} ({instance.Id}) on {instance.Hub}";
        if (!await ConfirmAsync(target, Force ? "Kill" : "Stop").ConfigureAwait(false))
            return;

        var after = Force
            ? await Context.Watch.KillAsync(instance, RemoveImmediately, StopToken).ConfigureAwait(false)
            : await Context.Watch.StopAsync(instance, TimeSpan.FromSeconds(GracePeriodSec), AllowKeepAlive, StopToken).ConfigureAwait(false);
        if (!after.HasEnded && (Wait || PassThru))
            after = await UntilEndedAsync(after).ConfigureAwait(false);
        if (PassThru)
            await WriteAsync(after).ConfigureAwait(false);
    }

    private async Task<Instance> UntilEndedAsync(Instance instance)
    {
        if (Wait)
            return await Context.Watch.UntilEndedAsync(instance, AllowKeepAlive && !Force ? null : InstanceTimings.Default.KillTime, StopToken).ConfigureAwait(false);

        try
        {
            return await Context.Watch.UntilEndedAsync(instance, InstanceTimings.Default.AnswerTime, StopToken).ConfigureAwait(false);
        }
        catch (ScramjetException e) when (e.Code == ErrorCodes.Timeout)
        {
            return await Own(instance.Client).RefreshAsync(instance, StopToken).ConfigureAwait(false);
        }
    }
}
