using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// The one answer to "which spaces, which hubs": what the parameters name, else the context, else all. Places are asked
/// concurrently, and one that fails costs one error and nothing else.
/// </summary>
internal sealed class HubScope
{
    private readonly ScramjetCmdlet _cmdlet;
    private readonly ScramjetConnection? _connection;
    private readonly EntityReference[] _spaces;
    private readonly EntityReference[] _hubs;
    private readonly ConcurrentBag<string> _failed = [];
    private HostClient? _only;
    private int _spacesAsked;

    private HubScope(ScramjetCmdlet cmdlet, ScramjetConnection? connection, EntityReference[] spaces, EntityReference[] hubs)
    {
        _cmdlet = cmdlet;
        _connection = connection;
        _spaces = spaces;
        _hubs = hubs;
    }

    /// <summary>The hubs and spaces that could not be asked.</summary>
    public IReadOnlyCollection<string> Failed => _failed;

    /// <summary>Whether hubs are named, by the parameters or the context.</summary>
    public bool NamesHubs => _hubs.Length > 0;

    /// <summary>The same scope, to be asked anew.</summary>
    public HubScope Again() => new(_cmdlet, _connection, _spaces, _hubs) { _only = _only };

    /// <summary>The scope that parameters give, or a terminating error where there is no connection. For the pipeline thread.</summary>
    public static HubScope From(ScramjetCmdlet cmdlet, EntityReference[]? spaces, EntityReference[]? hubs, Entity? input)
    {
        EntityReference[] givenSpaces = Given(spaces);
        EntityReference[] givenHubs = Given(hubs);
        switch (input)
        {
            case Space space:
                givenSpaces = [new SpaceReference(space, null)];
                break;
            case Hub hub:
                givenHubs = [new HubReference(hub, null)];
                break;
        }

        // Objects know their own connection.
        if (givenHubs.Length > 0 && Array.TrueForAll(givenHubs, h => h.Value is Hub))
            return new HubScope(cmdlet, null, [], givenHubs);

        var connection = cmdlet.ConnectionFor(givenSpaces);
        if (connection is not null && givenSpaces.Length == 0)
        {
            if (connection.Space is { } space && connection.IsPlatform)
                givenSpaces = [new SpaceReference(space, space)];
            if (connection.Hub is { } hub && givenHubs.Length == 0)
                givenHubs = [new HubReference(hub, hub)];
        }

        return new HubScope(cmdlet, connection, givenSpaces, givenHubs);
    }

    /// <summary>The hub that something is on.</summary>
    public static HubScope OfHub(ScramjetCmdlet cmdlet, HostClient hub) => new(cmdlet, null, [], []) { _only = hub };

    /// <summary>Spaces by themselves, whatever the context.</summary>
    public static HubScope OfSpaces(ScramjetCmdlet cmdlet, EntityReference[]? spaces)
    {
        var given = Given(spaces);
        return new HubScope(cmdlet, cmdlet.ConnectionFor(given), given, []);
    }

    /// <summary>The scope that a row from the pipeline names by its Hub and Space columns, within this one.</summary>
    public HubScope For(EntityReference reference) => reference is { Hub: null, Space: null } || _connection is null
        ? this
        : new HubScope(
            _cmdlet,
            _connection,
            reference.Space is { } space ? [new SpaceReference(space, space)] : _spaces,
            reference.Hub is { } hub ? [new HubReference(hub, hub)] : _hubs);

