using System.Collections.Generic;

namespace Scramjet.LocalPlatform;

/// <summary>How to start a <see cref="LocalPlatform"/>.</summary>
public sealed class LocalPlatformOptions
{
    /// <summary>The ids of the spaces. If there are none, one space with a generated id is created.</summary>
    public IList<string> Spaces { get; } = new List<string>();

    /// <summary>The number of real hubs in each space, with the ids sth-0, sth-1 and so on.</summary>
    public int HubsPerSpace { get; set; } = 2;

    /// <summary>Running hubs to add.</summary>
    public IList<ExternalHub> ExternalHubs { get; } = new List<ExternalHub>();

    /// <summary>The port on the loopback interface; 0 for a free port.</summary>
    public int Port { get; set; }

    /// <summary>The token that requests must have; null for a random one.</summary>
    public string? Token { get; set; }

    /// <summary>Whether requests must have a token.</summary>
    public bool RequireToken { get; set; } = true;

    /// <summary>The folder for the files of hubs and stores; null for a temporary folder that is deleted at the end.</summary>
    public string? WorkingFolder { get; set; }
}
