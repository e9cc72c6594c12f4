using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Scramjet.LocalPlatform.Connections;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Routes;

/// <summary>What a space's manager answers, and the way through it to its hubs.</summary>
internal sealed class ManagerRoutes(PlatformState state, HubForwarder forwarder)
{
    /// <summary>Answers what is under a space's base, which starts at a segment of the path; null where there is no such route.</summary>
    public Task? Handle(HttpContext context, Space space, RequestTarget target, int start) => (context.Request.Method, target.Segments[start..]) switch
    {
        (_, ["sth", var id, "api", "v1", ..]) => ForwardAsync(context, space, id, target, start + 4),
        ("GET", ["sth", var id, "info"]) => HubInfoAsync(context, space, id),
        ("DELETE", ["sth", var id]) => DeleteHubAsync(context, space, id),
        ("GET", ["list"]) => ListAsync(context, space),
        ("GET", ["version"]) => Answer.JsonAsync(context, PlatformRoutes.VersionOf("@scramjet/manager")),
        ("GET", ["load"]) => Answer.JsonAsync(context, MachineLoad.Read()),
        ("GET", ["config"]) => Answer.JsonAsync(context, new JsonObject { ["config"] = Config(context, space) }),
        ("GET", ["info"]) => Answer.JsonAsync(context, Info(context, space)),
        ("GET", ["sequences"]) => SequencesAsync(context, space, withStore: false),
        ("GET", ["all_sequences"]) => SequencesAsync(context, space, withStore: true),
        ("GET", ["instances"]) => InstancesAsync(context, space),
        ("GET", ["topics"]) => TopicsAsync(context, space),
        ("GET", ["topic", var name]) => TopicRoutes.ReadAsync(context, space, name, context.Features.Get<HubOrigin>()?.HubId),
        ("POST", ["topic", var name]) => TopicRoutes.SendAsync(context, space, name, context.Features.Get<HubOrigin>()?.HubId),
        ("GET", ["log"]) => StreamAnswer.WriteAsync(context, LogMerge.ReadAsync(state.Hubs, () => space.Hubs, context.RequestAborted)),
        ("GET", ["audit"]) => StreamAnswer.WriteAsync(context, state.Audit.ReadAsync(space.Id, context.RequestAborted)),
        ("POST", ["disconnect"]) => DisconnectAsync(context, space),
        ("GET", ["sequence-store", var id]) => StoreRoutes.GetAsync(context, space, id),
        (_, ["s3" or "store", ..] path) => StoreRoutes.Handle(context, space, path),
        _ => null,
    };

    private static Task NoHub(HttpContext context, string id) =>
        Answer.ErrorAsync(context, StatusCodes.Status404NotFound, $"Hub {id} not found");

    private static JsonArray Array(IEnumerable<JsonObject> items) => new([.. items]);

    private static JsonObject Info(HttpContext context, Space space) => new()
    {
        ["id"] = space.Id,
        ["apiBase"] = "/api/v1",
        ["apiPort"] = context.Connection.LocalPort,
        ["created"] = Answer.Time(space.Created),
        ["hubsCount"] = space.Hubs.Count,
    };

    private static JsonObject Config(HttpContext context, Space space) => new()
    {
        ["id"] = space.Id,
        ["apiBase"] = "/api/v1",
        ["apiPort"] = context.Connection.LocalPort,
        ["logColors"] = false,
        ["logLevel"] = "debug",
        ["sthControllerOptions"] = new JsonObject { ["unhealthyTimeoutMs"] = 8000 },
    };

    private static async Task DeleteHubAsync(HttpContext context, Space space, string id)
    {
        var (status, error) = space.Hub(id) switch
        {
            null => (StatusCodes.Status404NotFound, $"Hub {id} not found"),
            { SelfHosted: false } => (StatusCodes.Status400BadRequest, "Unable to delete native hub"),
            { IsConnected: true } when context.Request.Headers["x-force"] != "true" => (
                StatusCodes.Status409Conflict,
                "Cannot delete selected hub as it is still connected"),
            _ => (0, ""),
        };
        if (status != 0 || space.Hub(id) is not { } hub)
        {
            await Answer.ErrorAsync(context, status, error).ConfigureAwait(false);
            return;
        }

        await hub.DropAsync("id_drop", ControlCode.IdDropped).ConfigureAwait(false);
        space.Remove(hub);
        await Answer.JsonAsync(context, new JsonObject { ["opStatus"] = "Accepted" }, StatusCodes.Status202Accepted).ConfigureAwait(false);
    }

    private async Task ForwardAsync(HttpContext context, Space space, string id, RequestTarget target, int start)
    {
        if (space.Hub(id) is not { } hub)
            await NoHub(context, id).ConfigureAwait(false);
        else if (hub.DropReason is { } reason)
            await Answer.ErrorAsync(context, StatusCodes.Status404NotFound, $"Hub {id} is disconnected ({reason})").ConfigureAwait(false);
        else if (hub.Link is { } link)
            await forwarder.ForwardAsync(context, id, link, target.Tail(start), target.Query).ConfigureAwait(false);
        else
            await Answer.ErrorAsync(context, StatusCodes.Status502BadGateway, $"Hub {id} can't be reached").ConfigureAwait(false);
    }

