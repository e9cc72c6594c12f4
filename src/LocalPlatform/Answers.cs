using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.LocalPlatform;

/// <summary>The forms of the platform's own answers.</summary>
internal static class Answers
{
    public static Task JsonAsync(HttpContext context, JToken body, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToString(Formatting.None), context.RequestAborted);
    }

    public static Task ErrorAsync(HttpContext context, int status, string message) => JsonAsync(context, new JObject { ["error"] = message }, status);

    public static Task MessageAsync(HttpContext context, int status, string message) => JsonAsync(context, new JObject { ["message"] = message }, status);

    public static Task NotFoundAsync(HttpContext context) => ErrorAsync(context, StatusCodes.Status404NotFound, "Not Found");

    /// <summary>An endless answer of lines, each sent as it comes.</summary>
    public static async Task LinesAsync(HttpContext context, IAsyncEnumerable<string> lines)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "application/octet-stream";
        await context.Response.StartAsync(context.RequestAborted);
        await foreach (var line in lines.WithCancellation(context.RequestAborted))
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    public static async Task<JObject?> ReadObjectAsync(HttpContext context)
    {
        using var reader = new System.IO.StreamReader(context.Request.Body, Encoding.UTF8);
        try
        {
            var text = await reader.ReadToEndAsync(context.RequestAborted);
            return text.Length == 0 ? [] : JToken.Parse(text) as JObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
