using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>Reads the bodies of answers, within bounds.</summary>
internal static class ResponseBody
{
    /// <summary>The most of an error's body that is read.</summary>
    private const int LongestError = 64 * 1024;

    private const int BlockSize = 16 * 1024;

    /// <summary>How long the body of an error is waited for: its status tells enough.</summary>
    private static readonly TimeSpan ErrorTime = TimeSpan.FromSeconds(2);

    /// <summary>The body as it was before it was compressed, if it was.</summary>
    /// <exception cref="InvalidDataException">It is encoded in a way that isn't known.</exception>
    public static async Task<Stream> OpenAsync(HttpResponseMessage response)
    {
        var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        foreach (var encoding in response.Content.Headers.ContentEncoding.Reverse())
        {
            stream = encoding.ToLowerInvariant() switch
            {
                "identity" => stream,
                "gzip" or "x-gzip" => new GzipBody(stream),
                "deflate" => new DeflateStream(stream, CompressionMode.Decompress),
                _ => throw new InvalidDataException($"The answer is encoded as '{encoding}', which wasn't asked for."),
            };
        }

        return stream;
    }

    /// <summary>The whole body as text, which is UTF-8.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="cancellationToken">Ends the reading at once.</param>
    /// <exception cref="InvalidDataException">There is more than that, or it is encoded in a way that isn't known.</exception>
    public static async Task<string> ReadAsync(HttpResponseMessage response, long limit, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limit)
            throw TooLong(limit);

        var known = response.Content.Headers.ContentLength is { } length && response.Content.Headers.ContentEncoding.Count == 0 ? (int)length : 0;
        var body = new MemoryStream(known);
        await CopyAsync(response, body, limit, cancellationToken).ConfigureAwait(false);
        return body.Length > limit ? throw TooLong(limit) : Text(body);
    }

    /// <summary>What of an error's body comes soon, as text.</summary>
    public static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(ErrorTime);
        try
        {
            await CopyAsync(response, body, LongestError, bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is IOException or HttpRequestException or WebException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            // The status alone says what is wrong; what came of the body may say more.
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Text(body);
    }

    private static async Task CopyAsync(HttpResponseMessage response, MemoryStream body, long limit, CancellationToken cancellationToken)
    {
        using var stream = await OpenAsync(response).ConfigureAwait(false);

        // Not every runtime can cancel the read itself: closing the answer ends it everywhere.
        using var stop = cancellationToken.Register(static r => ((HttpResponseMessage)r!).Dispose(), response);
        var block = new byte[BlockSize];
        int read;
        while (body.Length <= limit && (read = await stream.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0)
            body.Write(block, 0, read);
    }

    private static string Text(MemoryStream body) => Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);

    private static InvalidDataException TooLong(long limit) => new($"The answer is longer than {limit / (1024 * 1024)} MB, the most that is taken.");
}
