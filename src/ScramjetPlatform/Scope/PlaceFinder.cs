using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Scope;

/// <summary>Finds the spaces and hubs of a scope. Places are requested concurrently. A failure of a place is one error.</summary>
internal sealed class PlaceFinder(RequestContext context, CommandScope scope)
{
    private readonly ConcurrentBag<string> _failed = [];

    /// <summary>Whether a connected standalone hub has the id that it reported last, without a request.</summary>
    public bool UsesKnownHub { get; init; }

    /// <summary>The hubs and spaces whose requests failed.</summary>
    public IReadOnlyCollection<string> Failed => _failed;

    /// <summary>
    /// Throws if the space of a hub lists it as disconnected, since it can't be requested then. A standalone hub can be, regardless of its space.
    /// </summary>
    /// <exception cref="ScramjetException"><c>HUB_DISCONNECTED</c>.</exception>
    public static void RequireConnected(Hub hub)
    {
        if (hub is { IsStandalone: false, Connected: false })
        {
            throw new ScramjetException(
                ErrorCodes.HubDisconnected,
                $"The hub '{hub.Id}' is not connected to its space '{hub.Space}'{(hub.DisconnectReason is { } reason ? $": {reason}" : "")}.",
                "Start the hub, or remove it from its space with Remove-ScramjetHub.");
        }
    }

    /// <summary>The spaces of a connection, from the platform or the multi-manager.</summary>
    public static Task<IReadOnlyList<Space>> GetSpacesAsync(RequestContext context, ScramjetConnection connection) =>
        GetSpacesAsync(context, connection.Target == ConnectionKind.MultiManager ? connection.MultiManager : connection.Middleware);

    /// <summary>The spaces that a platform or a multi-manager lists.</summary>
    /// <param name="context">The command's requests.</param>
    /// <param name="server">The client of the platform or the multi-manager.</param>
    public static async Task<IReadOnlyList<Space>> GetSpacesAsync(RequestContext context, ApiClient server) =>
        (await context.ListAsync(server, () => server is MultiManagerClient multiManager
            ? context.Bind(multiManager).ListSpacesAsync(context.Cancellation)
            : context.Bind((MiddlewareClient)server).ListSpacesAsync(context.Cancellation)).ConfigureAwait(false)).Items;

    /// <summary>Gets the hub of a connection to a hub, with the id that it reports.</summary>
    public static async Task<Hub> GetSelfAsync(RequestContext context, ScramjetConnection connection)
    {
        var list = await context.ListAsync<Hub>(
            connection.Host,
            async () => [new Hub(await context.Bind(connection.Host).IdentifyAsync(context.Cancellation).ConfigureAwait(false))]).ConfigureAwait(false);
        connection.Host = list.Items[0].Client;
        return list.Items[0];
    }

    /// <summary>Calls the body for each space concurrently.</summary>
    public async Task ForEachSpaceAsync(Func<Space, Task> body)
    {
        if (scope.Connection is { IsPlatform: false } alone)
        {
            throw new ScramjetException(
                ErrorCodes.NotSupported,
                $"'{alone.Name}' is a connection to a standalone hub, which has no spaces.",
                "Connect to a platform, with Connect-ScramjetPlatform -Uri.");
        }

        var given = scope.Spaces.Select(s => s.Value).OfType<Space>();
        var texts = Texts(scope.Spaces);
        if (texts.Length > 0 || scope.Spaces.Length == 0)
        {
            var spaces = await GetSpacesAsync(context, scope.Connection!).ConfigureAwait(false);
            var matchers = CreateMatchers<Space>("space", texts, s => s.Id);
            given = given.Concat(Select(matchers, spaces));
        }

        await EachAsync(given, s => s.Id, body).ConfigureAwait(false);
    }

