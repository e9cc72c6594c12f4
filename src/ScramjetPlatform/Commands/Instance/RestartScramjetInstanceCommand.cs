using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Compat;
using Scramjet.Client.Http;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Kills instances, and starts their sequences again with the same configuration, arguments, topics and limits.</summary>
[Cmdlet(VerbsLifecycle.Restart, "ScramjetInstance", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class RestartScramjetInstanceCommand : HubCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids or names of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    [RefusesOtherKinds]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter]
    public SwitchParameter Wait { get; set; }

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double WaitTimeoutSec { get; set; } = 60;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override Task ProcessAsync() => Places.ForEachInstanceAsync(Instance, RestartAsync);

    private async Task RestartAsync(Instance instance)
    {
        var now = await Bind(instance.Client).RefreshAsync(instance, StopToken).ConfigureAwait(false);
        if (now.SequenceId is not { } sequenceId)
        {
            throw new ScramjetException(
                ErrorCodes.NotFound,
                $"The hub doesn't say which sequence the instance '{instance.Id}' is of.",
                "Start the sequence with Start-ScramjetSequence.");
        }

        // Without its sequence it could not be started again: nothing is killed then.
        var hub = Bind(now.Client.Hub);
        var sequence = await hub.GetSequenceAsync(sequenceId, StopToken).ConfigureAwait(false);
        var version = await hub.GetHubVersionAsync(StopToken).ConfigureAwait(false);
        var options = StartSettings.Of(Context, now, version);
        var action = now.HasEnded ? "Start again" : "Kill and start again";
        if (!await ConfirmAsync($"{sequence.Name ?? "instance"} ({instance.Id}) on {instance.Hub}", action).ConfigureAwait(false))
            return;

        Instance after;
        try
        {
            if (await EndAsync(now, version.SupportsStartOptions).ConfigureAwait(false))
                options.InstanceId = now.Id;
            after = await Context.StartAsync(sequence, options).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            await Context.WarnAsync(
                $"Restart-ScramjetInstance was stopped while it restarted the instance '{now.Id}' on {now.Hub}. Check with Get-ScramjetInstance whether it " +
                $"runs. To start it again, use Start-ScramjetSequence {sequence.Id}.").ConfigureAwait(false);
            throw;
        }

        if (Wait)
            after = await Context.Watch.UntilRunningAsync(after, TimeSpan.FromSeconds(WaitTimeoutSec), StopToken).ConfigureAwait(false);
        await WriteAsync(after).ConfigureAwait(false);
    }

    /// <summary>Ends the instance, and has its hub forget it where another may have its id.</summary>
    /// <returns>Whether another may have its id.</returns>
    private async Task<bool> EndAsync(Instance instance, bool keepsId)
    {
        var isReleased = instance.IsGone;
        if (!instance.HasEnded)
        {
            instance = await Context.Watch.KillAsync(instance, removeImmediately: true, StopToken).ConfigureAwait(false);
            isReleased = !instance.HasEnded || instance.IsGone;
        }

        if (!keepsId)
        {
            await Context.Watch.UntilEndedAsync(instance, InstanceTimings.Default.KillTime, StopToken).ConfigureAwait(false);
            Context.Output.PostVerbose($"The hub '{instance.Hub}' doesn't let a start name an id: the instance gets another than '{instance.Id}'.");
            return false;
        }

        isReleased |= instance.HasEnded && await Context.Watch.ReleaseAsync(instance, StopToken).ConfigureAwait(false);
        if (isReleased)
        {
            try
            {
                await Context.Watch.UntilGoneAsync(instance, InstanceTimings.Default.ReleaseTime, StopToken).ConfigureAwait(false);
                return true;
            }
            catch (ScramjetException e) when (e.Code == ErrorCodes.Timeout)
            {
                // Another id is better than no instance.
            }
        }

        Context.Output.PostWarning($"The hub '{instance.Hub}' still lists '{instance.Id}', which has ended: the instance starts again with another id.");
        return false;
    }
}
