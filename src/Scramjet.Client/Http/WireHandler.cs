using System.Diagnostics;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Http;

/// <summary>The last handler: creates the message, sends it, and traces the response.</summary>
internal sealed class WireHandler(HttpClient http, string userAgent) : CallHandler(null)
{
    public override async Task<HttpResponseMessage> SendAsync(Call call, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(call);
        if (call.Content is not null)
            await call.Content.TraceRequestAsync(message).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        call.TraceAnswer($"{call.Description}: {(int)response.StatusCode} {response.ReasonPhrase} ({ContentTrace.Duration(clock.Elapsed)})");
        call.Content?.TraceResponse(response, clock.Elapsed);
        return response;
    }

    private HttpRequestMessage CreateMessage(Call call)
    {
        var message = new HttpRequestMessage(call.Request.Method, call.Uri) { Content = call.Request.Content?.Invoke() };
        if (message.Content is StreamingContent)
            message.Headers.TransferEncodingChunked = true;
        message.Headers.UserAgent.TryParseAdd(userAgent);
        if (call.Token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", call.Token);

        foreach (var header in call.Request.Headers)
        {
            if (message.Headers.TryAddWithoutValidation(header.Key, header.Value))
                continue;

            // Some routes require a content type without a body.
            message.Content ??= new ByteArrayContent([]);
            message.Content.Headers.Remove(header.Key);
            message.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return message;
    }
}
