using System.Collections.Generic;

namespace Scramjet.LocalPlatform;

/// <summary>What a local platform has.</summary>
public sealed class LocalPlatformOptions
{
    /// <summary>The ids of the spaces. Empty: one, with an id like the cloud's.</summary>
    public IList<string> Spaces { get; } = [];

    /// <summary>How many hubs each space has: <c>sth-0</c>, <c>sth-1</c> and so on.</summary>
    public int HubsPerSpace { get; set; } = 2;

    /// <summary>The port of the loopback interface; 0 for a free one.</summary>
    public int Port { get; set; }

    /// <summary>The bearer token; null to have one made.</summary>
    public string? Token { get; set; }
}