    /// <summary>Calls the body for each space, concurrently.</summary>
    public async Task ForEachSpaceAsync(Func<Space, Task> body)
    {
        if (_connection is { IsPlatform: false })
            throw new ScramjetException(ErrorCodes.NotSupported, $"'{_connection.Name}' is a hub that is used alone: it has no spaces.", "Connect to a platform, with Connect-ScramjetPlatform -Uri.");

        var calls = _spaces.Where(s => s.Value is Space).Select(s => GuardAsync(((Space)s.Value).Id, () => body((Space)s.Value))).ToList();
        var texts = _spaces.Where(s => s.Text is not null).ToArray();
        if (texts.Length > 0 || _spaces.Length == 0)
        {
            var spaces = await _cmdlet.ThrottledAsync(() => _connection!.GetSpacesAsync(_cmdlet)).ConfigureAwait(false);
            calls.AddRange(Select(spaces, texts, "space", s => s.Id).Select(s => GuardAsync(s.Id, () => body(s))));
        }

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    /// <summary>Calls the body for each hub, concurrently, whether it is connected or not.</summary>
    /// <param name="body">Called for each hub.</param>
    /// <param name="around">Called for each space that is asked for its hubs, with what asks it and ends when the body has for all of them.</param>
    public async Task ForEachHubAsync(Func<Hub, Task> body, Func<Space, Func<Task>, Task>? around = null)
    {
        var calls = _hubs.Where(h => h.Value is Hub).Select(h => GuardAsync(((Hub)h.Value).Id, () => body((Hub)h.Value))).ToList();
        var texts = _hubs.Where(h => h.Text is not null).ToArray();
        if (texts.Length > 0 || _hubs.Length == 0)
            calls.Add(ForEachNamedHubAsync(texts, body, around ?? (static (_, ask) => ask())));

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    /// <summary>Calls the body for each hub's client, concurrently. A hub that its space knows as disconnected is an error by itself.</summary>
    public Task ForEachClientAsync(Func<HostClient, Task> body) => _only is { } only ? GuardAsync(only.HubId, () => body(_cmdlet.Own(only))) : ForEachHubAsync(hub =>
    {
        RequireConnected(hub);
        return body(_cmdlet.Own(hub.Client));
    });

    /// <summary>A hub that its space knows as disconnected is not asked.</summary>
    /// <exception cref="ScramjetException"><c>HUB_DISCONNECTED</c>.</exception>
    public static void RequireConnected(Hub hub)
    {
        if (hub.Connected == false)
        {
            throw new ScramjetException(
                ErrorCodes.HubDisconnected,
                $"The hub '{hub.Id}' is not connected to its space '{hub.Space}'{(hub.DisconnectReason is { } reason ? $": {reason}" : "")}.",
                "Start the hub, or remove it from its space with Remove-ScramjetHub.");
        }
    }

    private async Task ForEachNamedHubAsync(EntityReference[] texts, Func<Hub, Task> body, Func<Space, Func<Task>, Task> around)
    {
        if (_connection is { IsPlatform: false })
        {
            var self = await GetSelfAsync().ConfigureAwait(false);
            if (self is not null)
                await Task.WhenAll(Select([self], texts, "hub", h => h.Id).Select(h => GuardAsync(h.Id, () => body(h)))).ConfigureAwait(false);
            return;
        }

        var matchers = texts.Select(t => new Matcher<Hub>("hub", t.Text!, h => h.Id)).ToArray();
        await ForEachSpaceAsync(space => around(space, async () =>
        {
            var hubs = await _cmdlet.ThrottledAsync(() => _cmdlet.Own(space.Client).GetHostsAsync(_cmdlet.Cancellation)).ConfigureAwait(false);
            Interlocked.Increment(ref _spacesAsked);
            var wanted = matchers.Length == 0 ? hubs : matchers.SelectMany(m => m.Take(hubs)).Distinct();
            await Task.WhenAll(wanted.Select(h => GuardAsync(h.Id, () => body(h)))).ConfigureAwait(false);
        })).ConfigureAwait(false);

        await Task.WhenAll(Rest(matchers, _spacesAsked > 0 || _failed.IsEmpty).Select(h => GuardAsync(h.Id, () => body(h)))).ConfigureAwait(false);
    }

    private async Task<Hub?> GetSelfAsync()
    {
        Hub? self = null;
        await GuardAsync(_connection!.Name, async () => self = await _connection.GetSelfAsync(_cmdlet).ConfigureAwait(false)).ConfigureAwait(false);
        return self;
    }

    private IReadOnlyList<T> Select<T>(IReadOnlyList<T> items, EntityReference[] texts, string kind, Func<T, string> id)
    {
        if (texts.Length == 0)
            return items;

        var matchers = texts.Select(t => new Matcher<T>(kind, t.Text!, id)).ToArray();
        var whole = matchers.SelectMany(m => m.Take(items)).ToList();
        return whole.Concat(Rest(matchers, anyAsked: true)).Distinct().ToArray();
    }

    private List<T> Rest<T>(Matcher<T>[] matchers, bool anyAsked)
    {
        var rest = new List<T>();
        foreach (var matcher in matchers)
        {
            try
            {
                rest.AddRange(matcher.Rest(Failed, anyAsked));
            }
            catch (ScramjetException e)
            {
                _cmdlet.Report(e, matcher.Text);
                _failed.Add(matcher.Text);
            }
        }

        return rest;
    }

    /// <summary>Makes a failure one error, and goes on.</summary>
    private async Task GuardAsync(string place, Func<Task> work)
    {
        if (!await _cmdlet.GuardAsync(place, work).ConfigureAwait(false))
            _failed.Add(place);
    }

    private static EntityReference[] Given(EntityReference[]? references) => references?.Where(r => !r.IsEmpty).ToArray() ?? [];
}
