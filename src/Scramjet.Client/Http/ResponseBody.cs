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

/// <summary>Reads the bodies of responses, with limits.</summary>
internal static class ResponseBody
{
    /// <summary>The maximum number of bytes to read of an error's body.</summary>
    private const int MaxErrorLength = 64 * 1024;

    private const int BlockSize = 16 * 1024;

    /// <summary>Opens the body, decompressed if necessary.</summary>
    /// <exception cref="InvalidDataException">The content encoding is unknown.</exception>
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
                _ => throw new InvalidDataException($"The response is encoded as '{encoding}', which wasn't requested."),
            };
        }

        return stream;
    }

    /// <summary>Reads the whole body.</summary>
    /// <param name="response">The response.</param>
    /// <param name="limit">The maximum number of bytes.</param>
    /// <param name="cancellationToken">Cancels the reading at once.</param>
    /// <exception cref="InvalidDataException">The body is longer than the limit, or its content encoding is unknown.</exception>
    public static async Task<MemoryStream> ReadAsync(HttpResponseMessage response, long limit, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limit)
            throw TooLong(limit);

        var known = response.Content.Headers.ContentLength is { } length && response.Content.Headers.ContentEncoding.Count == 0 ? (int)length : 0;
        var body = new MemoryStream(known);
        await CopyAsync(response, body, limit, cancellationToken).ConfigureAwait(false);
        return body.Length > limit ? throw TooLong(limit) : body;
    }

    /// <summary>Reads the part of an error's body that arrives within the time limit.</summary>
    public static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Timings.ErrorBody);
        try
        {
            await CopyAsync(response, body, MaxErrorLength, bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && e is IOException or HttpRequestException or WebException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            // The status is enough for an error. The part of the body that arrived is used as its message.
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Text(body);
    }

    private static async Task CopyAsync(HttpResponseMessage response, MemoryStream body, long limit, CancellationToken cancellationToken)
    {
        using var stream = await OpenAsync(response).ConfigureAwait(false);

        // Some runtimes can't cancel a read. Disposing of the response ends it everywhere.
        using var stop = cancellationToken.Register(static r => ((HttpResponseMessage)r!).Dispose(), response);
        var block = new byte[BlockSize];
        int read;
        while (body.Length <= limit && (read = await stream.ReadAsync(block, 0, block.Length, cancellationToken).ConfigureAwait(false)) > 0)
            body.Write(block, 0, read);
    }

    /// <summary>Returns a body as UTF-8 text.</summary>
    public static string Text(MemoryStream body) => Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);

    private static InvalidDataException TooLong(long limit) => new($"The response is longer than {limit / (1024 * 1024)} MB, which is the limit.");
}
