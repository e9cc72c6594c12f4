using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>A space: its hubs, keys, store and topics.</summary>
internal sealed class Space(string id, string folder)
{
    private readonly Lock gate = new();
    private readonly List<HubEntry> hubs = [];

    public string Id => id;

    public DateTimeOffset Created { get; } = DateTimeOffset.UtcNow;

    public AccessKeys Keys { get; } = new();

    public PackageStore Store { get; } = new(folder);

    public SpaceTopics Topics { get; } = new();

    /// <summary>The hubs in the order in which they came.</summary>
    public IReadOnlyList<HubEntry> Hubs
    {
        get
        {
            lock (gate)
                return [.. hubs];
        }
    }

    /// <summary>The hub with an id.</summary>
    public HubEntry? Hub(string hubId) => Hubs.FirstOrDefault(hub => hub.Id == hubId);

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

    /// <summary>Forgets a hub.</summary>
    public void Remove(HubEntry hub)
    {
        lock (gate)
            hubs.Remove(hub);
    }
}
