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

    /// <summary>The service that responded, such as <c>@scramjet/host</c>. Hubs of 0.18 don't report it.</summary>
    public string? Service { get; }

    /// <summary>The version of the API, such as <c>v1</c>.</summary>
    public string? ApiVersion { get; }

    /// <summary>The version, such as <c>1.0.1</c>.</summary>
    public string? Version { get; }

    /// <summary>The build.</summary>
    public string? Build { get; }

    /// <summary>Returns the version.</summary>
    public override string ToString() => Version ?? "";
}
