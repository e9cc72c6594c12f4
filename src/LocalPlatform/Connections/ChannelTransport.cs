using System;
using System.IO.Pipelines;
using System.Net;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

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
    public void Serve(MultiplexedStream channel, HubOrigin origin)
    {
        if (!connections.Writer.TryWrite(new ChannelConnection(channel, origin)))
            channel.Abort();
    }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is ChannelEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(endpoint, connections));

    private sealed class Listener(EndPoint endPoint, Channel<ConnectionContext> connections) : IConnectionListener
    {
        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && connections.Reader.TryRead(out var connection) ? connection : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            connections.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    private sealed class ChannelConnection : DefaultConnectionContext, IConnectionEndPointFeature
    {
        private readonly MultiplexedStream channel;

        public ChannelConnection(MultiplexedStream channel, HubOrigin origin) : base(Guid.NewGuid().ToString())
        {
            this.channel = channel;
            Transport = new ChannelPipe(channel);
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

    private sealed class ChannelPipe(MultiplexedStream channel) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(channel, new StreamPipeReaderOptions(leaveOpen: true));

        public PipeWriter Output { get; } = PipeWriter.Create(channel, new StreamPipeWriterOptions(leaveOpen: true));
    }
}
