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

/// <summary>Gets what a manager knows of its hubs from the hubs.</summary>
internal sealed class HubReader : IDisposable
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        MaxConnectionsPerServer = 16,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>A hub's entry in the list.</summary>
    public async Task<JsonObject> DescribeAsync(HubEntry hub, CancellationToken cancellationToken)
    {
        // Hubs that couldn't be reached are requested too, since they may be running again.
        var healthy = hub.DisconnectReason is null && await GetAsync(hub, "version", cancellationToken).ConfigureAwait(false) is not null;
        if (!healthy)
            return hub.Describe(false, [], [], []);

        var topics = GetListAsync(hub, "topics", cancellationToken);
        var sequences = GetListAsync(hub, "sequences", cancellationToken);
        var instances = GetListAsync(hub, "instances", cancellationToken);
        return hub.Describe(
            true,
            (await topics.ConfigureAwait(false)).Select(TopicName).OfType<string>(),
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

    /// <summary>The topics of hubs, by name, with a hub that has one as an actor.</summary>
    public async Task<IEnumerable<JsonObject>> TopicsAsync(IEnumerable<HubEntry> hubs, CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(
            hubs.Where(hub => hub.IsConnected)
                .Select(async hub => (Hub: hub, Topics: await GetListAsync(hub, "topics", cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return lists.SelectMany(list => list.Topics, (list, topic) => (list.Hub, Topic: topic))
            .Where(item => TopicName(item.Topic) is not null)
            .GroupBy(item => TopicName(item.Topic)!)
            .Select(group => new JsonObject
            {
                ["name"] = group.Key,
                ["contentType"] = group.First().Topic["contentType"]?.DeepClone(),
                ["actors"] = new JsonArray([.. group.Select(item => (JsonNode)new JsonObject
                {
                    ["role"] = Text(item.Topic, "localProvider") is { Length: > 0 } ? "provider" : "consumer",
                    ["type"] = "host",
                    ["stream"] = true,
                    ["hostId"] = item.Hub.Id,
                    ["retired"] = false,
                })]),
            });
    }

    /// <summary>A hub's log.</summary>
    public async Task<Stream> LogAsync(HubEntry hub, CancellationToken cancellationToken) =>
        await client.GetStreamAsync(Address(hub, "log"), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static Uri Address(HubEntry hub, string path) => new($"{hub.Uri.AbsoluteUri.TrimEnd('/')}/{path}");

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
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(ResponseTimeout);
        try
        {
            using var response = await client.GetAsync(Address(hub, path), bound.Token).ConfigureAwait(false);
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
        catch (JsonException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
