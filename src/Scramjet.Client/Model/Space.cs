using System.Collections.Generic;
using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A space: a manager and its hubs.</summary>
public sealed class Space : Resource
{
    internal Space(JsonFields fields, SpaceClient client)
    {
        Id = fields.RequiredId();
        Client = ApiClient.With(client, null);
        AdditionalData = fields.Rest();
    }

    /// <summary>The id, such as <c>org-1b9d6bcd-manager</c>.</summary>
    public string Id { get; }

    /// <summary>The ids of its hubs; null if they weren't requested, or could not be listed.</summary>
    public IReadOnlyList<string>? Hubs { get; internal set; }

    internal SpaceClient Client { get; }

    /// <summary>Returns the client for this space. It is a method, so that JSON, lists and tables show only the space.</summary>
    public SpaceClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}
