using System.Collections.Generic;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace Scramjet.LocalPlatform.Routes;

/// <summary>Endless responses.</summary>
internal static class StreamAnswer
{
    /// <summary>Sends the headers at once and each block as it comes.</summary>
    public static async Task WriteAsync(HttpContext context, IAsyncEnumerable<byte[]> blocks)
    {
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        await foreach (var block in blocks.ConfigureAwait(false))
            await context.Response.Body.WriteAsync(block, context.RequestAborted).ConfigureAwait(false);
    }
}
