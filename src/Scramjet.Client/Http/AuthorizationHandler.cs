using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>Adds the token to messages that are sent to the connection's origin.</summary>
internal sealed class AuthorizationHandler(CallHandler next, Uri origin, string? accessToken) : CallHandler(next)
{
    public override Task<HttpResponseMessage> SendAsync(Call call, CancellationToken cancellationToken)
    {
        call.Token = SameOrigin(call.Uri, origin) ? accessToken : null;
        return Next.SendAsync(call, cancellationToken);
    }

    public static bool SameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase);
}
