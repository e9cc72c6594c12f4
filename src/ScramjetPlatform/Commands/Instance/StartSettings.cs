using System.Linq;
using Scramjet.Client.Compat;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>What an instance is started with that takes the place of another.</summary>
internal static class StartSettings
{
    /// <summary>The other instance's settings, but its id. What isn't known of them is a warning.</summary>
    /// <param name="context">The command that warns.</param>
    /// <param name="instance">The other instance, as it is now.</param>
    /// <param name="version">The version of its hub.</param>
    public static StartOptions Of(CommandContext context, Instance instance, HubVersion version)
    {
        var unknown = new[]
        {
            instance.AppConfig is null ? "configuration" : null,
            version.SupportsStartOptions && !instance.KnowsLimits ? "limits" : null,
        };
        if (unknown.OfType<string>().ToArray() is { Length: > 0 } words)
        {
            context.Output.PostWarning(
                $"The instance '{instance.Id}' starts again without its {string.Join(" and ", words)}: " +
                "its hub doesn't tell, and it wasn't started over this connection. " +
                "Start-ScramjetSequence starts one with what you give.");
        }

        return StartOptions.Of(instance);
    }
}
