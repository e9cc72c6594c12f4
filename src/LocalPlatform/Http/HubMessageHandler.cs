using System;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Http;

/// <summary>
/// Sends each request to a hub over a connection of its own. .NET's own handler sends a body to its end before it looks at the answer, over
/// HTTP/1.1; a hub answers while the body is still coming.
/// </summary>
internal sealed class HubMessageHandler(Func<CancellationToken, ValueTask<Stream>> connect) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Stream stream;
        try
        {
            stream = await connect(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, error.Message, error);
        }

        return await new DuplexConnection(stream).SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
