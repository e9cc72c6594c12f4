namespace Scramjet.Client.Model;

/// <summary>Information about a multi-manager.</summary>
public sealed class MultiManagerInfo : Entity
{
    internal MultiManagerInfo(JsonFields fields)
    {
        Id = fields.Text("id");
        ApiBase = fields.Text("apiBase");
        ApiPort = (int?)fields.Integer("apiPort");
        ManagersCount = (int?)fields.Integer("managersCount");
        AdditionalData = fields.Rest();
    }

    /// <summary>The id.</summary>
    public string? Id { get; }

    /// <summary>The base path of its API.</summary>
    public string? ApiBase { get; }

    /// <summary>The port of its API.</summary>
    public int? ApiPort { get; }

    /// <summary>The number of managers that it runs.</summary>
    public int? ManagersCount { get; }
}
