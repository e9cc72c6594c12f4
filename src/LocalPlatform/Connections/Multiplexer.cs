using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>
/// Many channels in one connection, each with back pressure of its own, in the format of the npm package bpmux, which hubs use. A frame is its length
/// in four bytes and then a type, a channel and what belongs to the type. The bytes of a DATA frame follow as a frame of their own.
/// </summary>
internal sealed class Multiplexer
{
    /// <summary>The first channel number of the side that doesn't count from 0.</summary>
    public const uint HighChannels = 0x80000000;

    private const int LengthSize = 4;
    private const int HeaderSize = 5;
    private const int LargestHeader = 64 * 1024;

    private readonly IDuplexPipe transport;
    private readonly Action<MultiplexedStream> opened;
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly Lock gate = new();
    private readonly Dictionary<uint, MultiplexedStream> channels = [];
    private readonly uint firstChannel;
    private readonly CancellationTokenSource closing = new();

    // The channels that have got something since their readers were told.
    private readonly HashSet<MultiplexedStream> touched = [];
    private uint nextChannel;
    private long received;
    private bool closed;

    // The channel that the next frame's bytes are for, where one was announced; null if it is gone already.
    private MultiplexedStream? receiver;
    private bool receiving;
    private long receivingLeft = -1;

    /// <param name="transport">The connection.</param>
    /// <param name="firstChannel">The first number for channels that this side opens: 0 or <see cref="HighChannels"/>.</param>
    /// <param name="opened">Gets the channels that the other side opens.</param>
    public Multiplexer(IDuplexPipe transport, uint firstChannel, Action<MultiplexedStream> opened)
    {
        this.transport = transport;
        this.firstChannel = firstChannel;
        this.opened = opened;
    }

    private enum FrameType : byte
    {
        End = 0,
        Handshake = 1,
        Status = 2,
        FinishedStatus = 3,
        Data = 4,
        PreHandshake = 5,
        ErrorEnd = 6,
        KeepAlive = 7,
    }

    /// <summary>How many bytes have come so far.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Reads until the connection ends, and breaks the channels that are open then.</summary>
    public async Task RunAsync()
    {
        Exception? cause = null;
        try
        {
            while (true)
            {
                var result = await transport.Input.ReadAsync(closing.Token).ConfigureAwait(false);
                var buffer = result.Buffer;
                var length = buffer.Length;
                while (Process(ref buffer))
                {
                }

                foreach (var channel in touched)
                    channel.FlushReceived();
                touched.Clear();

                Interlocked.Add(ref received, length - buffer.Length);
                transport.Input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException or OperationCanceledException or InvalidOperationException)
        {
            cause = error;
        }
        finally
        {
            Close(cause);
        }
    }

    /// <summary>Opens a channel, and returns it at once: what is written waits until the other side has taken it.</summary>
    /// <param name="number">The channel's number, where it has a meaning.</param>
    public async Task<MultiplexedStream> OpenAsync(uint? number = null)
    {
        MultiplexedStream channel;
        lock (gate)
        {
            if (closed)
                throw new IOException("The connection is closed.");

            var chosen = number ?? NextChannel();
            channel = new MultiplexedStream(this, chosen);
            channels.Add(chosen, channel);
        }

        await SendNumberAsync(FrameType.Handshake, channel, MultiplexedStream.Window).ConfigureAwait(false);
        return channel;
    }

    /// <summary>Stops <see cref="RunAsync"/>, which breaks the channels.</summary>
    public void Abort() => closing.Cancel();

    /// <summary>Tells the other side, and what is between, that the connection is in use.</summary>
    public Task KeepAliveAsync() => SendAsync(writer => WriteHeader(writer, [(byte)FrameType.KeepAlive]));

    /// <summary>Sends a block that the other side has room for. <paramref name="end"/> is the channel's count of bytes after it.</summary>
    internal Task SendDataAsync(MultiplexedStream channel, uint end, ReadOnlyMemory<byte> data) => SendAsync(writer =>
    {
        Span<byte> header = stackalloc byte[HeaderSize + sizeof(uint)];
        Begin(header, FrameType.Data, channel);
        BinaryPrimitives.WriteUInt32BigEndian(header[HeaderSize..], end);
        WriteHeader(writer, header);
        WriteHeader(writer, data.Span);
    });

    /// <summary>Says how much of a channel's data was used, so that the other side sends more.</summary>
    internal Task SendStatusAsync(MultiplexedStream channel, uint used) => SendAsync(writer =>
    {
        Span<byte> header = stackalloc byte[HeaderSize + (2 * sizeof(uint))];
        Begin(header, FrameType.Status, channel);
        BinaryPrimitives.WriteUInt32BigEndian(header[HeaderSize..], MultiplexedStream.Window);
        BinaryPrimitives.WriteUInt32BigEndian(header[(HeaderSize + sizeof(uint))..], used);
        WriteHeader(writer, header);
    });

    /// <summary>Says that nothing more comes in a channel, or that it is broken.</summary>
    internal Task SendEndAsync(MultiplexedStream channel, bool broken) => SendAsync(writer =>
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        Begin(header, broken ? FrameType.ErrorEnd : FrameType.End, channel);
        WriteHeader(writer, header);
    });

