using System.Collections.Generic;

namespace Scramjet.LocalPlatform;

/// <summary>How to start a <see cref="LocalPlatform"/>.</summary>
public sealed class LocalPlatformOptions
{
    /// <summary>The spaces' ids; without any, there is one with an id as the platform makes them.</summary>
    public IList<string> Spaces { get; } = new List<string>();

    /// <summary>How many real hubs each space gets, with the ids sth-0, sth-1 and so on.</summary>
    public int HubsPerSpace { get; set; } = 2;

    /// <summary>Hubs that run already.</summary>
    public IList<ExternalHub> ExternalHubs { get; } = new List<ExternalHub>();

    /// <summary>The port on the loopback interface; 0 takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>The token that requests must bring; without it, a random one.</summary>
    public string? Token { get; set; }

    /// <summary>Whether requests must bring a token at all.</summary>
    public bool RequireToken { get; set; } = true;

    /// <summary>Where hubs and stores keep their files; without it, a new folder that is deleted at the end.</summary>
    public string? WorkingFolder { get; set; }
}
