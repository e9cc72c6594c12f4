using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>Converts failed connections and error responses to exceptions of the client.</summary>
internal sealed class ErrorHandler(CallHandler next) : CallHandler(next)
{
    public override async Task<HttpResponseMessage> SendAsync(Call call, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await Next.SendAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw ResponseErrors.FromConnection(call, e);
        }

        if (response.IsSuccessStatusCode || (call.Request.MayBeMissing && response.StatusCode == HttpStatusCode.NotFound))
            return response;

        using (response)
        {
            var body = await ResponseBody.ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
            call.Content?.TraceBody(body);
            throw ResponseErrors.FromStatus(call, response, body);
        }
    }
}
