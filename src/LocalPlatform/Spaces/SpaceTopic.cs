using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>
/// A named stream. Each reader gets the data that is sent from then on. Data that is sent while there is no reader is kept for the first one.
/// A sender that is faster than the readers waits.
/// </summary>
internal sealed class SpaceTopic(string name, string contentType)
{
    private const int MostKept = 1024 * 1024;
    private const int ReaderBlocks = 64;

    private readonly Lock gate = new();
    private readonly List<Channel<byte[]>> readers = [];
    private List<byte[]> kept = [];
    private long keptBytes;
    private bool ended;
    private TaskCompletionSource readerCame = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public string ContentType => contentType;

    /// <summary>Gives a block to every reader.</summary>
    public async Task SendAsync(byte[] block, CancellationToken cancellationToken)
    {
        while (true)
        {
            Channel<byte[]>[] targets;
            Task wait;
            lock (gate)
            {
                if (ended)
                    return;

                targets = [.. readers];
                wait = readerCame.Task;
                if (targets.Length == 0 && keptBytes + block.Length <= MostKept)
                {
                    kept.Add(block);
                    keptBytes += block.Length;
                    return;
                }
            }

            if (targets.Length == 0)
            {
                await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            foreach (var target in targets)
            {
                try
                {
                    await target.Writer.WriteAsync(block, cancellationToken).ConfigureAwait(false);
                }
                catch (ChannelClosedException)
                {
                    // That reader has gone.
                }
            }

            return;
        }
    }

    /// <summary>Reads until the topic ends.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<byte[]>(ReaderBlocks);
        List<byte[]> earlier;
        lock (gate)
        {
            earlier = kept;
            kept = [];
            keptBytes = 0;
            if (ended)
                channel.Writer.TryComplete();
            else
                readers.Add(channel);
            readerCame.TrySetResult();
        }

        try
        {
            foreach (var block in earlier)
                yield return block;
            await foreach (var block in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return block;
        }
        finally
        {
            channel.Writer.TryComplete();
            lock (gate)
            {
                readers.Remove(channel);
                if (readers.Count == 0)
                    readerCame = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Ends the readers' streams.</summary>
    public void End()
    {
        lock (gate)
        {
            ended = true;
            foreach (var reader in readers)
                reader.Writer.TryComplete();
            readerCame.TrySetResult();
        }
    }
}
