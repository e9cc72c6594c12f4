using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Http;

/// <summary>
/// Sends requests to hubs. Those without a body go over pooled connections. <see cref="SocketsHttpHandler"/> sends a body to its end
/// before it looks at the answer, over HTTP/1.1; a hub answers while the body is still coming, so those have
/// <see cref="DuplexConnection"/>s.
/// </summary>
internal sealed class HubMessageHandler : DelegatingHandler
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public HubMessageHandler() : base(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = ConnectTimeout,
        // A hub closes idle connections after 5 s.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
    })
    {
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null || request.Content.Headers.ContentLength == 0 || request.RequestUri!.Scheme != Uri.UriSchemeHttp)
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        var connection = await DuplexConnection.OpenAsync(request.RequestUri, ConnectTimeout, cancellationToken).ConfigureAwait(false);
        return await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
