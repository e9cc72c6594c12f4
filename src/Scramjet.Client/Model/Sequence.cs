using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A sequence: a program package that a hub holds.</summary>
public sealed class Sequence : Resource
{
    internal Sequence(JsonFields fields, SequenceClient client)
    {
        Id = fields.RequiredId();
        Client = client;
        Hub = client.Hub.HubId;
        Space = client.Hub.SpaceId;
        Instances = fields.Ids("instances") ?? [];
        Facts = new SequenceFacts(fields);
        var config = fields.Object("config");
        Description = config?.Text("description");
        Language = config?.Text("language");
        EntryPoint = config?.Text("entrypointPath");
        Engines = config?.Object("engines")?.Source.Properties().Select(p => p.Name).ToArray() ?? [];
        PackageSize = config?.Integer("packageSize");
        AdditionalData = fields.Rest();
    }

    /// <summary>The id that the hub gave it.</summary>
    public string Id { get; }

    /// <summary>The name from its package.json; several sequences may have the same.</summary>
    public string? Name => Facts.Name;

    /// <summary>The version from its package.json.</summary>
    public string? Version => Facts.Version;

    /// <summary>The description from its package.json.</summary>
    public string? Description { get; }

    /// <summary>The language, like <c>js</c> or <c>py</c>, where the hub tells it.</summary>
    public string? Language { get; }

    /// <summary>The engines that it needs, like <c>node</c> or <c>python3</c>.</summary>
    public IReadOnlyList<string> Engines { get; }

    /// <summary>The file that is run, relative to the package.</summary>
    public string? EntryPoint { get; }

    /// <summary>The package's size in bytes, where the hub tells it.</summary>
    public long? PackageSize { get; }

    /// <summary>The ids of its instances.</summary>
    public IReadOnlyList<string> Instances { get; }

    /// <summary>The id of the hub that holds it, in that hub's own words.</summary>
    public string? Location => Facts.Location;

    /// <summary>The configuration that the hub made of the package, whole.</summary>
    public OrderedDictionary? GetConfig() => Facts.Config;

    /// <summary>The id of the hub that it was asked of.</summary>
    public string? Hub { get; }

    /// <summary>The id of the space that the hub is in; null for a hub that is used alone.</summary>
    public string? Space { get; }

    internal SequenceFacts Facts { get; }

    internal SequenceClient Client { get; }

    /// <summary>The client for this sequence. It is a method so that JSON, lists and tables show the sequence alone.</summary>
    public SequenceClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
