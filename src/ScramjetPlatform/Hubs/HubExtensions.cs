using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>What cmdlets ask of hubs.</summary>
internal static class HubExtensions
{
    /// <summary>The client of the space that the hub is in.</summary>
    /// <exception cref="ScramjetException"><c>NOT_SUPPORTED</c>: the hub is used alone.</exception>
    public static SpaceClient RequireSpace(this Hub hub) => hub.Client.Space
        ?? throw new ScramjetException(ErrorCodes.NotSupported, $"The hub '{hub.Id}' is used alone: it is in no space that could let it go.", "Connect to the platform, with Connect-ScramjetPlatform -Uri.");
}
