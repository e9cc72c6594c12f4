using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>
/// A named stream. Each reader gets the data that is sent from then on, but for what it has sent itself. Data that is sent while there is no
/// reader is kept for the first one. A sender that is faster than the readers waits.
/// </summary>
internal sealed class SpaceTopic(string name, string contentType)
{
    private const int MostKept = 1024 * 1024;
    private const int ReaderBlocks = 64;

    private readonly Lock gate = new();
    private readonly List<TopicReader> readers = [];
    private readonly List<(byte[] Block, string? Sender)> kept = [];
    private long keptBytes;
    private bool ended;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public string ContentType => contentType;

    /// <summary>Raised when a reader comes or goes that isn't lasting.</summary>
    public event Action? ReadersChanged;

    /// <summary>How many readers there are that aren't lasting.</summary>
    public int OtherReaders
    {
        get
        {
            lock (gate)
                return readers.Count(reader => !reader.IsLasting);
        }
    }

    /// <summary>Gives a block to every reader, except the hub that sends it.</summary>
    public async Task SendAsync(byte[] block, string? sender, CancellationToken cancellationToken)
    {
        while (true)
        {
            TopicReader[] targets;
            Task wait;
            lock (gate)
            {
                if (ended)
                    return;

                targets = [.. readers.Where(reader => reader.Takes(sender))];
                wait = changed.Task;
                if (targets.Length == 0 && keptBytes + block.Length <= MostKept)
                {
                    kept.Add((block, sender));
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
                await target.PutAsync(block, cancellationToken).ConfigureAwait(false);
            return;
        }
    }

    /// <summary>Reads until the topic ends.</summary>
    /// <param name="hubId">The hub that reads; null for others.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<byte[]> ReadAsync(string? hubId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = Open(hubId, lasting: false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } block)
        {
            yield return block;
            reader.Done();
        }
    }

    /// <summary>Makes a reader, which gets what was kept.</summary>
    /// <param name="hubId">The hub that reads; null for others.</param>
    /// <param name="lasting">Whether the reader stays while the hub is away.</param>
    public TopicReader Open(string? hubId, bool lasting)
    {
        var reader = new TopicReader(this, hubId, lasting);
        lock (gate)
        {
            var mine = kept.Where(item => reader.Takes(item.Sender)).ToArray();
            kept.RemoveAll(item => reader.Takes(item.Sender));
            keptBytes = kept.Sum(item => item.Block.Length);
            foreach (var (block, _) in mine)
                reader.PutFirst(block);
            if (ended)
                reader.End();
            else
                readers.Add(reader);
            Change();
        }

        if (!lasting)
            ReadersChanged?.Invoke();
        return reader;
    }

    /// <summary>Ends the readers' streams.</summary>
    public void End()
    {
        lock (gate)
        {
            ended = true;
            foreach (var reader in readers)
                reader.End();
            Change();
        }
    }

    private void Close(TopicReader reader)
    {
        lock (gate)
        {
            if (!readers.Remove(reader))
                return;

            // What the last one hasn't read is for the next one.
            reader.End();
            if (readers.Count == 0 && !ended)
            {
                kept.InsertRange(0, reader.Unread().Select(block => (block, (string?)null)));
                keptBytes = kept.Sum(item => item.Block.Length);
            }

            Change();
        }

        if (!reader.IsLasting)
            ReadersChanged?.Invoke();
    }

    // Called with the lock.
    private void Change()
    {
        changed.TrySetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One reader's place in a topic.</summary>
    internal sealed class TopicReader(SpaceTopic topic, string? hubId, bool lasting) : IDisposable
    {
        private readonly Queue<byte[]> earlier = new();
        private readonly Channel<byte[]> blocks = Channel.CreateBounded<byte[]>(ReaderBlocks);
        private byte[]? current;

        public bool IsLasting => lasting;

        /// <summary>The next block, which is given again until it is done; null at the end.</summary>
        public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
        {
            if (current is null && !earlier.TryDequeue(out current))
            {
                while (await blocks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (blocks.Reader.TryRead(out current))
                        break;
                }
            }

            return current;
        }

        /// <summary>Says that the block was passed on.</summary>
        public void Done() => current = null;

        /// <inheritdoc/>
        public void Dispose() => topic.Close(this);

        internal bool Takes(string? sender) => sender is null || sender != hubId;

        internal void PutFirst(byte[] block) => earlier.Enqueue(block);

        internal async Task PutAsync(byte[] block, CancellationToken cancellationToken)
        {
            try
            {
                await blocks.Writer.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                // This reader has gone.
            }
        }

        internal void End() => blocks.Writer.TryComplete();

        internal IEnumerable<byte[]> Unread()
        {
            if (current is not null)
                yield return current;
            while (earlier.TryDequeue(out var block))
                yield return block;
            while (blocks.Reader.TryRead(out var block))
                yield return block;
        }
    }
}
