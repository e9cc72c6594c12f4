using System.Collections.Generic;
using System.Net;
using System.Security.Cryptography.X509Certificates;

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

    /// <summary>The address to listen on. On any other than a loopback address, and with a certificate, hubs need an access key to join.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The port; 0 for a free port.</summary>
    public int Port { get; set; }

    /// <summary>The certificate with its private key, for TLS; null for plain HTTP.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Whether hubs need an access key to join on a loopback address too.</summary>
    public bool RequireKeys { get; set; }

    /// <summary>The token that requests must have; null for the one of the working folder, or a random one.</summary>
    public string? Token { get; set; }

    /// <summary>Whether requests must have a token.</summary>
    public bool RequireToken { get; set; } = true;

    /// <summary>
    /// The folder for the platform's state, and the files of hubs and stores. A platform that is started again with the folder has the same spaces,
    /// hubs, keys and stores. Null for a temporary folder that is deleted at the end.
    /// </summary>
    public string? WorkingFolder { get; set; }

    /// <summary>Whether others than the user of this computer use the platform, who need a token, and whose hubs need keys.</summary>
    internal bool IsForOthers => !IPAddress.IsLoopback(Address) || Certificate is not null;
}
