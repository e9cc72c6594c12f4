using System;

namespace Scramjet.LocalPlatform;

/// <summary>How to start a <see cref="LocalHub"/>.</summary>
public sealed class LocalHubOptions
{
    /// <summary>The hub's id.</summary>
    public string Id { get; set; } = "sth-0";

    /// <summary>The port of its API on the loopback interface; 0 for a free port.</summary>
    public int Port { get; set; }

    /// <summary>The port where its instances connect; 0 for a free port.</summary>
    public int InstancesServerPort { get; set; }

    /// <summary>
    /// The hub's folder, for its sequences and its log (hub.log). A hub that is started where another one was finds that one's
    /// sequences. Without it, a new folder is made and deleted at the end.
    /// </summary>
    public string? WorkingFolder { get; set; }

    /// <summary>The host and port of the space that the hub joins, such as 127.0.0.1:8080; null for a hub on its own.</summary>
    public string? Space { get; set; }

    /// <summary>How long the start may take, the installation of the npm packages not counted.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
