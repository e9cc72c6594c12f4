using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Streams;

/// <summary>The time limit for reading a stream, which begins with the request.</summary>
internal sealed class StreamTime(double? seconds, CancellationToken cancellation)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>The remaining time; null for no limit.</summary>
    public TimeSpan? Left => seconds is { } all ? Timings.Longer(TimeSpan.FromSeconds(all) - _clock.Elapsed, Shortest) : null;

    /// <summary>Returns the time limit in seconds for the calls before a stream, which is at least one; null for that of the connection.</summary>
    public static double? CallTimeoutSec(double? seconds) => seconds is { } all ? Math.Max(all, 1) : null;

    /// <summary>Opens a stream and reads it to its end, or until the time limit.</summary>
    /// <param name="open">Opens the stream within a time limit; null for no limit while its hub responds.</param>
    /// <param name="read">Reads the stream.</param>
    /// <returns>Whether the stream was read to its end.</returns>
    /// <exception cref="ScramjetApiException">The time limit has passed, and the server doesn't respond.</exception>
    public async Task<bool> ReadAsync(Func<TimeSpan?, CancellationToken, Task<ApiStream>> open, Func<ApiStream, CancellationToken, Task> read)
    {
        ApiStream? stream = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            stream = await open(Left, cancellation).ConfigureAwait(false);
            if (Left is { } left)
                limit.CancelAfter(left);
            await read(stream, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            if (stream?.Doubt is { } doubt)
                throw doubt;
            return false;
        }
        finally
        {
            stream?.Dispose();
        }
    }
}