    private async Task HubInfoAsync(HttpContext context, Space space, string id)
    {
        if (space.Hub(id) is { } hub)
            await Answer.JsonAsync(context, await DescribeAsync(context, space, hub).ConfigureAwait(false)).ConfigureAwait(false);
        else
            await NoHub(context, id).ConfigureAwait(false);
    }

    private Task<JsonObject> DescribeAsync(HttpContext context, Space space, HubEntry hub) =>
        state.Hubs.DescribeAsync(hub, space.Topics.NamesOf(hub.Id), context.RequestAborted);

    private async Task ListAsync(HttpContext context, Space space) =>
        await Answer.JsonAsync(
            context,
            Array(await Task.WhenAll(space.Hubs.Select(hub => DescribeAsync(context, space, hub))).ConfigureAwait(false))).ConfigureAwait(false);

    private async Task SequencesAsync(HttpContext context, Space space, bool withStore)
    {
        var sequences = await state.Hubs.SequencesAsync(space.Hubs, context.RequestAborted).ConfigureAwait(false);
        if (withStore)
        {
            sequences = sequences.Concat(space.Store.List().Select(config => new JsonObject
            {
                ["id"] = config!["id"]!.DeepClone(),
                ["config"] = config.DeepClone(),
                ["location"] = "s3",
                ["instances"] = new JsonArray(),
            }));
        }

        await Answer.JsonAsync(context, Array(sequences)).ConfigureAwait(false);
    }

    private async Task InstancesAsync(HttpContext context, Space space) =>
        await Answer.JsonAsync(context, Array(await state.Hubs.InstancesAsync(space.Hubs, context.RequestAborted).ConfigureAwait(false))).ConfigureAwait(false);

    private async Task TopicsAsync(HttpContext context, Space space)
    {
        var hubTopics = await state.Hubs.TopicsAsync(space.Hubs, context.RequestAborted).ConfigureAwait(false);
        await Answer.JsonAsync(context, Array(space.Topics.Describe().Concat(hubTopics).DistinctBy(topic => (string?)topic["name"]))).ConfigureAwait(false);
    }

    private static async Task DisconnectAsync(HttpContext context, Space space)
    {
        if (await Answer.ReadObjectAsync(context).ConfigureAwait(false) is not { } body)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, "The request is no JSON object").ConfigureAwait(false);
            return;
        }

        var id = Value<string>(body, "id");
        var accessKey = Value<string>(body, "accessKey");
        var drops = new List<(HubEntry Hub, string Reason)>();
        if (id is not null)
        {
            var (hub, status, error) = space.Hub(id) switch
            {
                null => (null, StatusCodes.Status404NotFound, "Couldn't find STH with a given ID"),
                { SelfHosted: false } => (null, StatusCodes.Status400BadRequest, "Unable to disconnect native hub"),
                { DropReason: not null } => (null, StatusCodes.Status409Conflict, "STH with a given id is already disconnected"),
                var found => (found, 0, ""),
            };
            if (hub is null)
            {
                await Answer.ErrorAsync(context, status, error).ConfigureAwait(false);
                return;
            }

            drops.Add((hub, "id_drop"));
        }

        var connected = space.Hubs.Where(hub => hub.DropReason is null).ToArray();
        if (accessKey is not null)
        {
            var keyId = AccessKeys.IdOf(accessKey);
            if (!space.Hubs.Any(hub => hub.KeyId == keyId))
            {
                await Answer.ErrorAsync(context, StatusCodes.Status404NotFound, "Couldn't find any STH connected with that Access Key").ConfigureAwait(false);
                return;
            }

            drops.AddRange(connected.Where(hub => hub.KeyId == keyId).Select(hub => (hub, "key_revoked")));
        }

        // A limit is how many may stay.
        if (body["limit"] is not null || (id is null && accessKey is null))
            drops.AddRange(connected.Where(hub => hub.SelfHosted).Skip(Value<int>(body, "limit")).Select(hub => (hub, "limit_exceeded")));

        var disconnected = new JsonArray();
        foreach (var (hub, reason) in drops.DistinctBy(drop => drop.Hub))
            disconnected.Add(new JsonObject { ["sthId"] = hub.Id, ["reason"] = reason });
        await Task.WhenAll(drops.DistinctBy(drop => drop.Hub).Select(drop => drop.Hub.DropAsync(drop.Reason, CodeOf(drop.Reason)))).ConfigureAwait(false);
        space.Changed();

        await Answer.JsonAsync(context, new JsonObject { ["managerId"] = space.Id, ["disconnected"] = disconnected }).ConfigureAwait(false);
    }

    private static ControlCode CodeOf(string reason) => reason switch
    {
        "key_revoked" => ControlCode.KeyRevoked,
        "limit_exceeded" => ControlCode.LimitExceeded,
        _ => ControlCode.IdDropped,
    };

    private static T? Value<T>(JsonObject body, string field) =>
        body[field] is JsonValue value && value.TryGetValue<T>(out var found) ? found : default;
}
