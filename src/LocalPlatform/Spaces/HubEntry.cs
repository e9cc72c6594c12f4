using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.LocalPlatform.Connections;
using Scramjet.LocalPlatform.Http;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>A hub as its space sees it: one that joins by itself, or one that is reached at its address.</summary>
internal sealed class HubEntry : IDisposable
{
    // A 0.18 hub that was disconnected comes again every 2 seconds. One that comes after a longer time was started again.
    private static readonly TimeSpan ComesAgainWithin = TimeSpan.FromSeconds(8);

    private readonly Lock gate = new();
    private readonly AddressLink? address;
    private readonly DateTimeOffset created;
    private HubConnection? connection;
    private DateTimeOffset? lastConnected;
    private DateTimeOffset? lastDisconnected;
    private DateTimeOffset lastRefused;
    private string description = "";
    private IReadOnlyList<string> tags = [];
    private string? lossReason;
    private bool isReachable = true;

    /// <summary>A hub that is reached at its address.</summary>
    public HubEntry(ExternalHub hub)
    {
        Id = hub.Id;
        SelfHosted = hub.SelfHosted;
        KeyId = hub.AccessKey is { } key ? AccessKeys.IdOf(key) : null;
        description = hub.Description;
        tags = hub.Tags;
        address = new AddressLink(hub.Uri);
        created = DateTimeOffset.UtcNow;
        lastConnected = created;
    }

    /// <summary>A hub that joins.</summary>
    public HubEntry(string id)
    {
        Id = id;
        created = DateTimeOffset.UtcNow;
    }

    /// <summary>A hub that has joined before the platform was started.</summary>
    public HubEntry(JsonObject saved)
    {
        Id = (string)saved["id"]!;
        created = (DateTimeOffset)saved["created"]!;
        lastConnected = (DateTimeOffset?)saved["lastConnected"];
        lastDisconnected = (DateTimeOffset?)saved["lastDisconnected"];
        description = (string?)saved["description"] ?? "";
        tags = [.. (saved["tags"] as JsonArray ?? []).Select(tag => (string)tag!)];
        KeyId = (string?)saved["key"];
        DropReason = (string?)saved["dropReason"];
        lossReason = "connection_closed";
    }

    public string Id { get; }

    public bool SelfHosted { get; } = true;

    /// <summary>The id of the access key with which the hub has joined.</summary>
    public string? KeyId { get; private set; }

    /// <summary>The hub's address in the network.</summary>
    public IPAddress? RemoteAddress { get; private set; }

    /// <summary>Why the space let the hub go; null while it hasn't.</summary>
    public string? DropReason { get; private set; }

    /// <summary>The connection of a hub that has joined; null while it is away.</summary>
    public HubConnection? Connection
    {
        get
        {
            lock (gate)
                return connection;
        }
    }

    /// <summary>The way to the hub; null while there is none.</summary>
    public HubLink? Link
    {
        get
        {
            lock (gate)
                return DropReason is null ? address ?? (HubLink?)connection : null;
        }
    }

    /// <summary>Whether the hub is reached at its address.</summary>
    public bool HasAddress => address is not null;

    /// <summary>Whether there is a way to the hub that worked when last tried.</summary>
    public bool IsConnected
    {
        get
        {
            lock (gate)
                return DropReason is null && (address is null ? connection is not null : isReachable);
        }
    }

    /// <summary>Whether the hub is connected and says something from time to time.</summary>
    public bool IsHealthy => Connection is { IsResponding: true };

    /// <summary>Takes the connection of a hub that has joined; false where it has another.</summary>
    public bool Join(HubConnection joined, HubGreeting greeting, IPAddress? remote)
    {
        lock (gate)
        {
            if (connection is not null)
                return false;

            connection = joined;
            lastConnected = DateTimeOffset.UtcNow;
            description = greeting.Description;
            tags = greeting.Tags;
            KeyId = greeting.KeyId;
            RemoteAddress = remote;
            DropReason = lossReason = null;
            return true;
        }
    }

    /// <summary>Notes that a connection has ended; false where the hub has another by now.</summary>
    public bool Leave(HubConnection left)
    {
        lock (gate)
        {
            if (connection != left)
                return false;

            connection = null;
            lossReason = left.CloseReason ?? "connection_closed";
            lastDisconnected = DateTimeOffset.UtcNow;
            return true;
        }
    }

    /// <summary>Lets the hub go, and tells it not to come again.</summary>
    public async Task DropAsync(string reason, ControlCode code)
    {
        HubConnection? dropped;
        lock (gate)
        {
            DropReason = reason;
            lastRefused = DateTimeOffset.UtcNow;
            lastDisconnected = lastRefused;
            dropped = connection;
        }

        if (dropped is not null)
            await dropped.DropAsync(code).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a hub is refused because it was let go: one that was told doesn't come again by itself, but a 0.18 hub can't be told.
    /// </summary>
    public bool RefusesAgain(bool isOlder)
    {
        lock (gate)
        {
            if (DropReason is null || !isOlder)
                return false;

            var now = DateTimeOffset.UtcNow;
            var again = now - lastRefused < ComesAgainWithin;
            lastRefused = now;
            return again;
        }
    }

    /// <summary>Takes a hub back that is reached at its address.</summary>
    public void Reconnect()
    {
        lock (gate)
        {
            DropReason = null;
            lastConnected = DateTimeOffset.UtcNow;
        }
    }

    /// <summary>Notes whether something listens at the hub's address.</summary>
    public void Seen(bool reachable)
    {
        lock (gate)
        {
            if (address is null || isReachable == reachable)
                return;

            isReachable = reachable;
            if (reachable)
                lastConnected = DateTimeOffset.UtcNow;
            else
                lastDisconnected = DateTimeOffset.UtcNow;
        }
    }

    /// <summary>The hub's entry in the space's list.</summary>
    public JsonObject Describe(bool healthy, IEnumerable<string> topics, IEnumerable<string> sequences, IEnumerable<string> instances)
    {
        lock (gate)
        {
            var info = new JsonObject { ["created"] = Answer.Time(created) };
            if (lastConnected is { } connected)
                info["lastConnected"] = Answer.Time(connected);
            if (lastDisconnected is { } disconnected)
                info["lastDisconnected"] = Answer.Time(disconnected);
            return new JsonObject
            {
                ["id"] = Id,
                ["info"] = info,
                ["healthy"] = healthy && IsConnected,
                ["isConnectionActive"] = IsConnected,
                ["selfHosted"] = SelfHosted,
                ["description"] = description,
                ["tags"] = Strings(tags),
                ["disconnectReason"] = DropReason ?? (IsConnected ? null : lossReason) ?? "",
                ["topics"] = Strings(topics),
                ["sequences"] = Strings(sequences),
                ["instances"] = Strings(instances),
            };
        }
    }

    /// <summary>What a platform that is started again must know of the hub; null for one that is reached at its address.</summary>
    public JsonObject? Save()
    {
        lock (gate)
        {
            return address is not null ? null : new JsonObject
            {
                ["id"] = Id,
                ["created"] = created,
                ["lastConnected"] = lastConnected,
                ["lastDisconnected"] = lastDisconnected,
                ["description"] = description,
                ["tags"] = Strings(tags),
                ["key"] = KeyId,
                ["dropReason"] = DropReason,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => address?.Dispose();

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
