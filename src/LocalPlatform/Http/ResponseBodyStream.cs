using System;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Http;

/// <summary>The body of a hub's answer: chunked, of a known length, or until the connection ends. One that breaks off is an error.</summary>
internal sealed class ResponseBodyStream(ResponseReader reader, bool chunked, long? length, Action<bool> disposed) : ReadOnlyStream
{
    private long left = chunked ? 0 : length ?? long.MaxValue;
    private bool first = true;
    private bool completed = length == 0;
    private bool isDisposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (completed || buffer.Length == 0)
            return 0;
        if (chunked && left == 0 && !await NextChunkAsync(cancellationToken).ConfigureAwait(false))
            return 0;

        var count = await reader.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken).ConfigureAwait(false);
        if (count == 0 && (chunked || length is not null))
            throw new EndOfStreamException("The hub closed the connection before the response was complete.");

        left -= count;
        completed = count == 0 || (!chunked && left == 0);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (!isDisposed && disposing)
        {
            isDisposed = true;
            disposed(completed);
        }

        base.Dispose(disposing);
    }

    private async Task<bool> NextChunkAsync(CancellationToken cancellationToken)
    {
        if (!first)
            await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        first = false;

        var size = (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false)).Split(';')[0].Trim();
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out left))
            throw new IOException("The hub sent a chunk without a size.");
        if (left > 0)
            return true;

        // Trailers, of which hubs send none, and the last empty line.
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 })
        {
        }

        completed = true;
        return false;
    }
}
