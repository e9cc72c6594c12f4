using System;
using System.Threading.Tasks;
using Scramjet.Client;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Scope;

/// <summary>
/// Requests information from parts of a platform: hubs, a piped space, or the multi-manager. Each part is requested once, even if several records lead to it.
/// </summary>
/// <param name="context">The command's requests and output.</param>
/// <param name="places">The places of the record.</param>
internal sealed class PlatformParts(CommandContext context, Places places)
{
    public Task AskMultiManagerAsync(Func<MultiManagerClient, Task<object>> ask) => AskAsync(places.MultiManager, ask);

    public Task AskHubsOrSpaceAsync(Func<HubClient, Task<object>> askHub, Func<SpaceClient, Task<object>> askSpace) => places.PipedSpace is { } space
        ? AskAsync(context.Bind(space.Client), askSpace)
        : places.ForEachClientAsync(hub => AskAsync(hub, askHub));

    private async Task AskAsync<T>(T place, Func<T, Task<object>> ask) where T : ApiClient
    {
        if (context.IsFirst(place))
            await context.Output.WriteAsync(await ask(place).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
