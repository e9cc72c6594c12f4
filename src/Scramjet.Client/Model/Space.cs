using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A space: the hubs under one manager.</summary>
public sealed class Space : Resource
{
    internal Space(JsonFields fields, SpaceClient client)
    {
        Id = fields.RequiredId();
        Client = ApiClient.With(client, null);
        AdditionalData = fields.Rest();
    }

    /// <summary>The id, like <c>org-1b9d6bcd-manager</c>.</summary>
    public string Id { get; }

    internal SpaceClient Client { get; }

    /// <summary>The client for this space. A method, so that JSON, lists and tables show only the space.</summary>
    public SpaceClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
