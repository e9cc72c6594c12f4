using System;
using System.Linq;
using System.Security.Cryptography;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;

namespace Scramjet.LocalPlatform;

/// <summary>A space's access keys, as the middleware keeps them.</summary>
internal static class AccessKeyRoutes
{
    public static Task HandleAsync(HttpContext context, PlatformSpace space) => context.Request.Method switch
    {
        "GET" => Answers.JsonAsync(context, new JObject
        {
            ["accessKeys"] = new JArray(space.AccessKeys.Values.OrderBy(k => k.Created).Select(k => new JObject { ["created"] = k.Created.ToUnixTimeMilliseconds(), ["description"] = k.Description })),
        }),
        "POST" => CreateAsync(context, space),
        "DELETE" when context.Request.Headers["x-revoke-all"] == "true" => RevokeAllAsync(context, space),
        "DELETE" => RevokeAsync(context, space),
        _ => Answers.NotFoundAsync(context),
    };

    private static async Task CreateAsync(HttpContext context, PlatformSpace space)
    {
        var wishes = await Answers.ReadObjectAsync(context);
        if ((string?)wishes?["description"] is not { } description)
        {
            await Answers.MessageAsync(context, StatusCodes.Status400BadRequest, "A description is needed");
            return;
        }

        var key = Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant();
        space.AccessKeys[key] = (DateTimeOffset.UtcNow, description);
        await Answers.JsonAsync(context, new JObject { ["accessKey"] = key, ["description"] = description });
    }

    private static Task RevokeAsync(HttpContext context, PlatformSpace space) => space.AccessKeys.TryRemove(context.Request.Headers["x-revoke"].ToString(), out _)
        ? Answers.MessageAsync(context, StatusCodes.Status200OK, "Access key revoked")
        : Answers.MessageAsync(context, StatusCodes.Status404NotFound, "Access key not found");

    private static Task RevokeAllAsync(HttpContext context, PlatformSpace space)
    {
        var count = space.AccessKeys.Count;
        space.AccessKeys.Clear();
        return Answers.JsonAsync(context, new JObject { ["message"] = "Access keys revoked", ["keysRevoked"] = count });
    }
}
