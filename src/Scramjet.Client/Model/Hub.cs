using System;
using System.Collections.Generic;
using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>A hub, as its space or the hub itself describes it.</summary>
public sealed class Hub : Resource
{
    internal Hub(JsonFields fields, HubClient client)
    {
        Id = fields.RequiredId();
        Client = ApiClient.With(client, null);
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

    /// <summary>Creates a standalone hub. The values that it doesn't report are unknown.</summary>
    /// <param name="client">The client, which has the id.</param>
    /// <param name="version">The version; null if unknown.</param>
    /// <param name="config">The response to <c>/config</c>; null if there is none.</param>
    /// <param name="status">The response to <c>/status</c>; null if there is none.</param>
    /// <param name="load">The load of its machine, where it is known.</param>
    /// <param name="entities">The ids of its sequences and instances, where they are known.</param>
    internal Hub(
        HubClient client,
        string? version = null,
        JsonFields? config = null,
        JsonFields? status = null,
        LoadCheck? load = null,
        Tuple<IReadOnlyList<string>, IReadOnlyList<string>>? entities = null)
    {
        Id = client.HubId;
        Client = ApiClient.With(client, null);
        Transport = client.Transport;
        Version = version;
        Description = config?.Text("description");
        Tags = config?.Ids("tags") ?? [];
        var space = status?.Object("cpm");
        Connected = space?.Flag("connected");
        Space = space?.Text("cpmId") is { Length: > 0 } id ? id : null;
        CpuPercent = load?.CpuPercent;
        CurrentLoad = load?.CurrentLoad;
        MemoryUsed = load?.MemoryUsed;
        MemoryFree = load?.MemoryFree;
        Sequences = entities?.Item1;
        Instances = entities?.Item2;
    }

    /// <summary>The id, such as <c>sth-0</c>.</summary>
    public string Id { get; }

    /// <summary>The id of the hub's space; null if it isn't in one, or doesn't report it.</summary>
    public string? Space { get; }

    /// <summary>
    /// The status that the space reports: <c>Healthy</c>, <c>Unhealthy</c>, <c>Disconnected</c> or <c>Unknown</c>. The status of a standalone hub is
    /// <c>Running</c>, since it responds and no space checks its health.
    /// </summary>
    public string Status => IsStandalone ? "Running"
        : Connected == false ? "Disconnected"
        : Healthy switch { true => "Healthy", false => "Unhealthy", _ => "Unknown" };

    /// <summary>Whether the space reports the hub as healthy.</summary>
    public bool? Healthy { get; }

    /// <summary>Whether the hub is connected to its space; null if it isn't in one, or doesn't report it.</summary>
    public bool? Connected { get; }

    /// <summary>Whether the space reports the hub as self-hosted, rather than run by the platform.</summary>
    public bool? SelfHosted { get; }

    /// <summary>The description.</summary>
    public string? Description { get; }

    /// <summary>The tags.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The version; null if the hub wasn't requested, or didn't respond.</summary>
    public string? Version { get; internal set; }

    /// <summary>When the hub first connected to its space.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>When the hub last connected.</summary>
    public DateTimeOffset? LastConnected { get; }

    /// <summary>When the hub last disconnected.</summary>
    public DateTimeOffset? LastDisconnected { get; }

    /// <summary>Why the hub was disconnected.</summary>
    public string? DisconnectReason { get; }

    /// <summary>The names of its topics; null if the space doesn't report them.</summary>
    public IReadOnlyList<string>? Topics { get; }

    /// <summary>
    /// The part of the CPUs that is in use, from 0 to 100, of a standalone hub that reports it. For others, see <see cref="HubClient.GetLoadAsync"/>.
    /// </summary>
    public double? CpuPercent { get; }

    /// <summary>The load now, of a standalone hub. See <see cref="LoadCheck.CurrentLoad"/>.</summary>
    public double? CurrentLoad { get; }

    /// <summary>Used memory in bytes, of a standalone hub.</summary>
    public long? MemoryUsed { get; }

    /// <summary>Free memory in bytes, of a standalone hub.</summary>
    public long? MemoryFree { get; }

    /// <summary>The ids of its sequences, where the space tells them, or of a standalone hub.</summary>
    public IReadOnlyList<string>? Sequences { get; }

    /// <summary>The ids of its instances, where the space tells them, or of a standalone hub.</summary>
    public IReadOnlyList<string>? Instances { get; }

    /// <summary>Whether the hub was requested directly, rather than through its space.</summary>
    internal bool IsStandalone => Client.SpaceId is null;

    internal HubClient Client { get; }

    /// <summary>Returns the client for this hub. It is a method, so that JSON, lists and tables show only the hub.</summary>
    public HubClient GetClient() => Client;

    private protected override string Address => Client.Address;

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}
