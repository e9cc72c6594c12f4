using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>
/// One channel of a <see cref="Multiplexer"/>. Each side says how many bytes it has room for; counts are modulo 2^32. When the other side has
/// ended it, nothing more can be written: there is HTTP in the channels, and both ends of that close a connection as a whole.
/// </summary>
internal sealed class MultiplexedStream(Multiplexer connection, uint number) : Stream
{
    /// <summary>How many bytes the other side may send before they are read.</summary>
    public const uint Window = 1024 * 1024;

    private const int LargestBlock = 64 * 1024;
    private const int SegmentSize = 64 * 1024;

    private readonly Lock gate = new();

    // The reader goes on in the thread that has read the connection, because handing over each block takes more time than the block itself.
    private readonly Pipe input = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        minimumSegmentSize: SegmentSize,
        useSynchronizationContext: false));

    private readonly TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim writing = new(1, 1);
    // Without handing over to another thread: a hub takes 16 KB at a time, so that every pause counts.
    private TaskCompletionSource granted = new();
    private Exception? broken;

    // Thrown after the bytes that have come.
    private IOException? readError;
    private uint sent;
    private uint limit;
    private uint received;
    private uint used;
    private uint reported;
    private bool remoteEnded;
    private bool localEnded;

    /// <summary>The channel's number.</summary>
    public uint Number => number;

    /// <summary>Completes when the other side has taken the channel; faults where the connection ends before.</summary>
    public Task Taken => taken.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;

        var result = await input.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var part = result.Buffer.Slice(0, Math.Min(buffer.Length, result.Buffer.Length));
        part.CopyTo(buffer.Span);
        var count = (int)part.Length;
        input.Reader.AdvanceTo(part.End);
        if (count > 0)
            await ReportAsync((uint)count).ConfigureAwait(false);
        else if (Volatile.Read(ref readError) is { } error)
            throw new IOException(error.Message, error);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!buffer.IsEmpty)
            {
                var (count, end) = await ReserveAsync(buffer.Length, cancellationToken).ConfigureAwait(false);
                await connection.SendDataAsync(this, end, buffer[..count]).ConfigureAwait(false);
                buffer = buffer[count..];
            }
        }
        finally
        {
            writing.Release();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reading is supported.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous writing is supported.");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Ends the channel so that the other side sees that it was broken off.</summary>
    public void Abort() => EndLocally(abort: true);

    /// <summary>Takes the other side's room for the first bytes.</summary>
    internal void Take(uint free)
    {
        lock (gate)
        {
            if (sent == 0)
                limit = free;
        }

        taken.TrySetResult();
        Wake();
    }

    /// <summary>Takes the other side's room, counted from the bytes that it has had.</summary>
    internal void Grant(uint free, uint count)
    {
        lock (gate)
            limit = unchecked(count + free);
        Wake();
    }

    /// <summary>Takes bytes, which are seen after <see cref="FlushReceived"/>.</summary>
    internal void Receive(ReadOnlySequence<byte> data)
    {
        lock (gate)
        {
            if (localEnded)
                return;

            received = unchecked(received + (uint)data.Length);
            if (unchecked(received - used) > Window)
                throw new InvalidDataException("The other side sends more than there is room for.");
        }

        foreach (var part in data)
            input.Writer.Write(part.Span);
    }

    /// <summary>Shows the reader what has come.</summary>
    internal void FlushReceived() => _ = input.Writer.FlushAsync();

    /// <summary>Takes the other side's end.</summary>
    internal void End(bool broken)
    {
        bool both;
        lock (gate)
        {
            remoteEnded = true;
            both = localEnded;
        }

        if (both)
            connection.Remove(this);
        if (broken)
            Volatile.Write(ref readError, new IOException("The other side has broken the stream off."));
        input.Writer.Complete();
        taken.TrySetResult();
        Wake();
    }

    /// <summary>Ends the channel with its connection.</summary>
    internal void Break(Exception? cause)
    {
        var error = new IOException("The connection was closed.", cause);
        bool ended;
        lock (gate)
        {
            ended = remoteEnded;
            broken ??= error;
            remoteEnded = localEnded = true;
        }

        if (!ended)
        {
            Volatile.Write(ref readError, error);
            input.Writer.Complete();
        }

        if (taken.TrySetException(error))
            _ = taken.Task.Exception;
        Wake();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            EndLocally(abort: false);
        base.Dispose(disposing);
    }

    private void EndLocally(bool abort)
    {
        bool both;
        lock (gate)
        {
            if (localEnded)
                return;

            localEnded = true;
            broken ??= new ObjectDisposedException(nameof(MultiplexedStream));
            both = remoteEnded;
        }

        if (both)
            connection.Remove(this);
        _ = SendEndAsync();
        Wake();

        async Task SendEndAsync()
        {
            try
            {
                await connection.SendEndAsync(this, abort && !both).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The connection has ended, and the channel with it.
            }
        }
    }

    // Waits until the other side has room, and takes what it has.
    private async Task<(int Count, uint End)> ReserveAsync(int wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (broken is not null)
                    throw new IOException("The channel is closed.", broken);
                if (remoteEnded)
                    throw new IOException("The other side has closed the channel.");

                var free = taken.Task.IsCompleted ? unchecked((int)(limit - sent)) : 0;
                if (free > 0)
                {
                    var count = Math.Min(Math.Min(free, wanted), LargestBlock);
                    sent = unchecked(sent + (uint)count);
                    return (count, sent);
                }

                wait = granted.Task;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReportAsync(uint count)
    {
        uint total;
        lock (gate)
        {
            used = unchecked(used + count);
            if (remoteEnded || localEnded || unchecked(used - reported) < Window / 4)
                return;

            total = reported = used;
        }

        try
        {
            await connection.SendStatusAsync(this, total).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The next read shows that the connection has ended.
        }
    }

    private void Wake()
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            waiting = granted;
            granted = new TaskCompletionSource();
        }

        waiting.TrySetResult();
    }
}