    /// <summary>Forgets a channel that both sides have ended.</summary>
    internal void Remove(MultiplexedStream channel)
    {
        lock (gate)
            channels.Remove(channel.Number);
    }

    private static void Begin(Span<byte> header, FrameType type, MultiplexedStream channel)
    {
        header[0] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], channel.Number);
    }

    private static void WriteHeader(PipeWriter writer, ReadOnlySpan<byte> frame)
    {
        BinaryPrimitives.WriteUInt32BigEndian(writer.GetSpan(LengthSize), (uint)frame.Length);
        writer.Advance(LengthSize);
        writer.Write(frame);
    }

    private Task SendNumberAsync(FrameType type, MultiplexedStream channel, uint number) => SendAsync(writer =>
    {
        Span<byte> header = stackalloc byte[HeaderSize + sizeof(uint)];
        Begin(header, type, channel);
        BinaryPrimitives.WriteUInt32BigEndian(header[HeaderSize..], number);
        WriteHeader(writer, header);
    });

    private async Task SendAsync(Action<PipeWriter> write)
    {
        try
        {
            await writing.WaitAsync(closing.Token).ConfigureAwait(false);
            try
            {
                write(transport.Output);
                var result = await transport.Output.FlushAsync(closing.Token).ConfigureAwait(false);
                if (result.IsCompleted)
                    throw new IOException("The connection is closed.");
            }
            finally
            {
                writing.Release();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException)
        {
            throw new IOException("The connection is closed.", error);
        }
    }

    // Called with the lock.
    private uint NextChannel()
    {
        uint number;
        do
        {
            number = firstChannel + nextChannel;
            nextChannel = (nextChannel + 1) % HighChannels;
        }
        while (channels.ContainsKey(number));
        return number;
    }

    private void Close(Exception? cause)
    {
        MultiplexedStream[] open;
        lock (gate)
        {
            closed = true;
            open = [.. channels.Values];
            channels.Clear();
        }

        closing.Cancel();
        foreach (var channel in open)
            channel.Break(cause);
    }

    // Takes one step through what has come; false where more must come first.
    private bool Process(ref ReadOnlySequence<byte> buffer)
    {
        if (receivingLeft > 0)
        {
            if (buffer.IsEmpty)
                return false;

            var part = buffer.Slice(0, Math.Min(receivingLeft, buffer.Length));
            if (receiver is not null)
            {
                receiver.Receive(part);
                touched.Add(receiver);
            }

            receivingLeft -= part.Length;
            buffer = buffer.Slice(part.End);
            return true;
        }

        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadBigEndian(out int length))
            return false;
        if (receiving)
        {
            receiving = false;
            receivingLeft = (uint)length;
            buffer = buffer.Slice(LengthSize);
            return true;
        }

        if (length is < 1 or > LargestHeader)
            throw new InvalidDataException("The other side doesn't send frames of bpmux.");
        if (reader.Remaining < length)
            return false;

        Handle(buffer.Slice(LengthSize, length).ToArray());
        buffer = buffer.Slice(LengthSize + length);
        return true;
    }

    private void Handle(byte[] frame)
    {
        var type = (FrameType)frame[0];
        if (type == FrameType.KeepAlive)
            return;
        if (frame.Length < HeaderSize)
            throw new InvalidDataException("A frame is too short.");

        var number = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(1));
        MultiplexedStream? channel;
        lock (gate)
            channel = channels.GetValueOrDefault(number);
        switch (type)
        {
            case FrameType.Handshake when channel is null:
                Accept(number, Number(frame, 0));
                break;
            case FrameType.Handshake:
                channel.Take(Number(frame, 0));
                break;
            case FrameType.PreHandshake or FrameType.Status or FrameType.FinishedStatus:
                channel?.Grant(Number(frame, 0), frame.Length >= HeaderSize + (2 * sizeof(uint)) ? Number(frame, 1) : 0);
                break;
            case FrameType.Data:
                receiver = channel;
                receiving = true;
                receivingLeft = 0;
                break;
            case FrameType.End or FrameType.ErrorEnd:
                channel?.End(broken: type == FrameType.ErrorEnd);
                break;
            default:
                throw new InvalidDataException("A frame has an unknown type.");
        }
    }

    private void Accept(uint number, uint free)
    {
        var channel = new MultiplexedStream(this, number);
        lock (gate)
        {
            if (closed)
                return;
            channels.Add(number, channel);
        }

        channel.Take(free);
        _ = GreetAsync();

        // Not awaited: what comes is read on, though what goes may have to wait.
        async Task GreetAsync()
        {
            try
            {
                await SendNumberAsync(FrameType.Handshake, channel, MultiplexedStream.Window).ConfigureAwait(false);
                opened(channel);
            }
            catch (IOException)
            {
                // The connection has ended, and the channel with it.
            }
        }
    }

    private static uint Number(byte[] frame, int index) => frame.Length >= HeaderSize + ((index + 1) * sizeof(uint))
        ? BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(HeaderSize + (index * sizeof(uint))))
        : throw new InvalidDataException("A frame is too short.");
}
