using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Pipeline;

/// <summary>Reads endless streams of lines: all of them, or what is there already.</summary>
internal static class EndlessLines
{
    /// <summary>How long a stream must be silent for what is there already to have come.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(700);

    /// <summary>How long a stream may take to begin: some answer only with their first line.</summary>
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(3);

    /// <summary>Calls the action for each line.</summary>
    /// <param name="open">Opens the stream.</param>
    /// <param name="take">Takes a line.</param>
    /// <param name="follow">Go on until the stream ends, rather than until it falls silent.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task ReadAsync(Func<CancellationToken, Task<ApiStream>> open, Func<string, Task> take, bool follow, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        LineReader? reader = null;
        try
        {
            if (!follow)
                limit.CancelAfter(Beginning);
            using var stream = await open(limit.Token).ConfigureAwait(false);
            reader = new LineReader(stream);
            while (true)
            {
                if (!follow)
                    limit.CancelAfter(Quiet);
                if (await reader.ReadAsync(limit.Token).ConfigureAwait(false) is not { } lines)
                    return;

                // Only the stream's silence counts, not the time that a slow pipeline takes.
                if (!follow)
                    limit.CancelAfter(Timeout.InfiniteTimeSpan);
                foreach (var line in lines)
                    await take(line).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Silence: what was there has come.
            if (reader?.TakeRest() is { } rest)
                await take(rest).ConfigureAwait(false);
        }
    }
}
