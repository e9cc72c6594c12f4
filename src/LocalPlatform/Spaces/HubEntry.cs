using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Scramjet.LocalPlatform.Http;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>A hub as its space sees it.</summary>
internal sealed class HubEntry(ExternalHub hub)
{
    private readonly DateTimeOffset created = DateTimeOffset.UtcNow;
    private readonly Lock gate = new();
    private DateTimeOffset lastConnected = DateTimeOffset.UtcNow;
    private DateTimeOffset? lastDisconnected;

    public string Id => hub.Id;

    public Uri Uri => hub.Uri;

    public bool SelfHosted => hub.SelfHosted;

    public string? AccessKey => hub.AccessKey;

    /// <summary>Why the space let the hub go; null while it hasn't.</summary>
    public string? DisconnectReason { get; private set; }

    /// <summary>Whether the hub could be reached when last tried, and the space hasn't let it go.</summary>
    public bool IsConnected { get; private set; } = true;

    /// <summary>Lets the hub go.</summary>
    public void Disconnect(string reason)
    {
        lock (gate)
        {
            DisconnectReason = reason;
            SetConnected(false);
        }
    }

    /// <summary>Takes the hub back.</summary>
    public void Connect()
    {
        lock (gate)
        {
            DisconnectReason = null;
            SetConnected(true);
        }
    }

    /// <summary>Notes whether something listens at the hub's address.</summary>
    public void Seen(bool reachable)
    {
        lock (gate)
        {
            if (DisconnectReason is null)
                SetConnected(reachable);
        }
    }

    /// <summary>The hub's entry in the space's list.</summary>
    public JsonObject Describe(bool healthy, IEnumerable<string> topics, IEnumerable<string> sequences, IEnumerable<string> instances)
    {
        lock (gate)
        {
            var info = new JsonObject { ["created"] = Answer.Time(created), ["lastConnected"] = Answer.Time(lastConnected) };
            if (lastDisconnected is { } time)
                info["lastDisconnected"] = Answer.Time(time);
            return new JsonObject
            {
                ["id"] = Id,
                ["info"] = info,
                ["healthy"] = healthy && IsConnected,
                ["isConnectionActive"] = IsConnected,
                ["selfHosted"] = SelfHosted,
                ["description"] = hub.Description,
                ["tags"] = Strings(hub.Tags),
                ["disconnectReason"] = DisconnectReason ?? "",
                ["topics"] = Strings(topics),
                ["sequences"] = Strings(sequences),
                ["instances"] = Strings(instances),
            };
        }
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);

    private void SetConnected(bool value)
    {
        if (IsConnected == value)
            return;

        IsConnected = value;
        if (value)
            lastConnected = DateTimeOffset.UtcNow;
        else
            lastDisconnected = DateTimeOffset.UtcNow;
    }
}
