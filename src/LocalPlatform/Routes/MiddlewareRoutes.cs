using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Routes;

/// <summary>What the middleware answers itself.</summary>
internal sealed class MiddlewareRoutes(PlatformState state)
{
    /// <summary>Answers what is under the middleware's base but in no space; null where there is no such route.</summary>
    public Task? Handle(HttpContext context, Requestor requestor, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", ["spaces"]) => Answer.JsonAsync(
            context,
            new JsonArray([.. state.Spaces.Where(requestor.MayUse).Select(space => (JsonNode)new JsonObject { ["id"] = space.Id })])),
        ("GET", ["version"]) => Answer.JsonAsync(context, PlatformRoutes.VersionOf("@scramjet/middleware")),
        ("GET", ["audit"]) => StreamAnswer.WriteAsync(context, state.Audit.ReadAsync(requestor.OnlySpace?.Id, context.RequestAborted)),
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
            await Answer.JsonAsync(context, space.Keys.Create(text)).ConfigureAwait(false);
        else
            await Answer.MessageAsync(context, StatusCodes.Status400BadRequest, "An access key needs a description").ConfigureAwait(false);
    }

    private static Task RevokeAsync(HttpContext context, Space space)
    {
        if (context.Request.Headers["x-revoke-all"] == "true")
        {
            var revoked = space.Keys.RevokeAll();
            foreach (var key in revoked)
                Disconnect(space, key);
            return Answer.JsonAsync(context, new JsonObject { ["message"] = "Access keys revoked", ["keysRevoked"] = revoked.Count });
        }

        if (context.Request.Headers["x-revoke"].ToString() is not { Length: > 0 } single)
            return Answer.MessageAsync(context, StatusCodes.Status400BadRequest, "No access key was named");
        if (!space.Keys.Revoke(single))
            return Answer.MessageAsync(context, StatusCodes.Status404NotFound, "Access key not found");

        Disconnect(space, single);
        return Answer.MessageAsync(context, StatusCodes.Status200OK, "Access key revoked");
    }

    private static void Disconnect(Space space, string key)
    {
        foreach (var hub in space.Hubs.Where(hub => hub.AccessKey == key && hub.DisconnectReason is null))
            hub.Disconnect("key_revoked");
    }
}
