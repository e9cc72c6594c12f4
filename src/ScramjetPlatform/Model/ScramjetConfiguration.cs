using System.Collections.Specialized;
using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>The public configuration of a hub or a space, or the information of a multi-manager.</summary>
public sealed class ScramjetConfiguration
{
    internal ScramjetConfiguration(string component, string name, string? space, string? hub, OrderedDictionary settings)
    {
        Component = component;
        Name = name;
        Space = space;
        Hub = hub;
        Settings = settings;
    }

    internal ScramjetConfiguration(MultiManagerInfo info)
        : this("MultiManager", info.Id ?? "", null, null, [])
    {
        Settings["apiBase"] = info.ApiBase;
        Settings["apiPort"] = info.ApiPort;
        Settings["managersCount"] = info.ManagersCount;
        foreach (var other in info.AdditionalData)
            Settings[other.Key] = other.Value;
    }

    /// <summary><c>Hub</c>, <c>Space</c> or <c>MultiManager</c>.</summary>
    public string Component { get; }

    /// <summary>The id of the hub, the space or the multi-manager.</summary>
    public string Name { get; }

    /// <summary>The settings, with the names that the server uses. Nested settings are dictionaries.</summary>
    public OrderedDictionary Settings { get; }

    /// <summary>The hub's id.</summary>
    public string? Hub { get; }

    /// <summary>The space's id.</summary>
    public string? Space { get; }

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}
