using System;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>Follows redirects of GET requests within the connection's origin.</summary>
internal sealed class RedirectHandler(CallHandler next, Uri origin) : CallHandler(next)
{
    private const int MaxRedirects = 5;

    public override async Task<HttpResponseMessage> SendAsync(Call call, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            var response = await Next.SendAsync(call, cancellationToken).ConfigureAwait(false);
            var status = response.StatusCode;
            if ((int)status is not (301 or 302 or 303 or 307 or 308))
                return response;

            var location = response.Headers.Location;
            var target = location is null ? null : location.IsAbsoluteUri ? location : new Uri(call.Uri, location);
            response.Dispose();
            if (target is null || !AuthorizationHandler.SameOrigin(target, origin))
                throw ResponseErrors.RedirectRefused(call, status, target);
            if (call.Request.Method != HttpMethod.Get || redirects == MaxRedirects)
                throw ResponseErrors.TooManyRedirects(call, status, target);

            call.Uri = target;
        }
    }
}
