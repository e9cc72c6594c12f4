using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>What a hub has told of itself in control messages.</summary>
internal sealed class HubInventory
{
    // Numbers of 0.18 hubs; newer ones write "gone".
    private const int InstanceEnded = 1;
    private const int SequenceDeleted = 1;

    private readonly Lock gate = new();
    private readonly List<string> sequences = [];
    private readonly List<string> instances = [];

    /// <summary>The hub's last load; null before the first.</summary>
    public JsonObject? Load { get; private set; }

    /// <summary>The ids of the hub's sequences.</summary>
    public IReadOnlyList<string> Sequences
    {
        get
        {
            lock (gate)
                return [.. sequences];
        }
    }

    /// <summary>The ids of the hub's instances.</summary>
    public IReadOnlyList<string> Instances
    {
        get
        {
            lock (gate)
                return [.. instances];
        }
    }

    /// <summary>Takes a message in, where it is about what is kept here.</summary>
    public void Take(ControlMessage message)
    {
        lock (gate)
        {
            switch (message.Code)
            {
                case ControlCode.Load:
                    Load = message.Data;
                    break;
                case ControlCode.Sequences:
                    Replace(sequences, message.Data["sequences"]);
                    break;
                case ControlCode.Instances:
                    Replace(instances, message.Data["instances"]);
                    break;
                case ControlCode.Sequence:
                    Change(sequences, message.Data, gone: Number(message.Data["status"]) == SequenceDeleted);
                    break;
                case ControlCode.Instance:
                    var instance = message.Data["instance"] as JsonObject ?? message.Data;
                    Change(instances, instance, gone: Text(instance["status"]) == "gone" || Number(instance["status"]) == InstanceEnded);
                    break;
            }
        }
    }

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    private static void Replace(List<string> ids, JsonNode? items)
    {
        ids.Clear();
        ids.AddRange((items as JsonArray ?? []).OfType<JsonObject>().Select(item => Text(item["id"])).OfType<string>());
    }

    private static void Change(List<string> ids, JsonObject item, bool gone)
    {
        if (Text(item["id"]) is not { } id)
            return;

        ids.Remove(id);
        if (!gone)
            ids.Add(id);
    }
}
