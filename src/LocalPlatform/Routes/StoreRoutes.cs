using System;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Routes;

/// <summary>A space's store.</summary>
internal static class StoreRoutes
{
    private const string PackageEnd = ".tar.gz";

    /// <summary>Answers what is under s3 and store; null where there is no such route.</summary>
    public static Task? Handle(HttpContext context, Space space, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", ["s3"] or ["s3", ""]) => Answer.JsonAsync(context, space.Store.List()),
        ("GET", ["s3", { Length: > 0 } id]) => GetAsync(context, space, id),

        // A 1.0.1 hub asks for the package in a folder that it calls undefined.
        ("GET", ["s3", "undefined", { Length: > 0 } id]) => GetAsync(context, space, id),
        ("PUT", ["s3"] or ["s3", ""]) => PutAsync(context, space, Guid.NewGuid().ToString()),
        ("PUT", ["s3", var id]) => PutAsync(context, space, id),
        ("DELETE", ["s3", { Length: > 0 } id]) => space.Store.Remove(other => other == id) == 0
            ? Answer.ErrorAsync(context, StatusCodes.Status404NotFound, $"Store item {id} not found")
            : Answer.JsonAsync(context, new JsonObject { ["opStatus"] = "OK", ["id"] = id }),
        ("DELETE", ["store"]) => ClearAsync(context, space),
        _ => null,
    };

    /// <summary>Sends a package, which hubs ask for by its id and the end of a package's name.</summary>
    public static async Task GetAsync(HttpContext context, Space space, string id)
    {
        await using var package = space.Store.Open(id) ?? (
            id.EndsWith(PackageEnd, StringComparison.Ordinal) ? space.Store.Open(id[..^PackageEnd.Length]) : null);
        if (package is null)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status404NotFound, $"Store item {id} not found").ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = package.Length;
        await package.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task ClearAsync(HttpContext context, Space space)
    {
        space.Store.Remove(_ => true);
        return Answer.JsonAsync(context, new JsonObject { ["opStatus"] = "Accepted" }, StatusCodes.Status202Accepted);
    }

    private static async Task PutAsync(HttpContext context, Space space, string id)
    {
        try
        {
            var config = space.Store.Has(id) ? null : await space.Store.PutAsync(id, context.Request.Body, context.RequestAborted).ConfigureAwait(false);
            await (config is null
                ? Answer.ErrorAsync(context, StatusCodes.Status409Conflict, $"Store item {id} exists")
                : Answer.JsonAsync(context, config)).ConfigureAwait(false);
        }
        catch (PackageException error)
        {
            await Answer.JsonAsync(context, new JsonObject { ["error"] = error.Error }, StatusCodes.Status422UnprocessableEntity).ConfigureAwait(false);
        }
    }
}
