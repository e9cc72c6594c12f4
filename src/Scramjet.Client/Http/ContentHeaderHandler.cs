using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>
/// Sends GET requests with a content header, which two routes require, on .NET Framework. HttpClientHandler throws there, because it requests a stream
/// for the body. HttpWebRequest, which it is based on, can send the header alone. WinHttpHandler could too, but would add an assembly to every edition,
/// and handles certificates and proxies differently than the other requests.
/// </summary>
internal sealed class ContentHeaderHandler(HttpClientHandler handler) : DelegatingHandler(handler)
{
    /// <summary>Gets whether this runtime needs the handler.</summary>
    public static bool IsNeeded { get; } = RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal);

    /// <summary>Enables TLS 1.2 on .NET Framework if the system's settings don't. Other protocols remain enabled.</summary>
    public static void AllowTls12()
    {
        // 0 is the default of the system, which includes TLS 1.2.
        if (ServicePointManager.SecurityProtocol != 0)
            ServicePointManager.SecurityProtocol |= SecurityProtocolType.Tls12;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Method == HttpMethod.Get && request.Content is not null
            ? SendByWebRequestAsync(request, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> SendByWebRequestAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var web = CreateRequest(request);
        using var stop = cancellationToken.Register(web.Abort);
        try
        {
            return CreateAnswer(request, web, (HttpWebResponse)await web.GetResponseAsync().ConfigureAwait(false));
        }
        catch (WebException e) when (e.Response is HttpWebResponse refusal)
        {
            return CreateAnswer(request, web, refusal);
        }
        catch (WebException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new HttpRequestException(e.Message, e);
        }
    }

    private HttpWebRequest CreateRequest(HttpRequestMessage request)
    {
        var web = WebRequest.CreateHttp(request.RequestUri);
        web.AllowAutoRedirect = handler.AllowAutoRedirect;
        web.ServicePoint.ConnectionLimit = handler.MaxConnectionsPerServer;
        if (handler.ServerCertificateCustomValidationCallback is { } check)
            web.ServerCertificateValidationCallback = (_, _, chain, errors) => check(request, null, chain, errors);

        web.ContentType = request.Content.Headers.ContentType?.ToString();
        web.UserAgent = request.Headers.UserAgent.ToString();
        foreach (var header in request.Headers)
        {
            if (header.Key != "User-Agent")
                web.Headers.Add(header.Key, string.Join(", ", header.Value));
        }

        return web;
    }

    private static HttpResponseMessage CreateAnswer(HttpRequestMessage request, HttpWebRequest web, HttpWebResponse answer)
    {
        var response = new HttpResponseMessage(answer.StatusCode)
        {
            ReasonPhrase = answer.StatusDescription,
            RequestMessage = request,
            Version = answer.ProtocolVersion,
            Content = new AnswerContent(web, answer.GetResponseStream()),
        };
        foreach (var name in answer.Headers.AllKeys)
        {
            if (!response.Headers.TryAddWithoutValidation(name, answer.Headers[name]))
                response.Content.Headers.TryAddWithoutValidation(name, answer.Headers[name]);
        }

        return response;
    }

    /// <summary>A body that aborts its connection when it is disposed of. Closing the stream alone would wait for the rest of the data.</summary>
    private sealed class AnswerContent(HttpWebRequest web, Stream body) : StreamContent(body)
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing)
                web.Abort();
            base.Dispose(disposing);
        }
    }
}
