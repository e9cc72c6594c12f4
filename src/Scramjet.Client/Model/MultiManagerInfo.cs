namespace Scramjet.Client.Model;

/// <summary>What a multi-manager says of itself.</summary>
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

    /// <summary>The path that its API begins with.</summary>
    public string? ApiBase { get; }

    /// <summary>The port of its API.</summary>
    public int? ApiPort { get; }

    /// <summary>How many managers it runs.</summary>
    public int? ManagersCount { get; }
}
