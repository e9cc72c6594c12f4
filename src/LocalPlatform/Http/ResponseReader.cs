using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Http;

/// <summary>An answer's status line and headers.</summary>
internal sealed record ResponseHead(int Status, string Reason, IReadOnlyList<(string Name, string Value)> Headers);

/// <summary>Reads an HTTP/1.1 answer's lines and bytes from a connection.</summary>
internal sealed class ResponseReader(Stream connection)
{
    private const int LongestLine = 64 * 1024;

    private readonly byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    /// <summary>Reads up to and including the empty line after the headers.</summary>
    public async Task<ResponseHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var status = (await ReadLineAsync(cancellationToken).ConfigureAwait(false)).Split(' ', 3);
        if (status.Length < 2 || !status[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(status[1], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new IOException("The hub's response isn't HTTP.");

        var headers = new List<(string, string)>();
        while (await ReadLineAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            if (colon > 0)
                headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        return new ResponseHead(code, status.Length > 2 ? status[2] : "", headers);
    }

    /// <summary>Reads a line without its end.</summary>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            var length = Array.IndexOf(buffer, (byte)'\n', start, end - start) is >= 0 and var at ? at - start : -1;
            line.Append(Encoding.Latin1.GetString(buffer, start, length < 0 ? end - start : length));
            start = length < 0 ? end : start + length + 1;
            if (length >= 0)
                return line.ToString().TrimEnd('\r');
            if (line.Length > LongestLine)
                throw new IOException("The hub sent a line without an end.");
            if (await FillAsync(cancellationToken).ConfigureAwait(false) == 0)
                throw new EndOfStreamException("The hub closed the connection.");
        }
    }

    /// <summary>Reads some bytes; 0 where the connection has ended.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (start == end && target.Length >= buffer.Length)
            return await connection.ReadAsync(target, cancellationToken).ConfigureAwait(false);
        if (start == end && await FillAsync(cancellationToken).ConfigureAwait(false) == 0)
            return 0;

        var count = Math.Min(target.Length, end - start);
        buffer.AsMemory(start, count).CopyTo(target);
        start += count;
        return count;
    }

    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        start = end = 0;
        end = await connection.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return end;
    }
}
