using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Waits until instances have ended, or have another status.</summary>
[Cmdlet(VerbsLifecycle.Wait, "ScramjetInstance")]
[OutputType(typeof(Instance))]
public sealed class WaitScramjetInstanceCommand : HubCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids or names of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    [RefusesOtherKinds]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public InstanceStatus[]? Status { get; set; }

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0d, 31536000d)]
    [NoCompletion]
    public double? WaitTimeoutSec { get; set; }

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override Task ProcessAsync() => Places.ForEachInstanceAsync(Instance, WaitAsync);

    private async Task WaitAsync(Instance instance)
    {
        TimeSpan? timeout = WaitTimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        var after = await Context.Watch.UntilAsync(instance, IsLast, Goal, timeout, StopToken).ConfigureAwait(false);
        if (!Fits(after) && !(after.IsGone && Status!.Contains(InstanceStatus.Completed)))
        {
            throw new ScramjetException(
                ErrorCodes.Gone,
                $"The instance '{instance.Id}' on '{instance.Hub}' ended without ever being seen as {string.Join(" or ", Status!)}.",
                "See its log, and start it again.");
        }

        await WriteAsync(after).ConfigureAwait(false);
    }

    private string Goal => Status is null ? "to end" : $"to be {string.Join(" or ", Status)}";

    private bool Fits(Instance instance) => Status is null ? instance.HasEnded : Status.Contains(instance.State);

    /// <summary>Whether nothing more is to be waited for: after its end an instance changes no more, until its hub forgets it.</summary>
    private bool IsLast(Instance instance) => Fits(instance) || (instance.HasEnded && !Status!.Contains(InstanceStatus.Gone));
}
