using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Kills instances, and starts their sequences again with the same configuration, arguments, topics and limits.</para>
/// </summary>
[Cmdlet(VerbsLifecycle.Restart, "ScramjetInstance", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class RestartScramjetInstanceCommand : InstanceActionCmdlet
{
    /// <summary>How long a killed instance may stay on its hub's list before a new id is taken.</summary>
    private static readonly TimeSpan RemovalTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// <para type="description">Waits until the new instance runs before it is written.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>
    /// <para type="description">How long -Wait waits, in seconds. Default: 60.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 60;

    private protected override void Process() => StartForEach(RestartAsync);

    private async Task RestartAsync(Instance instance)
    {
        var now = await ThrottledAsync(() => Own(instance.Client).RefreshAsync(instance, StopToken)).ConfigureAwait(false);
        if (now.SequenceId is not { } sequenceId)
            throw new ScramjetException(ErrorCodes.NotFound, $"The hub doesn't say which sequence the instance '{instance.Id}' is of.", "Start the sequence with Start-ScramjetSequence.");

        // Without its sequence it could not be started again: nothing is killed then.
        var sequence = await ThrottledAsync(() => Own(now.Client.Hub).GetSequenceAsync(sequenceId, StopToken)).ConfigureAwait(false);
        if (!await ConfirmAsync($"{sequence.Name ?? "instance"} ({instance.Id}) on {instance.Hub}", now.HasEnded ? "Start again" : "Kill and start again").ConfigureAwait(false))
            return;

        var after = await ThrottledAsync(() => RestartAsync(now, sequence)).ConfigureAwait(false);
        if (Wait)
            after = await InstanceWaiter.UntilRunningAsync(this, after, TimeSpan.FromSeconds(TimeoutSec)).ConfigureAwait(false);
        await WriteAsync(after).ConfigureAwait(false);
    }

    private async Task<Instance> RestartAsync(Instance instance, Sequence sequence)
    {
        var client = Own(instance.Client);
        var options = StartOptions.Of(instance);
        var isListed = instance.State != InstanceStatus.Gone;
        if (!instance.HasEnded)
        {
            await client.KillIfRunningAsync(removeImmediately: true, StopToken).ConfigureAwait(false);
            isListed = !await client.WaitUntilRemovedAsync(RemovalTime, StopToken).ConfigureAwait(false);
        }

        var version = await client.Hub.GetHubVersionAsync(StopToken).ConfigureAwait(false);
        if (version.HasStartOptions && !isListed)
            options.InstanceId = instance.Id;
        else
            PostVerbose($"'{instance.Id}' can't be given to a new instance on '{instance.Hub}': it gets another id.");
        return await Own(sequence.Client).StartAsync(sequence, options, StopToken).ConfigureAwait(false);
    }
}
