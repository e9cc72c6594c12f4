using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Scramjet.LocalPlatform.Connections;
using Yarp.ReverseProxy.Forwarder;

namespace Scramjet.LocalPlatform.Http;

/// <summary>Passes a request on to a hub and its answer back, both as streams and both as they were sent.</summary>
internal sealed class HubForwarder(IHttpForwarder forwarder)
{
    private static readonly ForwarderRequestConfig Config = new()
    {
        // A stream may be silent for as long as it likes.
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        AllowResponseBuffering = false,
    };

    /// <summary>Forwards to <c>{hub}/{tail}{query}</c>.</summary>
    public async Task ForwardAsync(HttpContext context, string hubId, HubLink hub, string tail, string query)
    {
        var target = hub.Address(tail + query);
        var error = await forwarder.SendAsync(context, hub.BaseUri.AbsoluteUri, hub.Client, Config, new HubTransformer(target)).ConfigureAwait(false);
        if (error != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            await Answer.ErrorAsync(context, StatusCodes.Status502BadGateway, $"Hub {hubId} can't be reached").ConfigureAwait(false);
    }

    private sealed class HubTransformer(Uri target) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext,
            HttpRequestMessage proxyRequest,
            string destinationPrefix,
            CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);
            proxyRequest.RequestUri = target;
            proxyRequest.Headers.Host = null;
            proxyRequest.Headers.Remove("Authorization");
            if (proxyRequest.Content is { } content && DuplexConnection.EndsLate(proxyRequest))
                content.Headers.ContentLength = null;
        }

        // The client learns at once that the hub has answered, though the first byte may be long in coming.
        public override async ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext,
            HttpResponseMessage? proxyResponse,
            CancellationToken cancellationToken)
        {
            var copy = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
            if (proxyResponse is not null)
                await httpContext.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            return copy;
        }

        // An answer can be complete while the request's body still goes on: a topic's is, on 0.18 hubs.
        public override async ValueTask TransformResponseTrailersAsync(
            HttpContext httpContext,
            HttpResponseMessage proxyResponse,
            CancellationToken cancellationToken)
        {
            await base.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
            await httpContext.Response.CompleteAsync().ConfigureAwait(false);
        }
    }
}
