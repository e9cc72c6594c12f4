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
    public Task RequestMultiManagerAsync(Func<MultiManagerClient, Task<object>> request) => RequestAsync(places.MultiManager, request);

    public Task RequestHubsOrSpaceAsync(Func<HubClient, Task<object>> requestHub, Func<SpaceClient, Task<object>> requestSpace) =>
        places.PipedSpace is { } space
        ? RequestAsync(context.Bind(space.Client), requestSpace)
        : places.ForEachClientAsync(hub => RequestAsync(hub, requestHub));

    private async Task RequestAsync<T>(T place, Func<T, Task<object>> request) where T : ApiClient
    {
        if (context.IsFirst(place))
            await context.WriteInOrderAsync(() => request(place)).ConfigureAwait(false);
    }
}
