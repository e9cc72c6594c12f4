using System;
using System.Collections.Generic;

namespace Scramjet.Client.Model;

/// <summary>A hub, as its space knows it or, self-hosted, as it tells of itself.</summary>
public sealed class Hub : Entity
{
    internal Hub(JsonFields fields, HostClient client)
    {
        Id = fields.RequiredId();
        Client = client;
        Space = client.SpaceId;
        Healthy = fields.Flag("healthy");
        Connected = fields.Flag("isConnectionActive");
        SelfHosted = fields.Flag("selfHosted");
        Description = fields.Text("description");
        Tags = fields.Ids("tags") ?? [];
        DisconnectReason = fields.Text("disconnectReason") is { Length: > 0 } reason ? reason : null;
        Topics = fields.Ids("topics");
        Sequences = fields.Ids("sequences");
        Instances = fields.Ids("instances");
        if (fields.Object("info") is { } info)
        {
            Created = info.Time("created");
            LastConnected = info.Time("lastConnected");
            LastDisconnected = info.Time("lastDisconnected");
        }

        AdditionalData = fields.Rest();
    }

    internal Hub(string id, string version, HostClient client)
    {
        Id = id;
        Client = client;
        Version = version;
        Healthy = true;
        Connected = true;
        SelfHosted = true;
        Tags = [];
    }

    /// <summary>The id, like <c>sth-0</c>.</summary>
    public string Id { get; }

    /// <summary>The id of the space that the hub is in; null for a hub that is used alone.</summary>
    public string? Space { get; }

    /// <summary>In a word: <c>Healthy</c>, <c>Unhealthy</c>, <c>Disconnected</c>, or <c>Unknown</c>.</summary>
    public string Status => Connected == false ? "Disconnected" : Healthy switch { true => "Healthy", false => "Unhealthy", _ => "Unknown" };

    /// <summary>Whether its load checks are fine.</summary>
    public bool? Healthy { get; }

    /// <summary>Whether it is connected to its space now.</summary>
    public bool? Connected { get; }

    /// <summary>Whether its owner runs it, rather than the platform.</summary>
    public bool? SelfHosted { get; }

    /// <summary>What its owner wrote about it.</summary>
    public string? Description { get; }

    /// <summary>Its owner's tags.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The version; known where the hub itself was asked.</summary>
    public string? Version { get; }

    /// <summary>When it was first connected to its space.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>When it was last connected.</summary>
    public DateTimeOffset? LastConnected { get; }

    /// <summary>When it was last disconnected.</summary>
    public DateTimeOffset? LastDisconnected { get; }

    /// <summary>Why it was disconnected.</summary>
    public string? DisconnectReason { get; }

    /// <summary>The names of its topics, where the space tells them.</summary>
    public IReadOnlyList<string>? Topics { get; }

    /// <summary>The ids of its sequences, where the space tells them.</summary>
    public IReadOnlyList<string>? Sequences { get; }

    /// <summary>The ids of its instances, where the space tells them.</summary>
    public IReadOnlyList<string>? Instances { get; }

    /// <summary>The hub's own address.</summary>
    public Uri Uri => Client.Uri;

    internal HostClient Client { get; }

    /// <summary>The client for this hub. It is a method so that JSON, lists and tables show the hub alone.</summary>
    public HostClient GetClient() => Client;

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
