using System;
using System.Collections.Generic;
using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A hub, as its space knows it or, used alone, as it tells of itself.</summary>
public sealed class Hub : Resource
{
    internal Hub(JsonFields fields, HubClient client)
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

    /// <summary>A hub that is used alone: what it doesn't tell of itself isn't known.</summary>
    /// <param name="client">The client, which knows the id.</param>
    /// <param name="version">The version.</param>
    /// <param name="config">The answer to <c>/config</c>, where there is one.</param>
    /// <param name="status">The answer to <c>/status</c>, where there is one.</param>
    internal Hub(HubClient client, string? version = null, JsonFields? config = null, JsonFields? status = null)
    {
        Id = client.HubId;
        Client = client;
        Transport = client.Transport;
        Version = version;
        Description = config?.Text("description");
        Tags = config?.Ids("tags") ?? [];
        var space = status?.Object("cpm");
        Connected = space?.Flag("connected");
        Space = space?.Text("cpmId") is { Length: > 0 } id ? id : null;
    }

    /// <summary>The id, like <c>sth-0</c>.</summary>
    public string Id { get; }

    /// <summary>The id of the space that the hub is in; null for one that is in none, or doesn't tell.</summary>
    public string? Space { get; }

    /// <summary>
    /// In a word: <c>Healthy</c>, <c>Unhealthy</c>, <c>Disconnected</c> or <c>Unknown</c>, as its space knows it; <c>Running</c> for a hub that is
    /// used alone, which has answered and has nobody who judges it.
    /// </summary>
    public string Status => IsAlone ? "Running" : Connected == false ? "Disconnected" : Healthy switch { true => "Healthy", false => "Unhealthy", _ => "Unknown" };

    /// <summary>Whether its load checks are fine, as its space knows it.</summary>
    public bool? Healthy { get; }

    /// <summary>Whether it is connected to its space now; null where it is in none, or doesn't tell.</summary>
    public bool? Connected { get; }

    /// <summary>Whether its owner runs it, rather than the platform, as its space knows it.</summary>
    public bool? SelfHosted { get; }

    /// <summary>What its owner wrote about it.</summary>
    public string? Description { get; }

    /// <summary>Its owner's tags.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The version; null where the hub wasn't asked, or didn't answer.</summary>
    public string? Version { get; internal set; }

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

    /// <summary>Whether it was asked by its own address, rather than through its space.</summary>
    internal bool IsAlone => Client.SpaceId is null;

    internal HubClient Client { get; }

    /// <summary>The client for this hub. It is a method so that JSON, lists and tables show the hub alone.</summary>
    public HubClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
