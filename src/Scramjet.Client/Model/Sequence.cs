using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A sequence: a package with a program on a hub.</summary>
public sealed class Sequence : Resource
{
    internal Sequence(JsonFields fields, SequenceClient client)
    {
        Id = fields.RequiredId();
        Client = ApiClient.With(client, null);
        Hub = Client.Hub.HubId;
        Space = Client.Hub.SpaceId;
        Instances = fields.Ids("instances") ?? [];
        Facts = new SequenceFacts(fields);
        var config = fields.Object("config");
        Description = config?.Text("description");
        Language = config?.Text("language");
        EntryPoint = config?.Text("entrypointPath");
        Engines = config?.Object("engines")?.Source.Fields.Select(static f => f.Key).ToArray() ?? [];
        PackageSize = config?.Integer("packageSize");
        AdditionalData = fields.Rest();
    }

    /// <summary>The id that the hub assigned.</summary>
    public string Id { get; }

    /// <summary>The name from its package.json. Several sequences can have the same name.</summary>
    public string? Name => Facts.Name;

    /// <summary>The version from its package.json.</summary>
    public string? Version => Facts.Version;

    /// <summary>The description from its package.json.</summary>
    public string? Description { get; }

    /// <summary>The language, such as <c>js</c> or <c>py</c>, if the hub reports it.</summary>
    public string? Language { get; }

    /// <summary>The required engines, such as <c>node</c> or <c>python3</c>.</summary>
    public IReadOnlyList<string> Engines { get; }

    /// <summary>The path of the file to run, relative to the package.</summary>
    public string? EntryPoint { get; }

    /// <summary>The size of the package in bytes, if the hub reports it.</summary>
    public long? PackageSize { get; }

    /// <summary>
    /// When it was uploaded, or last replaced. Hubs don't give it with a sequence, so it is null unless it was set from
    /// <see cref="HubClient.GetUploadTimesAsync"/>.
    /// </summary>
    public DateTimeOffset? Created { get; internal set; }

    /// <summary>The ids of its instances.</summary>
    public IReadOnlyList<string> Instances { get; }

    /// <summary>The id of the hub that the sequence is on, as that hub reports it.</summary>
    public string? Location => Facts.Location;

    /// <summary>Returns the configuration that the hub created from the package.</summary>
    public OrderedDictionary? GetConfig() => Facts.Config;

    /// <summary>The id of the hub that returned the sequence.</summary>
    public string? Hub { get; }

    /// <summary>The id of the hub's space; null for a standalone hub.</summary>
    public string? Space { get; }

    internal SequenceFacts Facts { get; }

    internal SequenceClient Client { get; }

    /// <summary>Returns the client for this sequence. It is a method, so that JSON, lists and tables show only the sequence.</summary>
    public SequenceClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}
