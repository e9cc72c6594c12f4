using System;
using System.Collections.Concurrent;

namespace Scramjet.Client.Http;

/// <summary>What is known of the hubs' versions, by their addresses. A hub that has connected anew since may have another.</summary>
internal sealed class HubVersions
{
    private readonly ConcurrentDictionary<string, HubVersion> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _connected = new(StringComparer.Ordinal);

    public HubVersion? Find(string address) => _known.TryGetValue(address, out var version) ? version : null;

    public HubVersion Set(string address, HubVersion version) => _known[address] = version;

    /// <summary>Takes note of when a hub was last connected to its space.</summary>
    public void SeeConnected(string address, DateTimeOffset? since)
    {
        if (since is not { } time)
            return;

        var before = _connected.GetOrAdd(address, time);
        if (before == time)
            return;

        _connected[address] = time;
        _known.TryRemove(address, out _);
    }
}
