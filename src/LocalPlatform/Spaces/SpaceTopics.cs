using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Scramjet.LocalPlatform.Connections;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>
/// A space's topics, and which of its hubs provide and require them. Data goes from the hubs that provide a topic to those that only require it, and
/// to the readers of the space.
/// </summary>
internal sealed class SpaceTopics(Func<string, HubEntry?> findHub) : IDisposable
{
    /// <summary>The content types that a topic can have.</summary>
    public static readonly IReadOnlyList<string> ContentTypes = ["application/x-ndjson", "text/x-ndjson", "text/plain", "application/octet-stream"];

    private readonly Lock gate = new();
    private readonly Dictionary<string, SpaceTopic> topics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TopicRoles> roles = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Topic, string Hub), TopicTransfer> transfers = [];
    private bool disposed;

    /// <summary>The topic with a name, which is made where it isn't there.</summary>
    public SpaceTopic GetOrAdd(string name, string contentType)
    {
        lock (gate)
        {
            if (!topics.TryGetValue(name, out var topic))
            {
                topics[name] = topic = new SpaceTopic(name, contentType);
                topic.ReadersChanged += () => Arrange(name);
            }

            return topic;
        }
    }

    /// <summary>Ends a topic and its readers' streams.</summary>
    public void End(SpaceTopic topic)
    {
        lock (gate)
            topics.Remove(topic.Name);
        topic.End();
    }

    /// <summary>Takes in what a hub says of a topic.</summary>
    /// <param name="hubId">The hub.</param>
    /// <param name="sendsItself">Whether it sends and fetches topics by itself.</param>
    /// <param name="message">The message's data.</param>
    public void Take(string hubId, bool sendsItself, JsonObject message)
    {
        var provided = HubInventory.Text(message["provides"]);
        var required = HubInventory.Text(message["requires"]);
        if ((HubInventory.Text(message["topicName"]) ?? provided ?? required) is not { Length: > 0 } name)
            return;

        lock (gate)
        {
            if (HubInventory.Text(message["status"]) == "remove")
            {
                roles.GetValueOrDefault(name)?.Remove(hubId);
            }
            else
            {
                if (!roles.TryGetValue(name, out var role))
                    roles[name] = role = new TopicRoles(HubInventory.Text(message["contentType"]) ?? ContentTypes[0]);

                // A hub that has come back names its topics without saying what it does with them.
                role.Hubs.Add(hubId);
                if (sendsItself)
                    role.Separate.Add(hubId);
                if (provided is { Length: > 0 })
                    role.Providers.Add(hubId);
                if (required is { Length: > 0 })
                    role.Consumers.Add(hubId);
            }
        }

        Arrange(name);
    }

    /// <summary>Joins the topics of a hub that has come, or leaves those of one that has gone.</summary>
    public void Arrange(HubEntry hub)
    {
        string[] names;
        lock (gate)
            names = [.. roles.Where(role => role.Value.Hubs.Contains(hub.Id)).Select(role => role.Key)];
        foreach (var name in names)
            Arrange(name);
    }

    /// <summary>Forgets what a hub does with topics.</summary>
    public void Forget(HubEntry hub)
    {
        lock (gate)
        {
            foreach (var role in roles.Values)
                role.Remove(hub.Id);
        }

        foreach (var name in NamesOf(null))
            Arrange(name);
    }

    /// <summary>The names of a hub's topics, or of all that hubs have named.</summary>
    public IReadOnlyList<string> NamesOf(string? hubId)
    {
        lock (gate)
            return [.. roles.Where(role => hubId is null || role.Value.Hubs.Contains(hubId)).Select(role => role.Key)];
    }

    /// <summary>The topics as a manager lists them.</summary>
    public IEnumerable<JsonObject> Describe()
    {
        lock (gate)
        {
            var hubTopics = roles.Where(role => role.Value.Hubs.Count > 0).Select(role => Describe(role.Key, role.Value.ContentType, role.Value.Actors()));
            var own = topics.Values.Where(topic => !roles.TryGetValue(topic.Name, out var role) || role.Hubs.Count == 0)
                .Select(topic => Describe(topic.Name, topic.ContentType, []));
            return [.. hubTopics, .. own];
        }
    }

    /// <summary>What a platform that is started again must know of the topics.</summary>
    public JsonObject Save()
    {
        lock (gate)
            return new JsonObject(roles.Where(role => role.Value.Hubs.Count > 0).Select(role => KeyValuePair.Create(role.Key, (JsonNode?)role.Value.Save())));
    }

    /// <summary>Takes back what was saved.</summary>
    public void Load(JsonObject saved)
    {
        lock (gate)
        {
            foreach (var (name, role) in saved)
                roles[name] = new TopicRoles((JsonObject)role!);
        }

        foreach (var name in NamesOf(null))
            Arrange(name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TopicTransfer[] all;
        lock (gate)
        {
            disposed = true;
            all = [.. transfers.Values];
            transfers.Clear();
        }

        foreach (var transfer in all)
            transfer.Dispose();
    }

    /// <summary>An entry of a manager's list of topics.</summary>
    internal static JsonObject Describe(string name, string contentType, IEnumerable<JsonNode> actors) =>
        new() { ["name"] = name, ["contentType"] = contentType, ["actors"] = new JsonArray([.. actors]) };

    /// <summary>A hub in a topic's entry.</summary>
    internal static JsonObject Actor(string hubId, bool provides) => new()
    {
        ["role"] = provides ? "provider" : "consumer",
        ["type"] = "host",
        ["stream"] = true,
        ["hostId"] = hubId,
        ["retired"] = false,
    };

    // Starts and ends transfers, so that there are those that the topic needs now.
    private void Arrange(string name)
    {
        lock (gate)
        {
            if (disposed || !roles.TryGetValue(name, out var role))
                return;

            var topic = GetOrAdd(name, role.ContentType);
            var consumers = role.Consumers.Except(role.Providers).Except(role.Separate).Where(id => findHub(id) is { DropReason: null })
                .ToHashSet(StringComparer.Ordinal);
            var wanted = consumers.Select(id => (Hub: id, Sends: true)).ToList();
            if (topic.OtherReaders > 0 || consumers.Count > 0)
                wanted.AddRange(role.Providers.Except(role.Separate).Where(id => findHub(id)?.Connection is not null).Select(id => (id, false)));

            foreach (var (key, transfer) in transfers.Where(item => item.Key.Topic == name).ToArray())
            {
                if (!wanted.Contains((key.Hub, transfer.Sends)))
                {
                    transfers.Remove(key);
                    transfer.Dispose();
                }
            }

            foreach (var (hubId, sends) in wanted)
            {
                if (!transfers.TryGetValue((name, hubId), out var transfer))
                    transfers[(name, hubId)] = transfer = new TopicTransfer(topic, hubId, sends);
                transfer.Use(findHub(hubId)?.Connection);
            }
        }
    }

    private sealed class TopicRoles(string contentType)
    {
        public TopicRoles(JsonObject saved) : this((string)saved["contentType"]!)
        {
            Hubs.UnionWith(Strings(saved["hubs"]));
            Providers.UnionWith(Strings(saved["providers"]));
            Consumers.UnionWith(Strings(saved["consumers"]));
            Separate.UnionWith(Strings(saved["separate"]));
        }

        public string ContentType => contentType;

        public HashSet<string> Hubs { get; } = [];

        public HashSet<string> Providers { get; } = [];

        public HashSet<string> Consumers { get; } = [];

        public HashSet<string> Separate { get; } = [];

        public void Remove(string hubId)
        {
            Separate.Remove(hubId);
            Hubs.Remove(hubId);
            Providers.Remove(hubId);
            Consumers.Remove(hubId);
        }

        public IEnumerable<JsonNode> Actors() => Hubs.Order(StringComparer.Ordinal).Select(id => Actor(id, Providers.Contains(id)));

        public JsonObject Save() => new()
        {
            ["contentType"] = ContentType,
            ["hubs"] = Array(Hubs),
            ["providers"] = Array(Providers),
            ["consumers"] = Array(Consumers),
            ["separate"] = Array(Separate),
        };

        private static JsonArray Array(IEnumerable<string> ids) => new([.. ids.Select(id => (JsonNode)id)]);

        private static IEnumerable<string> Strings(JsonNode? ids) => (ids as JsonArray ?? []).Select(HubInventory.Text).OfType<string>();
    }
}
