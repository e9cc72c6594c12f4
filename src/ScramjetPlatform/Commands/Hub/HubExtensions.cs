using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>Extension methods of hubs.</summary>
internal static class HubExtensions
{
    /// <summary>Returns the client of the hub's space.</summary>
    /// <exception cref="ScramjetException"><c>NOT_SUPPORTED</c>: the hub is standalone.</exception>
    public static SpaceClient RequireSpace(this Hub hub) => hub.Client.Space ?? throw new ScramjetException(
        ErrorCodes.NotSupported,
        $"The hub '{hub.Id}' is a standalone hub: it has no space.",
        "Connect to the platform, with Connect-ScramjetPlatform -Uri.");
}
