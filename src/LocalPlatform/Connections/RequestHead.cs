using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>The first lines of a request, read before HTTP is.</summary>
internal static class RequestHead
{
    private const int LongestHead = 32 * 1024;

    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    /// <summary>Reads up to the empty line, and leaves what follows; null where there is no end.</summary>
    public static async Task<string?> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var bytes = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, LongestHead)).ToArray();
            var end = bytes.AsSpan().IndexOf(HeadEnd);
            if (end >= 0)
            {
                input.AdvanceTo(result.Buffer.GetPosition(end + HeadEnd.Length));
                return Encoding.Latin1.GetString(bytes, 0, end);
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted || bytes.Length == LongestHead)
                return null;
        }
    }
}
