using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Stops instances, each on the hub where it runs.</para>
/// </summary>
[Cmdlet(VerbsLifecycle.Stop, "ScramjetInstance", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class StopScramjetInstanceCommand : InstanceActionCmdlet
{
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <para type="description">How long the instance gets to end by itself, in seconds; fractions count. Then the hub kills it. Default: 7, as the hub has it. The command returns as soon as the instance has ended.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(0d, 86400d)]
    public double TimeoutSec { get; set; } = 7;

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
    /// <para type="description">Lets the instance ask for more time than -TimeoutSec.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter AllowKeepAlive { get; set; }

    /// <summary>
    /// <para type="description">Waits until the instance has ended.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>
    /// <para type="description">Writes the instance as it is afterwards.</para>
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

        var after = instance.HasEnded ? instance : await ThrottledAsync(() => EndAsync(instance)).ConfigureAwait(false);
        if (Wait && !after.HasEnded)
            after = await InstanceWaiter.WaitAsync(this, after, i => i.HasEnded, AllowKeepAlive ? null : TimeSpan.FromSeconds(TimeoutSec) + KillGrace).ConfigureAwait(false);
        if (PassThru)
            await WriteAsync(after.HasEnded ? after : await Own(instance.Client).RefreshAsync(after, StopToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<Instance> EndAsync(Instance instance)
    {
        var client = Own(instance.Client);
        if (Force)
            return await AfterAsync(client.KillIfRunningAsync(RemoveImmediately, StopToken)).ConfigureAwait(false);

        // The hub answers only when the time is up, even if the instance has long ended: whichever shows first counts.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        var stop = client.StopIfRunningAsync(TimeSpan.FromSeconds(TimeoutSec), AllowKeepAlive, enough.Token);
        var watch = WatchAsync(client, instance, enough.Token);
        var first = await Task.WhenAny(stop, watch).ConfigureAwait(false);
        var after = first == stop || watch.IsFaulted ? await AfterAsync(stop).ConfigureAwait(false) : instance;
        enough.Cancel();
        return watch.Status == TaskStatus.RanToCompletion ? watch.Result : after;

        async Task<Instance> AfterAsync(Task<bool> end) =>
            await end.ConfigureAwait(false) ? instance : await client.RefreshAsync(instance, StopToken).ConfigureAwait(false);
    }

    /// <summary>Asks for the instance until it has ended.</summary>
    private static async Task<Instance> WatchAsync(InstanceClient client, Instance instance, CancellationToken cancellationToken)
    {
        for (var delay = 100; ; delay = Math.Min(1000, delay * 3 / 2))
        {
            await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
            instance = await client.RefreshAsync(instance, cancellationToken).ConfigureAwait(false);
            if (instance.HasEnded)
                return instance;
        }
    }
}
