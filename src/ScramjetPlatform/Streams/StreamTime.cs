using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Pipeline;

/// <summary>How long a stream is read, from the request for it on.</summary>
internal sealed class StreamTime(double? seconds, CancellationToken cancellation)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>What is left; null where there is no bound.</summary>
    public TimeSpan? Left => seconds is { } all ? Max(TimeSpan.FromSeconds(all) - _clock.Elapsed) : null;

    /// <summary>The bound for the calls before a stream, which even a short time leaves some for; null for the connection's.</summary>
    public static TimeSpan? CallTimeout(double? seconds) => seconds is { } all ? TimeSpan.FromSeconds(Math.Max(all, 1)) : null;

    /// <summary>Opens a stream and reads it to its end, or until the time is up.</summary>
    /// <param name="open">Opens it, within a time; null for as long as its hub lives.</param>
    /// <param name="read">Reads it.</param>
    /// <returns>Whether it came to its end.</returns>
    /// <exception cref="Scramjet.Client.ScramjetApiException">When the time is up, and the server doesn't answer any more.</exception>
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

    private static TimeSpan Max(TimeSpan left) => left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
}
