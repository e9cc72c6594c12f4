using System;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Scramjet.LocalPlatform.Connections;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>Lets hubs join their spaces.</summary>
internal sealed class HubRegister(PlatformState state, ChannelTransport channels) : IHubRegister
{
    private const int LongestId = 200;

    private const string Refused = "403 Forbidden";
    private const string NotFound = "404 Not Found";
    private const string Conflict = "409 Conflict";

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<string?> CheckAsync(HubGreeting greeting, ListenerInfo listener)
    {
        if (SpaceOf(greeting, listener) is not { } space || greeting.HubId?.Length > LongestId)
            return NotFound;

        greeting.SendsTopics = greeting.IsOlder && listener.Hub is null;
        if (listener.Hub is { } expected && expected.HubId != greeting.HubId)
            return Refused;
        if (greeting.Digest is { } proof)
            greeting.KeyId = await space.Keys.CheckAsync(proof).ConfigureAwait(false);
        if (greeting.KeyId is null && (listener.NeedsKeys || greeting.Digest is not null))
            return Refused;
        if (greeting.HubId is null || space.Hub(greeting.HubId) is not { } hub)
            return null;
        if (hub.HasAddress)
            return Conflict;
        if (hub.RefusesAgain(greeting.IsOlder))
            return Refused;

        // A hub that was cut off may be back before its old connection is known to be dead.
        if (hub.Connection is { } old)
        {
            if (await old.AnswersAsync(AnswerTime).ConfigureAwait(false))
                return Conflict;
            old.Close("replaced");
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task ServeAsync(HubGreeting greeting, ConnectionContext connection, ListenerInfo listener)
    {
        if (SpaceOf(greeting, listener) is not { } space)
            return;

        var newId = greeting.HubId is null ? $"sth-{Guid.NewGuid()}" : null;
        var id = greeting.HubId ?? newId!;
        HubEntry? hub = null;
        HubConnection? joined = null;
        joined = new HubConnection(
            connection.Transport,
            greeting,
            channel => _ = channels.ServeAsync(channel, new HubOrigin(space.Id, id)),
            message => space.Take(hub!, joined!, message));
        using (joined)
        {
            await joined.RunAsync(newId, Join).ConfigureAwait(false);
            if (hub?.Leave(joined) == true)
                space.HubChanged(hub);
        }

        void Join()
        {
            hub = space.GetOrAdd(id);
            if (hub.Join(joined, greeting, (connection.RemoteEndPoint as IPEndPoint)?.Address))
                space.HubChanged(hub);
            else
                joined.Close("replaced");
        }
    }

    // A hub that names no space joins the one of its listener, or the first.
    private Space? SpaceOf(HubGreeting greeting, ListenerInfo listener) =>
        (greeting.Space ?? listener.Hub?.SpaceId) is { } id ? state.Space(id) : state.Spaces.FirstOrDefault();
}
