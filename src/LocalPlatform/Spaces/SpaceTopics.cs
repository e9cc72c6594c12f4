using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>A space's own topics, by name.</summary>
internal sealed class SpaceTopics
{
    /// <summary>The content types that a topic can have.</summary>
    public static readonly IReadOnlyList<string> ContentTypes = ["application/x-ndjson", "text/x-ndjson", "text/plain", "application/octet-stream"];

    private readonly Lock gate = new();
    private readonly Dictionary<string, SpaceTopic> topics = new(StringComparer.Ordinal);

    /// <summary>The topic with a name, which is made where it isn't there.</summary>
    public SpaceTopic GetOrAdd(string name, string contentType)
    {
        lock (gate)
        {
            if (!topics.TryGetValue(name, out var topic))
                topics[name] = topic = new SpaceTopic(name, contentType);
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

    /// <summary>The topics as a manager lists them.</summary>
    public IEnumerable<JsonObject> Describe()
    {
        SpaceTopic[] all;
        lock (gate)
            all = [.. topics.Values];
        return all.Select(topic => new JsonObject { ["name"] = topic.Name, ["contentType"] = topic.ContentType, ["actors"] = new JsonArray() });
    }
}
