namespace Scramjet.Client.Model;

/// <summary>The version of a hub, a space or the platform.</summary>
public sealed class VersionInfo : Entity
{
    internal VersionInfo(JsonFields fields)
    {
        Service = fields.Text("service");
        ApiVersion = fields.Text("apiVersion");
        Version = fields.Text("version");
        Build = fields.Text("build");
        AdditionalData = fields.Rest();
    }

    /// <summary>What answered, like <c>@scramjet/host</c>. Hubs of 0.18 don't say.</summary>
    public string? Service { get; }

    /// <summary>The version of the API, like <c>v1</c>.</summary>
    public string? ApiVersion { get; }

    /// <summary>The version, like <c>1.0.1</c>.</summary>
    public string? Version { get; }

    /// <summary>The build that it came from.</summary>
    public string? Build { get; }

    /// <summary>The version.</summary>
    public override string ToString() => Version ?? "";
}
