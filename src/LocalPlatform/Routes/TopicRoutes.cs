using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Routes;

/// <summary>A space's topics, as streams.</summary>
internal static class TopicRoutes
{
    /// <summary>Streams what is sent to a topic.</summary>
    /// <param name="context">The request.</param>
    /// <param name="space">The topic's space.</param>
    /// <param name="name">The topic's name.</param>
    /// <param name="hubId">The hub that asks, which doesn't get what it has sent; null for others.</param>
    public static async Task ReadAsync(HttpContext context, Space space, string name, string? hubId)
    {
        if (await FindAsync(context, space, name, mustMatch: false).ConfigureAwait(false) is { } topic)
            await StreamAnswer.WriteAsync(context, topic.ReadAsync(hubId, context.RequestAborted)).ConfigureAwait(false);
    }

    /// <summary>Sends a request's body to a topic, block by block as it comes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="space">The topic's space.</param>
    /// <param name="name">The topic's name.</param>
    /// <param name="hubId">The hub that sends; null for others.</param>
    public static async Task SendAsync(HttpContext context, Space space, string name, string? hubId)
    {
        if (await FindAsync(context, space, name, mustMatch: true).ConfigureAwait(false) is not { } topic)
            return;

        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
            await topic.SendAsync(buffer[..count], hubId, context.RequestAborted).ConfigureAwait(false);
        if (context.Request.Headers["x-end-stream"] == "true")
            space.Topics.End(topic);
        await Answer.JsonAsync(context, new JsonObject()).ConfigureAwait(false);
    }

    private static async Task<SpaceTopic?> FindAsync(HttpContext context, Space space, string name, bool mustMatch)
    {
        var type = context.Request.ContentType?.Split(';')[0].Trim() is { Length: > 0 } named ? named : SpaceTopics.ContentTypes[0];
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, "Topic name incorrect format").ConfigureAwait(false);
            return null;
        }

        if (!SpaceTopics.ContentTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, $"Unsupported content-type {type}").ConfigureAwait(false);
            return null;
        }

        var topic = space.Topics.GetOrAdd(name, type);
        if (!mustMatch || topic.ContentType.Equals(type, StringComparison.OrdinalIgnoreCase))
            return topic;

        await Answer.ErrorAsync(
            context,
            StatusCodes.Status415UnsupportedMediaType,
            $"Acceptable Content-Type for {name} is {topic.ContentType}").ConfigureAwait(false);
        return null;
    }
}
