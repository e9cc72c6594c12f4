using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>
/// Gets what a manager knows of its hubs from the hubs. Control messages say when a sequence or an instance comes or goes, but not how it is.
/// </summary>
internal sealed class HubReader
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>A hub's entry in the list.</summary>
    public async Task<JsonObject> DescribeAsync(HubEntry hub, IEnumerable<string> topics, CancellationToken cancellationToken)
    {
        if (!hub.HasAddress)
        {
            return hub.Connection?.Inventory is { } inventory
                ? hub.Describe(hub.IsHealthy, topics, inventory.Sequences, inventory.Instances)
                : hub.Describe(false, [], [], []);
        }

        // Hubs that couldn't be reached are requested too, since they may be running again.
        var healthy = await GetAsync(hub, "version", cancellationToken).ConfigureAwait(false) is not null;
        if (!healthy)
            return hub.Describe(false, [], [], []);

        var names = GetListAsync(hub, "topics", cancellationToken);
        var sequences = GetListAsync(hub, "sequences", cancellationToken);
        var instances = GetListAsync(hub, "instances", cancellationToken);
        return hub.Describe(
            true,
            (await names.ConfigureAwait(false)).Select(TopicName).OfType<string>(),
            (await sequences.ConfigureAwait(false)).Select(Id).OfType<string>(),
            (await instances.ConfigureAwait(false)).Select(Id).OfType<string>());
    }

    /// <summary>The sequences of hubs, each with the hub as its location.</summary>
    public async Task<IEnumerable<JsonObject>> SequencesAsync(IEnumerable<HubEntry> hubs, CancellationToken cancellationToken) =>
        (await Task.WhenAll(hubs.Where(hub => hub.IsConnected).Select(hub => SequencesAsync(hub, cancellationToken))).ConfigureAwait(false))
            .SelectMany(items => items);

    /// <summary>The instances of hubs as newer hubs describe them, each with the hub as its location.</summary>
    public async Task<IEnumerable<JsonObject>> InstancesAsync(IEnumerable<HubEntry> hubs, CancellationToken cancellationToken) =>
        (await Task.WhenAll(hubs.Where(hub => hub.IsConnected).Select(hub => InstancesAsync(hub, cancellationToken))).ConfigureAwait(false))
            .SelectMany(items => items);

    /// <summary>The topics of hubs that are reached at their address, by name, with a hub that has one as an actor.</summary>
    public async Task<IEnumerable<JsonObject>> TopicsAsync(IEnumerable<HubEntry> hubs, CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(hubs.Where(hub => hub.HasAddress && hub.IsConnected)
            .Select(async hub => (Hub: hub, Topics: await GetListAsync(hub, "topics", cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return lists.SelectMany(list => list.Topics, (list, topic) => (list.Hub, Topic: topic))
            .Where(item => TopicName(item.Topic) is not null)
            .GroupBy(item => TopicName(item.Topic)!)
            .Select(group => SpaceTopics.Describe(
                group.Key,
                Text(group.First().Topic, "contentType") ?? SpaceTopics.ContentTypes[0],
                group.Select(item => SpaceTopics.Actor(item.Hub.Id, Text(item.Topic, "localProvider") is { Length: > 0 }))));
    }

    /// <summary>A hub's log.</summary>
    public async Task<Stream> LogAsync(HubEntry hub, CancellationToken cancellationToken)
    {
        if (hub.Link is not { } link)
            throw new IOException("The hub isn't connected.");

        var response = await link.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, link.Address("log")), cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string? Id(JsonNode? item) => Text(item, "id");

    private static string? TopicName(JsonNode? topic) => Text(topic, "topicName") ?? Text(topic, "topic") ?? Text(topic, "name");

    private static string? Text(JsonNode? node, string field) =>
        node is JsonObject item && item[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private async Task<IReadOnlyList<JsonObject>> SequencesAsync(HubEntry hub, CancellationToken cancellationToken)
    {
        var sequences = await GetListAsync(hub, "sequences", cancellationToken).ConfigureAwait(false);
        foreach (var sequence in sequences)
            sequence["location"] = hub.Id;
        return sequences;
    }

    private async Task<IReadOnlyList<JsonObject>> InstancesAsync(HubEntry hub, CancellationToken cancellationToken)
    {
        var instances = await GetListAsync(hub, "instances", cancellationToken).ConfigureAwait(false);
        if (instances.All(instance => instance["sequence"] is JsonObject))
        {
            foreach (var instance in instances)
                instance["sequence"]!["location"] = hub.Id;
            return instances;
        }

        // 0.18 lists ids alone; the rest is with each instance and with its sequence.
        var sequences = await SequencesAsync(hub, cancellationToken).ConfigureAwait(false);
        return await Task.WhenAll(instances.Select(async instance =>
        {
            var details = await GetAsync(hub, "instance/" + Id(instance), cancellationToken).ConfigureAwait(false) as JsonObject ?? instance;
            return Newer(details, sequences, hub);
        })).ConfigureAwait(false);
    }

    private static JsonObject Newer(JsonObject instance, IReadOnlyList<JsonObject> sequences, HubEntry hub)
    {
        var sequenceId = Text(instance, "sequence");
        var newer = new JsonObject
        {
            ["id"] = Id(instance),
            ["appConfig"] = instance["appConfig"]?.DeepClone() ?? new JsonObject(),
            ["args"] = instance["sequenceArgs"]?.DeepClone() ?? new JsonArray(),
            ["sequence"] = new JsonObject
            {
                ["id"] = sequenceId,
                ["config"] = sequences.FirstOrDefault(sequence => Id(sequence) == sequenceId)?["config"]?.DeepClone(),
                ["location"] = hub.Id,
            },
        };
        foreach (var field in new[] { "created", "started" })
        {
            if (instance[field] is { } time)
                newer[field] = time.DeepClone();
        }

        newer["status"] = newer.ContainsKey("started") ? "running" : "starting";
        return newer;
    }

    // The objects of a list, free of the list itself.
    private async Task<JsonObject[]> GetListAsync(HubEntry hub, string path, CancellationToken cancellationToken)
    {
        var list = await GetAsync(hub, path, cancellationToken).ConfigureAwait(false) as JsonArray ?? [];
        var items = list.OfType<JsonObject>().ToArray();
        list.Clear();
        return items;
    }

    // Null if the hub doesn't respond in time, or not with JSON.
    private async Task<JsonNode?> GetAsync(HubEntry hub, string path, CancellationToken cancellationToken)
    {
        if (hub.Link is not { } link)
            return null;

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(ResponseTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, link.Address(path));
            using var response = await link.Client.SendAsync(request, bound.Token).ConfigureAwait(false);
            hub.Seen(reachable: true);
            if (response.StatusCode != HttpStatusCode.OK)
                return null;

            return JsonNode.Parse(await response.Content.ReadAsStringAsync(bound.Token).ConfigureAwait(false));
        }
        catch (HttpRequestException error)
        {
            if (error.HttpRequestError == HttpRequestError.ConnectionError)
                hub.Seen(reachable: false);
            return null;
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
