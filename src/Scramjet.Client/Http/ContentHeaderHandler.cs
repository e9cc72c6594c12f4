using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>
/// Sends a GET that has a content header, which two routes want, on .NET Framework. HttpClientHandler refuses it there, because it asks for the stream
/// of a body; HttpWebRequest, which is below it, sends the header by itself. WinHttpHandler would do it too, but it would bring an assembly for every
/// edition, and certificates and proxies of another kind than the other requests have.
/// </summary>
internal sealed class ContentHeaderHandler(HttpClientHandler handler) : DelegatingHandler(handler)
{
    /// <summary>Whether this runtime needs it.</summary>
    public static bool IsNeeded { get; } = RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal);

    /// <summary>Lets .NET Framework talk TLS 1.2 where the system's settings leave that out. What else is on stays on.</summary>
    public static void AllowTls12()
    {
        // 0 is the system's own choice, which has it.
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

    /// <summary>A body whose end is that of its connection: closing alone would wait for the rest of a stream.</summary>
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
