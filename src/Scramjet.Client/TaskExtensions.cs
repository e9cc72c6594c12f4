using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client;

/// <summary>What .NET's own tasks lack in netstandard2.0.</summary>
internal static class TaskExtensions
{
    /// <summary>Completes successfully when the task completes, whatever its outcome. An exception of the task counts as observed.</summary>
    public static Task IgnoreOutcomeAsync(this Task task) => task.ContinueWith(
        static t => _ = t.Exception,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Completes with the task, or is canceled before.</summary>
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
