using System;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Scramjet.LocalPlatform.Http;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>The place at which the web server takes the channels that hubs open.</summary>
internal sealed class ChannelEndPoint : EndPoint
{
    public override string ToString() => "hubs";
}

/// <summary>The hub that a request comes from, for requests that come through a hub's connection.</summary>
internal sealed record HubOrigin(string SpaceId, string HubId);

/// <summary>Gives the channels that hubs open to the web server, as connections like others.</summary>
internal sealed class ChannelTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly Channel<ConnectionContext> connections = Channel.CreateUnbounded<ConnectionContext>();

    /// <summary>Serves a channel.</summary>
    public async Task ServeAsync(MultiplexedStream channel, HubOrigin origin)
    {
        try
        {
            var input = PipeReader.Create(channel, new StreamPipeReaderOptions(leaveOpen: true));
            if (await RequestHead.ReadAsync(input, CancellationToken.None).ConfigureAwait(false) is { } head
                && connections.Writer.TryWrite(new ChannelConnection(channel, WithHost(head), input, origin)))
            {
                return;
            }
        }
        catch (IOException)
        {
            // The connection has ended.
        }

        channel.Abort();
    }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is ChannelEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(endpoint, connections));

    // A hub that fetches from the store sends the address of the store as the host, with a path, which web servers refuse.
    private static byte[] WithHost(string head) => Encoding.Latin1.GetBytes(string.Join("\r\n", head.Split("\r\n")
        .Select(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase) ? "Host: space" : line)) + "\r\n\r\n");

    private sealed class Listener(EndPoint endPoint, Channel<ConnectionContext> connections) : IConnectionListener
    {
        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && connections.Reader.TryRead(out var connection)
                ? connection
                : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            connections.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    private sealed class ChannelConnection : DefaultConnectionContext
    {
        private readonly MultiplexedStream channel;

        public ChannelConnection(MultiplexedStream channel, byte[] head, PipeReader rest, HubOrigin origin) : base(Guid.NewGuid().ToString())
        {
            this.channel = channel;
            Transport = new ChannelPipe(PipeReader.Create(new PrefixedStream(head, rest.AsStream())), channel);
            Features.Set(origin);
        }

        public override void Abort(ConnectionAbortedException abortReason)
        {
            channel.Abort();
            base.Abort(abortReason);
        }

        public override async ValueTask DisposeAsync()
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }

    private sealed class ChannelPipe(PipeReader input, MultiplexedStream channel) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output { get; } = PipeWriter.Create(channel, new StreamPipeWriterOptions(leaveOpen: true));
    }

    private sealed class PrefixedStream(ReadOnlyMemory<byte> first, Stream rest) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> left = first;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left.IsEmpty)
                return await rest.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);

            var count = Math.Min(buffer.Length, left.Length);
            left[..count].CopyTo(buffer);
            left = left[count..];
            return count;
        }
    }
}
