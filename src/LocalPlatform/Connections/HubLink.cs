using System;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.LocalPlatform.Http;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>The way to a hub's API.</summary>
internal abstract class HubLink : IDisposable
{
    protected HubLink(Uri baseUri)
    {
        BaseUri = baseUri;
        Client = new HttpMessageInvoker(new HubMessageHandler(ConnectAsync));
    }

    /// <summary>The base of the hub's API, without a slash at its end.</summary>
    public Uri BaseUri { get; }

    /// <summary>Sends requests to the hub.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>An address under the hub's base.</summary>
    public Uri Address(string path) =>
        new($"{BaseUri.AbsoluteUri.TrimEnd('/')}/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a connection for one request.</summary>
    protected abstract ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken);
}

/// <summary>A hub that doesn't join by itself and is reached at its address, such as a stand-in of a test.</summary>
internal sealed class AddressLink(Uri baseUri) : HubLink(baseUri)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    protected override async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        using var connecting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        connecting.CancelAfter(ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(BaseUri.IdnHost, BaseUri.Port, connecting.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException(error.Message, error);
        }
    }
}
