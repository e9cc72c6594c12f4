using Scramjet.LocalPlatform;
using Scramjet.Testing;

namespace ScramjetPlatform.Tests;

/// <summary>Creates sessions that are connected to the servers that a test starts.</summary>
internal static class ConnectedSessions
{
    /// <summary>Creates a session that is connected to a hub.</summary>
    public static Engine Connect(this FaultServer hub) => Engine.Connect($"-HubUri {hub.BaseUri}");

    public static Engine Connect(this FakePlatform platform) => Engine.Connect($"{platform.BaseUri} -AccessToken {FakePlatform.Token}");

    public static Engine Connect(this LocalPlatform platform) => Engine.Connect($"{platform.BaseUri} -AccessToken {platform.Token}");
}
