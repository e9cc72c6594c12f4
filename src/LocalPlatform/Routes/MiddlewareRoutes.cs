using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Scramjet.LocalPlatform.Connections;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Routes;

/// <summary>What the middleware answers itself.</summary>
internal sealed class MiddlewareRoutes(PlatformState state)
{
    /// <summary>Answers what is under the middleware's base but in no space; null where there is no such route.</summary>
    public Task? Handle(HttpContext context, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", ["spaces"]) => Answer.JsonAsync(context, new JsonArray([.. state.Spaces.Select(space => (JsonNode)new JsonObject { ["id"] = space.Id })])),
        ("GET", ["version"]) => Answer.JsonAsync(context, PlatformRoutes.VersionOf("@scramjet/middleware")),
        ("GET", ["audit"]) => StreamAnswer.WriteAsync(context, state.Audit.ReadAsync(null, context.RequestAborted)),
        _ => null,
    };

    /// <summary>Answers for a space's access keys; null where there is no such route.</summary>
    public Task? AccessKeys(HttpContext context, Space space) => context.Request.Method switch
    {
        "GET" => Answer.JsonAsync(context, space.Keys.List()),
        "POST" => CreateAsync(context, space),
        "DELETE" => RevokeAsync(context, space),
        _ => null,
    };

    private static async Task CreateAsync(HttpContext context, Space space)
    {
        var description = (await Answer.ReadObjectAsync(context).ConfigureAwait(false))?["description"];
        if (description is JsonValue value && value.TryGetValue<string>(out var text))
        {
            var key = space.Keys.Create(text);
            space.Changed();
            await Answer.JsonAsync(context, key).ConfigureAwait(false);
            return;
        }

        await Answer.MessageAsync(context, StatusCodes.Status400BadRequest, "An access key needs a description").ConfigureAwait(false);
    }

    private static async Task RevokeAsync(HttpContext context, Space space)
    {
        if (context.Request.Headers["x-revoke-all"] == "true")
        {
            var revoked = space.Keys.RevokeAll();
            await DisconnectAsync(space, revoked).ConfigureAwait(false);
            await Answer.JsonAsync(context, new JsonObject { ["message"] = "Access keys revoked", ["keysRevoked"] = revoked.Count }).ConfigureAwait(false);
        }
        else if (context.Request.Headers["x-revoke"].ToString() is not { Length: > 0 } single)
        {
            await Answer.MessageAsync(context, StatusCodes.Status400BadRequest, "No access key was named").ConfigureAwait(false);
        }
        else if (space.Keys.Revoke(single) is not { } id)
        {
            await Answer.MessageAsync(context, StatusCodes.Status404NotFound, "Access key not found").ConfigureAwait(false);
        }
        else
        {
            await DisconnectAsync(space, [id]).ConfigureAwait(false);
            await Answer.MessageAsync(context, StatusCodes.Status200OK, "Access key revoked").ConfigureAwait(false);
        }
    }

    private static async Task DisconnectAsync(Space space, IReadOnlyList<string> keys)
    {
        var hubs = space.Hubs.Where(hub => hub.KeyId is { } key && keys.Contains(key) && hub.DropReason is null);
        await Task.WhenAll(hubs.Select(hub => hub.DropAsync("key_revoked", ControlCode.KeyRevoked))).ConfigureAwait(false);
        space.Changed();
    }
}
