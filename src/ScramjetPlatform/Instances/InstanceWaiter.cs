using System;
using System.Diagnostics;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Asks for an instance until it is as wanted. Hubs have no route that waits.</summary>
internal static class InstanceWaiter
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>Waits until the instance fits, or has ended, after which nothing else comes.</summary>
    /// <param name="cmdlet">Whose time limit and tracing count.</param>
    /// <param name="instance">The instance as it was last seen.</param>
    /// <param name="fits">Whether it is as wanted.</param>
    /// <param name="timeout">How long to wait; null for as long as it takes.</param>
    /// <exception cref="ScramjetException"><c>TIMEOUT</c>.</exception>
    public static async Task<Instance> WaitAsync(ScramjetCmdlet cmdlet, Instance instance, Func<Instance, bool> fits, TimeSpan? timeout)
    {
        var client = cmdlet.Own(instance.Client);
        var clock = Stopwatch.StartNew();
        for (var delay = FirstDelay; ; delay = delay < LongestDelay ? TimeSpan.FromTicks(delay.Ticks * 3 / 2) : LongestDelay)
        {
            instance = await cmdlet.ThrottledAsync(() => client.RefreshAsync(instance, cmdlet.Cancellation)).ConfigureAwait(false);
            if (fits(instance) || instance.HasEnded)
                return instance;
            if (clock.Elapsed >= timeout)
            {
                throw new ScramjetException(
                    ErrorCodes.Timeout,
                    $"The instance '{instance.Id}' on '{instance.Hub}' is {instance.Status} after {timeout.Value.TotalSeconds:0} s.",
                    "Wait longer with -TimeoutSec, or see its log and health.");
            }

            await Task.Delay(timeout is { } limit && limit - clock.Elapsed < delay ? Positive(limit - clock.Elapsed) : delay, cmdlet.Cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until an instance that was just started runs, or has ended.</summary>
    public static Task<Instance> UntilRunningAsync(ScramjetCmdlet cmdlet, Instance instance, TimeSpan timeout) =>
        WaitAsync(cmdlet, instance, i => !i.IsStarting, timeout);

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