    /// <summary>Calls the body for each hub concurrently, whether it is connected or not.</summary>
    /// <param name="body">Called for each hub.</param>
    /// <param name="aroundSpace">Wraps the work for each space whose hubs are listed. The work ends when the body has ended for all of them.</param>
    public async Task ForEachHubAsync(Func<Hub, Task> body, Func<Space, Func<Task>, Task>? aroundSpace = null)
    {
        var given = EachAsync(scope.Hubs.Select(h => h.Value).OfType<Hub>(), h => h.Id, body);
        var texts = Texts(scope.Hubs);
        var named = texts.Length > 0 || scope.Hubs.Length == 0
            ? ForEachNamedHubAsync(texts, body, aroundSpace ?? (static (_, list) => list()))
            : Task.CompletedTask;
        await Task.WhenAll(given, named).ConfigureAwait(false);
    }

    /// <summary>Calls the body for each hub's client concurrently. A hub that its space lists as disconnected is an error.</summary>
    public Task ForEachClientAsync(Func<HubClient, Task> body) => scope.Only is { } only
        ? EachAsync([only], h => h.HubId, h => body(context.Bind(h)))
        : ForEachHubAsync(async hub =>
        {
            // The state of an object may be out of date.
            var client = context.Bind(hub.Client);
            var isGiven = scope.Hubs.Any(reference => ReferenceEquals(reference.Value, hub));
            RequireConnected(isGiven && hub.Connected == false ? await client.GetInfoAsync(context.Cancellation).ConfigureAwait(false) : hub);
            await body(client).ConfigureAwait(false);
        });

    private async Task ForEachNamedHubAsync(string[] texts, Func<Hub, Task> body, Func<Space, Func<Task>, Task> aroundSpace)
    {
        var matchers = CreateMatchers<Hub>("hub", texts, h => h.Id);
        if (scope.Connection is { IsPlatform: false } alone)
        {
            await GuardAsync(alone.Name, async () =>
            {
                var known = UsesKnownHub && texts.All(text => text == alone.Host.HubId) ? new Hub(alone.Host) : null;
                var self = known ?? await GetSelfAsync(context, alone).ConfigureAwait(false);
                await EachAsync(Select(matchers, [self]), h => h.Id, body).ConfigureAwait(false);
            }).ConfigureAwait(false);
            return;
        }

        await ForEachSpaceAsync(space => aroundSpace(space, async () =>
        {
            var client = context.Bind(space.Client);
            var hubs = (await context.ListAsync(client, () => client.ListHubsAsync(context.Cancellation)).ConfigureAwait(false)).Items;
            await EachAsync(matchers.Take(hubs), h => h.Id, body).ConfigureAwait(false);
        })).ConfigureAwait(false);
        await EachAsync(matchers.TakeRest(Failed), h => h.Id, body).ConfigureAwait(false);
        AddFailed(matchers);
    }

    private Task EachAsync<T>(IEnumerable<T> items, Func<T, string> id, Func<T, Task> body) =>
        Task.WhenAll(items.Select(item => GuardAsync(id(item), () => body(item))));

    private IEnumerable<T> Select<T>(Matchers<T> matchers, IReadOnlyList<T> items)
    {
        var selected = matchers.Take(items).Concat(matchers.TakeRest(Failed)).Distinct().ToArray();
        AddFailed(matchers);
        return selected;
    }

    private Matchers<T> CreateMatchers<T>(string kind, string[] texts, Func<T, string> id) => new(context, [.. texts.Select(t => new Matcher<T>(kind, t, id))]);

    private void AddFailed<T>(Matchers<T> matchers) => matchers.Failed.ForEach(_failed.Add);

    /// <summary>Runs the work. A failure is one error about the place.</summary>
    private async Task GuardAsync(string place, Func<Task> work)
    {
        if (!await context.GuardAsync(place, work).ConfigureAwait(false))
            _failed.Add(place);
    }

    private static string[] Texts(EntityReference[] references) => [.. references.Select(r => r.Text).OfType<string>()];
}
