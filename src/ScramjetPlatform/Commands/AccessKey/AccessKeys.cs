using System;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>The common code of the commands for access keys.</summary>
internal static class AccessKeys
{
    /// <summary>Calls the body for each space of a record. To change keys, a space must be specified, unless there is only one.</summary>
    public static async Task ForEachNamedSpaceAsync(CommandContext context, Places places, bool isNamed, Func<Space, Task> body)
    {
        var spaces = await RequestContext.CollectAsync<Space>(places.ForEachSpaceAsync).ConfigureAwait(false);
        if (!isNamed && spaces.Count > 1)
        {
            throw new ScramjetException(
                ErrorCodes.Ambiguous,
                $"There are {spaces.Count} spaces: {string.Join(", ", spaces.Select(s => s.Id))}.",
                "Specify one with -Space, or * for all, or set one with Set-ScramjetContext.");
        }

        await Task.WhenAll(spaces.Select(space => context.GuardAsync(space, () => body(space)))).ConfigureAwait(false);
    }

    /// <summary>Returns the client of the platform that has the keys of a space.</summary>
    public static MiddlewareClient GetMiddleware(CommandContext context, Space space) => space.Client.Middleware is { } middleware
        ? context.Bind(middleware)
        : throw new ScramjetException(
            ErrorCodes.NotSupported,
            $"The space '{space.Id}' was found through a multi-manager, which has no access keys.",
            "Connect to the platform, with Connect-ScramjetPlatform -Uri.");
}
