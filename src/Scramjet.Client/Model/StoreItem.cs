using System.Collections.Specialized;
using Scramjet.Client.Api;
using Scramjet.Client.Json;

namespace Scramjet.Client.Model;

/// <summary>A package in a space's store.</summary>
public sealed class StoreItem : Resource
{
    private readonly OrderedDictionary? _config;

    internal StoreItem(JsonFields fields, SpaceClient client)
    {
        Id = fields.RequiredId();
        Space = client.SpaceId;
        Client = ApiClient.With(client, null);
        var config = fields.Object("config") ?? fields;
        Name = config.Text("name");
        Version = config.Text("version");
        Description = config.Text("description");
        _config = (OrderedDictionary?)JsonText.ToPlain(config.Source);
        AdditionalData = fields.Rest();
    }

    /// <summary>The id in the store.</summary>
    public string Id { get; }

    /// <summary>The name from its package.json.</summary>
    public string? Name { get; }

    /// <summary>The version from its package.json.</summary>
    public string? Version { get; }

    /// <summary>The description from its package.json.</summary>
    public string? Description { get; }

    /// <summary>Returns the configuration that the store created from the package.</summary>
    public OrderedDictionary? GetConfig() => _config;

    /// <summary>The space's id.</summary>
    public string Space { get; }

    internal SpaceClient Client { get; }

    /// <summary>Returns the client for the space. It is a method, so that JSON, lists and tables show only the package.</summary>
    public SpaceClient GetClient() => Client;

    private protected override string Address => $"{Client.Address}/s3/{System.Uri.EscapeDataString(Id)}";

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}
