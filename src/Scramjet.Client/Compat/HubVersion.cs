using System;
using System.Collections.Concurrent;

namespace Scramjet.Client.Compat;

/// <summary>A hub's version and what it supports. A hub that doesn't report its version is treated as a new one.</summary>
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

    /// <summary>The version that the hub reports, such as <c>1.0.1</c>.</summary>
    public string Text => Known ?? "unknown";

    /// <summary>
    /// Whether the hub has the routes that were added in 0.26: updating a sequence, entities, configuration, status, audit, and creating and deleting topics.
    /// </summary>
    public bool SupportsManagement => IsAtLeast(s_management);

    /// <summary>Whether the hub's list of instances contains more than their ids.</summary>
    public bool ListsInstanceDetails => IsAtLeast(s_management);

    /// <summary>Whether an instance can be started with topics, limits and an id.</summary>
    public bool SupportsStartOptions => IsAtLeast(s_management);

    /// <summary>Whether input can be binary. Otherwise it must be UTF-8 text.</summary>
    public bool SupportsBinaryInput => IsAtLeast(s_management);

    /// <summary>Whether the hub forwards requests to the space that it is connected to.</summary>
    public bool SupportsSpaceRoute => IsAtLeast(s_spaceRoute);

    /// <summary>The version that the hub reports; null if it doesn't.</summary>
    internal string? Known { get; }

    /// <summary>The messages for the hub's instances.</summary>
    internal InstanceMessages Messages { get; }

    /// <summary>Returns the version that the hub reports.</summary>
    public override string ToString() => Text;

    internal static HubVersion Parse(string? text)
    {
        var core = text?.Split('-', '+')[0];
        return new HubVersion(text, Version.TryParse(core, out var number) ? number : null);
    }

    private bool IsAtLeast(Version version) => _number is null || _number >= version;
}

/// <summary>The known versions of hubs, by address. A version is forgotten when the hub reconnects to its space, since it may have been updated.</summary>
internal sealed class HubVersions
{
    private readonly ConcurrentDictionary<string, HubVersion> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _connected = new(StringComparer.Ordinal);

    public HubVersion? Find(string address) => _known.TryGetValue(address, out var version) ? version : null;

    public HubVersion Set(string address, HubVersion version) => _known[address] = version;

    /// <summary>Records when a hub last connected to its space.</summary>
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
