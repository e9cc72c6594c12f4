using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Shows what an instance that doesn't run has written.</summary>
internal static class InstanceFailure
{
    /// <summary>How long what a failed instance has written may take to arrive.</summary>
    private static readonly TimeSpan ReadTime = TimeSpan.FromMilliseconds(500);

    /// <summary>Shows why an instance doesn't run, while its streams can still be read.</summary>
    /// <param name="context">The command that warns.</param>
    /// <param name="instance">The instance.</param>
    public static async Task ShowAsync(CommandContext context, Instance instance)
    {
        // The first error is the cause of all others.
        LogEntry? error = null;
        await Task.WhenAll(
            ReadAsync(context, instance, InstanceStream.Stderr, context.Output.PostWarning),
            ReadAsync(context, instance, InstanceStream.Log, TakeEntry)).ConfigureAwait(false);
        if (error is not null)
            context.Output.PostWarning($"{error}");

        void TakeEntry(string line)
        {
            if (error is null && LogEntry.Parse(line) is var entry && entry.IsAtLeast(LogLevel.Error))
                error = entry;
        }
    }

    private static async Task ReadAsync(CommandContext context, Instance instance, InstanceStream kind, Action<string> take)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        bound.CancelAfter(ReadTime);
        try
        {
            using var stream = await context.Bind(instance.Client).GetStreamAsync(kind, bound.Token).ConfigureAwait(false);
            await EndlessLines.FollowAsync(stream, Take, bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ScramjetException or OperationCanceledException)
        {
            // The error that is reported says what is known.
        }

        Task Take(string line)
        {
            take(line);
            return Task.CompletedTask;
        }
    }
}
