using System;
using System.Globalization;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace Scramjet.LocalPlatform.Http;

/// <summary>Writes JSON answers, in the forms that the platform has for them.</summary>
internal static class Answer
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON with a status.</summary>
    public static async Task JsonAsync(HttpContext context, JsonNode body, int status = StatusCodes.Status200OK)
    {
        var bytes = Serialize(body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>An error as hubs and managers write it.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string error) =>
        JsonAsync(context, new JsonObject { ["error"] = error }, status);

    /// <summary>A message as the middleware writes it.</summary>
    public static Task MessageAsync(HttpContext context, int status, string message) =>
        JsonAsync(context, new JsonObject { ["message"] = message }, status);

    /// <summary>The bytes of a line of NDJSON or of a whole answer.</summary>
    public static byte[] Serialize(JsonNode body, bool line = false)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Options);
        return line ? [.. bytes, (byte)'\n'] : bytes;
    }

    /// <summary>Reads a JSON object from a request; an empty body is an empty object, anything else is null.</summary>
    public static async Task<JsonObject?> ReadObjectAsync(HttpContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
            return string.IsNullOrWhiteSpace(text) ? new JsonObject() : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A time as the platform writes it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
