using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Scramjet.LocalPlatform.Connections;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>A space: its hubs, keys, store and topics.</summary>
internal sealed class Space : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<HubEntry> hubs = [];
    private readonly Action changed;
    private readonly Action changedOften;

    /// <param name="id">The space's id.</param>
    /// <param name="folder">The folder of its store.</param>
    /// <param name="secret">What its keys are made with.</param>
    /// <param name="changed">Called when something has changed that must survive a restart.</param>
    /// <param name="changedOften">Called where such a change is one of many.</param>
    public Space(string id, string folder, byte[] secret, Action changed, Action changedOften)
    {
        Id = id;
        this.changed = changed;
        this.changedOften = changedOften;
        Keys = new AccessKeys(id, secret);
        Store = new PackageStore(folder);
        Topics = new SpaceTopics(Hub);
    }

    public string Id { get; }

    public DateTimeOffset Created { get; private set; } = DateTimeOffset.UtcNow;

    public AccessKeys Keys { get; }

    public PackageStore Store { get; }

    public SpaceTopics Topics { get; }

    /// <summary>The hubs, sorted by id.</summary>
    public IReadOnlyList<HubEntry> Hubs
    {
        get
        {
            lock (gate)
                return [.. hubs.OrderBy(hub => hub.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>The hub with an id.</summary>
    public HubEntry? Hub(string hubId)
    {
        lock (gate)
            return hubs.Find(hub => hub.Id == hubId);
    }

    /// <summary>Adds a hub; false where the id is taken.</summary>
    public bool Add(HubEntry hub)
    {
        lock (gate)
        {
            if (hubs.Any(other => other.Id == hub.Id))
                return false;

            hubs.Add(hub);
            return true;
        }
    }

    /// <summary>The hub with an id, which is added where it is new.</summary>
    public HubEntry GetOrAdd(string hubId)
    {
        lock (gate)
        {
            if (hubs.Find(hub => hub.Id == hubId) is { } known)
                return known;

            var hub = new HubEntry(hubId);
            hubs.Add(hub);
            return hub;
        }
    }

    /// <summary>Forgets a hub.</summary>
    public void Remove(HubEntry hub)
    {
        lock (gate)
            hubs.Remove(hub);
        Topics.Forget(hub);
        hub.Dispose();
        changed();
    }

    /// <summary>Says that something has changed that must survive a restart.</summary>
    public void Changed() => changed();

    /// <summary>Says that a hub has come or gone.</summary>
    public void HubChanged(HubEntry hub)
    {
        Topics.Arrange(hub);
        changedOften();
    }

    /// <summary>Takes in what a hub says of itself.</summary>
    public void Take(HubEntry hub, HubConnection connection, ControlMessage message)
    {
        if (message.Code != ControlCode.Topic)
            return;

        Topics.Take(hub.Id, connection.SendsTopics, message.Data);
        changedOften();
    }

    /// <summary>What a platform that is started again must know of the space.</summary>
    public JsonObject Save() => new()
    {
        ["id"] = Id,
        ["created"] = Created,
        ["keys"] = Keys.Save(),
        ["hubs"] = new JsonArray([.. Hubs.Select(hub => hub.Save()).OfType<JsonObject>()]),
        ["topics"] = Topics.Save(),
    };

    /// <summary>Takes back what was saved.</summary>
    public void Load(JsonObject saved)
    {
        Created = (DateTimeOffset)saved["created"]!;
        Keys.Load((JsonArray)saved["keys"]!);
        lock (gate)
            hubs.AddRange(((JsonArray)saved["hubs"]!).Select(hub => new HubEntry((JsonObject)hub!)));
        Topics.Load((JsonObject)saved["topics"]!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Topics.Dispose();
        foreach (var hub in Hubs)
        {
            hub.Connection?.Close("platform_stopped");
            hub.Dispose();
        }
    }
}
