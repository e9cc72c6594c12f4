using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>The version of a part of the platform, or of this module.</summary>
public sealed class ScramjetVersion
{
    internal ScramjetVersion(string component, string name, string? space, VersionInfo info)
    {
        Component = component;
        Name = name;
        Space = space;
        Version = info.Version;
        Service = info.Service;
        ApiVersion = info.ApiVersion;
        Build = info.Build;
        AdditionalData = info.AdditionalData;
    }

    internal ScramjetVersion(string module, string version)
    {
        Component = "Module";
        Name = module;
        Version = version;
    }

    /// <summary><c>Module</c>, <c>Platform</c>, <c>Space</c> or <c>Hub</c>.</summary>
    public string Component { get; }

    /// <summary>The module's name, the connection's, or the id of the space or hub.</summary>
    public string Name { get; }

    /// <summary>The space of a hub.</summary>
    public string? Space { get; }

    /// <summary>The version.</summary>
    public string? Version { get; }

    /// <summary>What answered, like <c>@scramjet/host</c>.</summary>
    public string? Service { get; }

    /// <summary>The version of the API.</summary>
    public string? ApiVersion { get; }

    /// <summary>The build that it came from.</summary>
    public string? Build { get; }

    /// <summary>What else the answer said, such as the versions of the platform's parts.</summary>
    public System.Collections.Generic.IReadOnlyDictionary<string, object?>? AdditionalData { get; }

    /// <summary>The version.</summary>
    public override string ToString() => Version ?? "";
}
