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

    /// <summary>The name of the module or the connection, or the id of the space or hub.</summary>
    public string Name { get; }

    /// <summary>The space of a hub.</summary>
    public string? Space { get; }

    /// <summary>The version.</summary>
    public string? Version { get; }

    /// <summary>The service that responded, such as <c>@scramjet/host</c>.</summary>
    public string? Service { get; }

    /// <summary>The version of the API.</summary>
    public string? ApiVersion { get; }

    /// <summary>The build.</summary>
    public string? Build { get; }

    /// <summary>The other fields of the response, such as the versions of the platform's components.</summary>
    public System.Collections.Generic.IReadOnlyDictionary<string, object?>? AdditionalData { get; }

    /// <summary>Returns the version.</summary>
    public override string ToString() => Version ?? "";
}
