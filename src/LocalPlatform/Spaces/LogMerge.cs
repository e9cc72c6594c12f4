using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>The logs of hubs as one stream of lines, each with its hub's id before it.</summary>
internal static class LogMerge
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Reads the logs of the hubs that there are, and of those that come later or come back.</summary>
    public static async IAsyncEnumerable<byte[]> ReadAsync(
        HubReader reader,
        Func<IEnumerable<HubEntry>> hubs,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lines = Channel.CreateBounded<byte[]>(256);
        var following = FollowAsync(reader, hubs, lines.Writer, done.Token);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return line;
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await following.ConfigureAwait(false);
        }
    }

    private static async Task FollowAsync(HubReader reader, Func<IEnumerable<HubEntry>> hubs, ChannelWriter<byte[]> lines, CancellationToken cancellationToken)
    {
        var open = new ConcurrentDictionary<HubEntry, Task>();
        try
        {
            while (true)
            {
                foreach (var hub in hubs())
                {
                    if (hub.IsConnected && (!open.TryGetValue(hub, out var task) || task.IsCompleted))
                        open[hub] = CopyAsync(reader, hub, lines, cancellationToken);
                }

                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open.Values).ConfigureAwait(false);
        }
    }

    private static async Task CopyAsync(HubReader reader, HubEntry hub, ChannelWriter<byte[]> lines, CancellationToken cancellationToken)
    {
        try
        {
            using var log = new StreamReader(await reader.LogAsync(hub, cancellationToken).ConfigureAwait(false));
            while (hub.DropReason is null && await log.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
                await lines.WriteAsync(Encoding.UTF8.GetBytes($"{hub.Id}: {line}\n"), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            // The hub is gone, or the reader of the merged log is; the first is tried again.
        }
    }
}
