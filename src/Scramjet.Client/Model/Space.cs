using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A space: the hubs under one manager.</summary>
public sealed class Space : Resource
{
    internal Space(JsonFields fields, SpaceClient client)
    {
        Id = fields.RequiredId();
        Client = client;
        AdditionalData = fields.Rest();
    }

    /// <summary>The id, like <c>org-1b9d6bcd-manager</c>.</summary>
    public string Id { get; }

    internal SpaceClient Client { get; }

    /// <summary>The client for this space. It is a method so that JSON, lists and tables show the space alone.</summary>
    public SpaceClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
