using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
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
    private readonly CommandContext _context;
    private readonly ScramjetConnection? _connection;
    private readonly EntityReference[] _spaces;
    private readonly EntityReference[] _hubs;
    private readonly ConcurrentBag<string> _failed = [];
    private HubClient? _only;
    private int _spacesAsked;

    private HubScope(CommandContext context, ScramjetConnection? connection, EntityReference[] spaces, EntityReference[] hubs)
    {
        _context = context;
        _connection = connection;
        _spaces = spaces;
        _hubs = hubs;
    }

    /// <summary>The hubs and spaces that could not be asked.</summary>
    public IReadOnlyCollection<string> Failed => _failed;

    /// <summary>Whether hubs are named, by the parameters or the context.</summary>
    public bool NamesHubs => _hubs.Length > 0;

    /// <summary>The same scope, to be asked anew.</summary>
    public HubScope Again() => new(_context, _connection, _spaces, _hubs) { _only = _only };

    /// <summary>The scope of a record: the place that was piped, else what the parameters name, else the connection's context, else all.</summary>
    /// <param name="context">The command's.</param>
    /// <param name="require">Gives the record's connection, or ends the command where there is none.</param>
    /// <param name="spaces">The spaces that are named.</param>
    /// <param name="hubs">The hubs that are named.</param>
    /// <param name="piped">The object of this record.</param>
    public static HubScope From(CommandContext context, Func<ScramjetConnection> require, EntityReference[] spaces, EntityReference[] hubs, object? piped)
    {
        spaces = Given(spaces);
        hubs = Given(hubs);
        switch (piped)
        {
            case Instance instance:
                return OfHub(context, instance.Client.Hub);
            case Sequence sequence:
                return OfHub(context, sequence.Client.Hub);
            case Space space:
                spaces = [new SpaceReference(space, null)];
                break;
            case Hub hub:
                hubs = [new HubReference(hub, null)];
                break;
            case PSObject row when PipedKinds.Of(row) == PipedKind.Space:
                spaces = [new SpaceReference(row, Column(row, "Id"))];
                break;
            case PSObject row when PipedKinds.Of(row) == PipedKind.Hub:
                hubs = [new HubReference(row, Column(row, "Id"))];
                spaces = Column(row, "Space") is { Length: > 0 } of ? [new SpaceReference(row, of)] : spaces;
                break;
        }

        // Objects know their own connection.
        if (EntityReference.AreObjects(hubs))
            return new HubScope(context, null, [], hubs);
        if (EntityReference.AreObjects(spaces))
            return new HubScope(context, null, spaces, hubs);

        var connection = require();
        if (spaces.Length == 0)
        {
            if (connection.Space is { } space && connection.IsPlatform)
                spaces = [new SpaceReference(space, space)];
            if (connection.Hub is { } hub && hubs.Length == 0)
                hubs = [new HubReference(hub, hub)];
        }

        return new HubScope(context, connection, spaces, hubs);
    }

    /// <summary>The hub that something is on.</summary>
    public static HubScope OfHub(CommandContext context, HubClient hub) => new(context, null, [], []) { _only = hub };

    /// <summary>Spaces by themselves, whatever the context.</summary>
    public static HubScope OfSpaces(CommandContext context, Func<ScramjetConnection> require, EntityReference[] spaces)
    {
        spaces = Given(spaces);
        return new HubScope(context, EntityReference.AreObjects(spaces) ? null : require(), spaces, []);
    }

    /// <summary>The scope that a row from the pipeline names by its Hub and Space columns, within this one.</summary>
    public HubScope For(EntityReference reference) => reference is { Hub: null, Space: null } || _connection is null
        ? this
        : new HubScope(
            _context,
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
            var spaces = await _connection!.GetSpacesAsync(_context).ConfigureAwait(false);
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
    public Task ForEachClientAsync(Func<HubClient, Task> body) => _only is { } only ? GuardAsync(only.HubId, () => body(_context.Own(only))) : ForEachHubAsync(async hub =>
    {
        // What an object says may be long past.
        var isGiven = _hubs.Any(reference => ReferenceEquals(reference.Value, hub));
        RequireConnected(isGiven && hub.Connected == false ? await _context.Own(hub.Client).GetInfoAsync(_context.Cancellation).ConfigureAwait(false) : hub);
        await body(_context.Own(hub.Client)).ConfigureAwait(false);
    });

    /// <summary>A hub that its space knows as disconnected is not asked; one that is used alone can be, whatever became of its space.</summary>
    /// <exception cref="ScramjetException"><c>HUB_DISCONNECTED</c>.</exception>
    public static void RequireConnected(Hub hub)
    {
        if (hub is { IsAlone: false, Connected: false })
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
            var client = _context.Own(space.Client);
            var hubs = (await _context.ListAsync(client, () => client.ListHubsAsync(_context.Cancellation)).ConfigureAwait(false)).Items;
            Interlocked.Increment(ref _spacesAsked);
            var wanted = matchers.Length == 0 ? hubs : matchers.SelectMany(m => m.Take(hubs)).Distinct();
            await Task.WhenAll(wanted.Select(h => GuardAsync(h.Id, () => body(h)))).ConfigureAwait(false);
        })).ConfigureAwait(false);

        await Task.WhenAll(Rest(matchers, _spacesAsked > 0 || _failed.IsEmpty).Select(h => GuardAsync(h.Id, () => body(h)))).ConfigureAwait(false);
    }

    private async Task<Hub?> GetSelfAsync()
    {
        Hub? self = null;
        await GuardAsync(_connection!.Name, async () => self = await _connection.GetSelfAsync(_context).ConfigureAwait(false)).ConfigureAwait(false);
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
                _context.Report(e, matcher.Text);
                _failed.Add(matcher.Text);
            }
        }

        return rest;
    }

    /// <summary>Makes a failure one error, and goes on.</summary>
    private async Task GuardAsync(string place, Func<Task> work)
    {
        if (!await _context.GuardAsync(place, work).ConfigureAwait(false))
            _failed.Add(place);
    }

    private static EntityReference[] Given(EntityReference[] references) => Array.FindAll(references, r => !r.IsEmpty);

    private static string Column(PSObject row, string name) => row.Properties[name]?.Value?.ToString() ?? "";
}
