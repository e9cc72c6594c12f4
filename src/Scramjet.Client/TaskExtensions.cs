using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client;

/// <summary>Methods of tasks that netstandard2.0 doesn't have.</summary>
internal static class TaskExtensions
{
    /// <summary>Completes successfully when the task completes, with any outcome. An exception of the task counts as observed.</summary>
    public static Task IgnoreOutcomeAsync(this Task task) => task.ContinueWith(
        static t => _ = t.Exception,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Completes when the task completes, or is canceled first.</summary>
    public static async Task OrCanceledAsync(this Task task, CancellationToken cancellationToken)
    {
        if (!task.IsCompleted && cancellationToken.CanBeCanceled)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(task, Task.Delay(Timeout.Infinite, over.Token)).ConfigureAwait(false);
            over.Cancel();
            cancellationToken.ThrowIfCancellationRequested();
        }

        await task.ConfigureAwait(false);
    }
}
