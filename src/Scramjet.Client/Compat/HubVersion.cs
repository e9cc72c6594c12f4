using System;
using System.Collections.Concurrent;

namespace Scramjet.Client.Compat;

/// <summary>A hub's version and what it supports. A hub that doesn't give its version is taken for a new one.</summary>
public sealed class HubVersion
{
    private static readonly Version s_management = new(0, 26);
    private static readonly Version s_spaceRoute = new(1, 0);

    private readonly Version? _number;

    private HubVersion(string? text, Version? number)
    {
        Known = text;
        _number = number;
        Messages = number is { Major: 0, Minor: <= 26 } ? InstanceMessages.Legacy : InstanceMessages.Current;
    }

    /// <summary>The version as the hub gives it, such as <c>1.0.1</c>.</summary>
    public string Text => Known ?? "unknown";

    /// <summary>
    /// Whether the hub has the routes that were added in 0.26: updating a sequence, entities, configuration, status, audit, and creating and deleting topics.
    /// </summary>
    public bool SupportsManagement => IsAtLeast(s_management);

    /// <summary>Whether the hub's list of instances has more than their ids.</summary>
    public bool ListsInstanceDetails => IsAtLeast(s_management);

    /// <summary>Whether an instance can be started with topics, limits and an id.</summary>
    public bool SupportsStartOptions => IsAtLeast(s_management);

    /// <summary>Whether input can be any bytes. Otherwise it is UTF-8 text.</summary>
    public bool SupportsBinaryInput => IsAtLeast(s_management);

    /// <summary>Whether the hub forwards requests to the space that it is connected to.</summary>
    public bool SupportsSpaceRoute => IsAtLeast(s_spaceRoute);

    /// <summary>The version as the hub gives it; null if it doesn't.</summary>
    internal string? Known { get; }

    /// <summary>What is sent to the hub's instances.</summary>
    internal InstanceMessages Messages { get; }

    /// <summary>The version as the hub gives it.</summary>
    public override string ToString() => Text;

    internal static HubVersion Parse(string? text)
    {
        var core = text?.Split('-', '+')[0];
        return new HubVersion(text, Version.TryParse(core, out var number) ? number : null);
    }

    private bool IsAtLeast(Version version) => _number is null || _number >= version;
}

/// <summary>The known versions of hubs, by their addresses. A hub that has connected to its space again since may have another.</summary>
internal sealed class HubVersions
{
    private readonly ConcurrentDictionary<string, HubVersion> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _connected = new(StringComparer.Ordinal);

    public HubVersion? Find(string address) => _known.TryGetValue(address, out var version) ? version : null;

    public HubVersion Set(string address, HubVersion version) => _known[address] = version;

    /// <summary>Records when a hub was last connected to its space.</summary>
    public void SetConnected(string address, DateTimeOffset? since)
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
