using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Stops instances, each on the hub where it runs.</summary>
[Cmdlet(VerbsLifecycle.Stop, "ScramjetInstance", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Instance))]
public sealed class StopScramjetInstanceCommand : HubCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids or names of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RunningInstanceCompleter))]
    [RefusesOtherKinds]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0d, 86400d)]
    [NoCompletion]
    public double GracePeriodSec { get; set; } = 7;

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter RemoveImmediately { get; set; }

    [Parameter]
    public SwitchParameter AllowKeepAlive { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Begin()
    {
        if (RemoveImmediately && !Force)
        {
            throw TerminatingError.BadParameters(
                "-RemoveImmediately requires -Force: an instance that ends by itself stays listed for a while.",
                "Give -Force too.");
        }
    }

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override Task ProcessAsync() => Places.ForEachInstanceAsync(Instance, StopAsync);

    private async Task StopAsync(Instance instance)
    {
        var target = $"{instance.SequenceName ?? "instance"} ({instance.Id}) on {instance.Hub}";
        if (!instance.HasEnded && !await ConfirmAsync(target, Force ? "Kill" : "Stop").ConfigureAwait(false))
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
        {
            return await Context.Watch.UntilEndedAsync(
                instance,
                AllowKeepAlive && !Force ? null : InstanceTimings.Default.KillTime,
                StopToken).ConfigureAwait(false);
        }

        try
        {
            return await Context.Watch.UntilEndedAsync(instance, InstanceTimings.Default.AnswerTime, StopToken).ConfigureAwait(false);
        }
        catch (ScramjetException e) when (e.Code == ErrorCodes.Timeout)
        {
            return await Bind(instance.Client).RefreshAsync(instance, StopToken).ConfigureAwait(false);
        }
    }
}
