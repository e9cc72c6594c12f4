using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>Gives a message the connection's token, where it goes to the connection's own origin.</summary>
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
