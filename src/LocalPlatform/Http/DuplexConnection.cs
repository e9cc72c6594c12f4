using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.LocalPlatform.Connections;

namespace Scramjet.LocalPlatform.Http;

/// <summary>One request over a connection of its own (HTTP/1.1), its body and the answer at the same time.</summary>
internal sealed class DuplexConnection : IDisposable
{
    private static readonly TimeSpan ContinueTimeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LateEnd = TimeSpan.FromMilliseconds(100);

    private readonly Stream stream;
    private readonly ResponseReader reader;
    private int openEnds = 2;

    public DuplexConnection(Stream stream)
    {
        this.stream = stream;
        reader = new ResponseReader(stream);
    }

    /// <summary>
    /// Whether the end of a body comes after a pause: a 1.0.1 hub reports a topic's data to its space before it looks for their end, and never
    /// answers if they have ended by then.
    /// </summary>
    public static bool EndsLate(HttpRequestMessage request) =>
        request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.Contains("/topic/", StringComparison.Ordinal);

    /// <summary>Sends the head, starts sending the body, and returns as soon as the answer's head is there.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(Head(request)), cancellationToken).ConfigureAwait(false);
            var reading = reader.ReadHeadAsync(cancellationToken);

            // A client that expects to be told to continue is told so when its body is first read, which must be before it sees an answer.
            var sends = false;
            if (request.Headers.ExpectContinue != true
                || await Task.WhenAny(reading, Task.Delay(ContinueTimeout, cancellationToken)).ConfigureAwait(false) != reading)
                SendBody();

            var head = await reading.ConfigureAwait(false);
            while (head.Status is >= 100 and < 200)
            {
                SendBody();
                head = await reader.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            }

            // A hub that refuses before it has asked for the body doesn't get it.
            if (head.Status < 300)
                SendBody();
            else if (!sends)
                EndOne();
            return Response(request, head);

            void SendBody()
            {
                if (!sends && request.Content is { } content)
                    _ = SendBodyAsync(content, EndsLate(request), cancellationToken);
                else if (!sends)
                    EndOne();
                sends = true;
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new HttpRequestException(HttpRequestError.ResponseEnded, error.Message, error);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Breaks the request off.</summary>
    public void Dispose()
    {
        if (stream is MultiplexedStream channel)
            channel.Abort();
        stream.Dispose();
    }

    private static string Head(HttpRequestMessage request)
    {
        var head = new StringBuilder();
        head.Append(request.Method.Method).Append(' ').Append(request.RequestUri!.PathAndQuery).Append(" HTTP/1.1\r\nHost: ")
            .Append(request.RequestUri.Authority).Append("\r\n");
        foreach (var header in request.Headers.NonValidated)
        {
            if (!header.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                Append(header.Key, header.Value);
        }

        if (request.Content is { } content)
        {
            // Asking for the length adds its header.
            var chunked = content.Headers.ContentLength is null;
            foreach (var header in content.Headers.NonValidated)
                Append(header.Key, header.Value);
            if (chunked)
                head.Append("Transfer-Encoding: chunked\r\n");
        }

        return head.Append("Connection: close\r\n\r\n").ToString();

        void Append(string name, IEnumerable<string> values)
        {
            foreach (var value in values)
                head.Append(name).Append(": ").Append(value).Append("\r\n");
        }
    }

    private async Task SendBodyAsync(HttpContent content, bool endsLate, CancellationToken cancellationToken)
    {
        try
        {
            var body = new RequestBodyStream(stream, chunked: content.Headers.ContentLength is null);
            await content.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
            if (endsLate)
                await Task.Delay(LateEnd, cancellationToken).ConfigureAwait(false);
            await body.EndAsync(cancellationToken).ConfigureAwait(false);
            EndOne();
        }
        catch
        {
            // The client broke off, so the hub must see a broken request, not the end of one.
            Dispose();
        }
    }

    private HttpResponseMessage Response(HttpRequestMessage request, ResponseHead head)
    {
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)head.Status)
        {
            ReasonPhrase = head.Reason,
            RequestMessage = request,
            Version = System.Net.HttpVersion.Version11,
        };
        long? length = null;
        var chunked = false;
        var content = new List<(string Name, string Value)>();
        foreach (var (name, value) in head.Headers)
        {
            if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                chunked = value.Contains("chunked", StringComparison.OrdinalIgnoreCase);
            else if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                length = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);

            if (!response.Headers.TryAddWithoutValidation(name, value))
                content.Add((name, value));
        }

        if (head.Status is 204 or 304 || request.Method == HttpMethod.Head)
            length = 0;
        response.Content = new StreamContent(new ResponseBodyStream(reader, chunked, chunked ? null : length, completed =>
        {
            if (completed)
                EndOne();
            else
                Dispose();
        }));
        foreach (var (name, value) in content)
            response.Content.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    // The connection stays until both directions are through.
    private void EndOne()
    {
        if (Interlocked.Decrement(ref openEnds) == 0)
            stream.Dispose();
    }
}
