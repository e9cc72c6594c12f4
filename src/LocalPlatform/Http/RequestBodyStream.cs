using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Http;

/// <summary>
/// A request's body on its way to a hub, chunked or as it is. A hub that has closed the connection gets no more, and that is no
/// error here: whether the hub had answered shows on the other side.
/// </summary>
internal sealed class RequestBodyStream(Stream connection, bool chunked) : WriteOnlyStream
{
    private bool closed;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || closed)
            return;

        if (!chunked)
        {
            await SendAsync(buffer, cancellationToken).ConfigureAwait(false);
            return;
        }

        var size = Encoding.ASCII.GetBytes(buffer.Length.ToString("X", CultureInfo.InvariantCulture) + "\r\n");
        var length = size.Length + buffer.Length + 2;
        var framed = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            size.CopyTo(framed, 0);
            buffer.CopyTo(framed.AsMemory(size.Length));
            framed[length - 2] = (byte)'\r';
            framed[length - 1] = (byte)'\n';
            await SendAsync(framed.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(framed);
        }
    }

    /// <summary>Says that the body is complete.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (chunked && !closed)
            await SendAsync("0\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await connection.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            closed = true;
        }
    }
}
