using System;
using System.Linq;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Scramjet.LocalPlatform.Connections;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Routes;

/// <summary>Finds out whose a request is and what it is for, and hands it to the routes of the middleware, multi-manager or a space.</summary>
internal sealed class PlatformRoutes(PlatformState state, HubForwarder forwarder)
{
    private readonly MiddlewareRoutes middleware = new(state);
    private readonly MultiManagerRoutes multiManager = new(state);
    private readonly ManagerRoutes manager = new(state, forwarder);

    /// <summary>The version of everything here that isn't a hub.</summary>
    public static string Version { get; } = typeof(PlatformRoutes).Assembly.GetName().Version!.ToString(3);

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (Exception error) when (!context.Response.HasStarted && error is not BadHttpRequestException)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status500InternalServerError, error.Message).ConfigureAwait(false);
        }
    }

    /// <summary>A version answer.</summary>
    public static JsonObject VersionOf(string service) =>
        new() { ["service"] = service, ["apiVersion"] = "v1", ["version"] = Version, ["build"] = "local" };

    private async Task RouteAsync(HttpContext context)
    {
        if (PlainTopic(context) is { } plain)
        {
            await plain.ConfigureAwait(false);
            return;
        }

        // What comes through a hub's connection is the hub's, and for its space alone.
        var origin = context.Features.Get<HubOrigin>();
        if (origin is null && !state.Accepts(BearerOf(context)))
        {
            await Answer.MessageAsync(context, StatusCodes.Status403Forbidden, "Forbidden").ConfigureAwait(false);
            return;
        }

        var target = RequestTarget.Of(context);
        var path = target.Segments;
        var method = context.Request.Method;
        if (target.HasDots)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, "A path can't have dots as a segment").ConfigureAwait(false);
            return;
        }

        var (spaceId, start) = path switch
        {
            ["api", "v1", "space", var id, "api", "v1", ..] => (id, 6),
            ["mm", "api", "v1", "cpm", var id, "api", "v1", ..] => (id, 7),
            ["api", "v1", "cpm", var id, "api", "v1", ..] when origin is not null => (id, 6),
            ["api", "v1", "space", var id, "apikey"] => (id, 4),
            _ => (null, path is ["mm", ..] ? 3 : 2),
        };
        var space = spaceId is null ? null : state.Space(spaceId);
        if (spaceId is not null && space is null)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status404NotFound, $"Space {spaceId} not found").ConfigureAwait(false);
            return;
        }

        if (origin is not null && (space?.Id != origin.SpaceId || start == 4))
        {
            await Answer.MessageAsync(context, StatusCodes.Status403Forbidden, "Forbidden").ConfigureAwait(false);
            return;
        }

        var rest = path.Skip(start).ToArray();
        var audited = new AuditedRequest(
            space?.Id,
            origin?.HubId ?? "local-user",
            AuditOperation.Of(method, rest is ["sth", _, "api", "v1", .. var inHub] ? inHub : rest));
        audited.Attach(context);
        state.Audit.Start(audited);
        try
        {
            var answer = (path, space) switch
            {
                ([.., "apikey"], { } owner) when start == 4 => middleware.AccessKeys(context, owner),
                (_, { } owner) => manager.Handle(context, owner, target, start),
                (["api", "v1", ..], null) => middleware.Handle(context, rest),
                (["mm", "api", "v1", ..], null) => multiManager.Handle(context, rest),
                _ => null,
            };
            await (answer ?? Answer.MessageAsync(context, StatusCodes.Status404NotFound, "Not Found")).ConfigureAwait(false);
        }
        finally
        {
            state.Audit.End(audited);
        }
    }

    private static string? BearerOf(HttpContext context) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header)
            && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null;

    // Hubs of the 0.18 series send and fetch topics without a token, and don't say which they are.
    private Task? PlainTopic(HttpContext context)
    {
        var hub = RequestTarget.Of(context).Segments is ["topic", _] ? OlderHubOf(context) : null;
        return (context.Request.Method, hub, RequestTarget.Of(context).Segments) switch
        {
            ("GET", { } known, [_, var name]) => TopicRoutes.ReadAsync(context, known.Space, name, known.HubId),
            ("POST", { } known, [_, var name]) => TopicRoutes.SendAsync(context, known.Space, name, known.HubId),
            _ => null,
        };
    }

    private (Space Space, string HubId)? OlderHubOf(HttpContext context)
    {
        // Only a hub that can be told from others by its address.
        var older = state.Spaces.SelectMany(item => item.Hubs, (item, hub) => (Space: item, Hub: hub))
            .Where(item => item.Hub.Connection is { SendsTopics: true } && item.Hub.RemoteAddress?.Equals(context.Connection.RemoteIpAddress) == true)
            .Take(2).ToArray();
        return older.Length == 1 ? (older[0].Space, older[0].Hub.Id) : null;
    }
}
