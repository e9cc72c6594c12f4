using System;

namespace Scramjet.LocalPlatform;

/// <summary>A hub as its space knows it.</summary>
internal sealed class PlatformHub(string id, Uri uri, LocalHub? process)
{
    public string Id { get; } = id;

    public Uri Uri { get; } = uri;

    public LocalHub? Process { get; } = process;

    public DateTimeOffset Connected { get; } = DateTimeOffset.UtcNow;

    public DateTimeOffset? Disconnected { get; private set; }

    public string DisconnectReason { get; private set; } = "";

    public bool IsConnected => Disconnected is null;

    public void Disconnect(string reason)
    {
        Disconnected = DateTimeOffset.UtcNow;
        DisconnectReason = reason;
    }
}
