using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Scramjet.LocalPlatform;

/// <summary>Passes requests on to hubs: streams unbuffered both ways, the path as it was sent, and never the token.</summary>
internal sealed class HubForwarder(IHttpForwarder forwarder) : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        Expect100ContinueTimeout = TimeSpan.FromSeconds(1),
    });

    private static readonly ForwarderRequestConfig Endless = new() { ActivityTimeout = Timeout.InfiniteTimeSpan, Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    /// <summary>Passes a request on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="hub">The hub's base address.</param>
    /// <param name="rawTail">What comes behind it, still encoded, query included.</param>
    public async Task ForwardAsync(HttpContext context, Uri hub, string rawTail)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var error = await forwarder.SendAsync(context, hub.GetLeftPart(UriPartial.Authority), _client, Endless, new RawPath(hub.AbsoluteUri.TrimEnd('/') + rawTail));
        if (error != ForwarderError.None && !context.Response.HasStarted)
            await Answers.ErrorAsync(context, StatusCodes.Status502BadGateway, $"The hub could not be reached: {context.GetForwarderErrorFeature()?.Exception?.Message ?? error.ToString()}");
    }

    public void Dispose() => _client.Dispose();

    private sealed class RawPath(string address) : HttpTransformer
    {
        private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = new Uri(address, AsItIs);
            proxyRequest.Headers.Authorization = null;
            proxyRequest.Headers.Host = null;
        }
    }
}
