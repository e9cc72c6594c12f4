using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>Finds sequences, instances or other things that hubs or spaces list, by id, beginning of an id, name or wildcard.</summary>
internal sealed class EntityQuery<T> where T : Entity
{
    private readonly CommandContext _context;
    private readonly string _kind;
    private readonly string _place;
    private readonly Func<T, string> _id;
    private readonly Func<T, string?>? _name;
    private readonly Func<HubScope, Func<ApiClient, Func<Task<IReadOnlyList<T>>>, Task>, Task> _forEachPlace;

    /// <summary>Things that hubs list.</summary>
    public EntityQuery(CommandContext context, string kind, Func<HubClient, Task<IReadOnlyList<T>>> list, Func<T, string> id, Func<T, string?>? name = null)
        : this(context, kind, "on one hub", id, name) => _forEachPlace = (scope, visit) => scope.ForEachClientAsync(hub => visit(hub, () => list(hub)));

    /// <summary>Things that spaces list.</summary>
    public EntityQuery(CommandContext context, string kind, Func<SpaceClient, Task<IReadOnlyList<T>>> list, Func<T, string> id, Func<T, string?>? name = null)
        : this(context, kind, "in one space", id, name) => _forEachPlace = (scope, visit) => scope.ForEachSpaceAsync(space => visit(space.Client, () => list(context.Own(space.Client))));

    private EntityQuery(CommandContext context, string kind, string place, Func<T, string> id, Func<T, string?>? name)
    {
        _context = context;
        _kind = kind;
        _place = place;
        _id = id;
        _name = name;
        _forEachPlace = null!;
    }

    /// <summary>Whether a name that fits several things in one place is an error, rather than all of them.</summary>
    public bool MustBeOne { get; set; }

    /// <summary>Calls the body for each thing that a reference names, or for all where there are none, as hubs answer.</summary>
    public async Task ForEachAsync(HubScope? scope, IReadOnlyList<EntityReference> references, Func<T, Task> body)
    {
        var calls = references.Where(r => r.Value is T).Select<EntityReference, Task>(r => _context.GuardAsync(r.Value, () => body((T)r.Value))).ToList();
        var texts = references.Where(r => r.Text is { Length: > 0 }).ToArray();
        if (references.Any(r => r.IsEmpty))
            _context.Report(new ScramjetException(ErrorCodes.BadParameters, $"The {_kind}'s name is empty.", "Name what is meant, or * to mean all."), "");
        if (scope is not null && references.Count == 0)
            calls.Add(ForEachNamedAsync(scope, [], body));

        // Rows may each name a hub of their own.
        foreach (var group in texts.GroupBy(t => (t.Hub, t.Space)))
            calls.Add(ForEachNamedAsync(scope!.For(group.First()), group.ToArray(), body));

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    private async Task ForEachNamedAsync(HubScope scope, EntityReference[] texts, Func<T, Task> body, bool fresh = false)
    {
        var matchers = texts.Select(t => new Matcher<T>(_kind, t.Text!, _id, _name, _place)).ToArray();
        var answered = 0;
        var reused = 0;
        await _forEachPlace(scope, async (place, list) =>
        {
            var listing = await _context.ListAsync(place, list, fresh).ConfigureAwait(false);
            Interlocked.Increment(ref answered);
            if (listing.IsReused)
                Interlocked.Increment(ref reused);
            var wanted = matchers.Length == 0 ? listing.Items : matchers.SelectMany(m => Take(m, listing.Items)).Distinct();
            await Task.WhenAll(wanted.Select(item => _context.GuardAsync(item, () => body(item)))).ConfigureAwait(false);
        }).ConfigureAwait(false);

        // What was made a moment ago is not on a list that is older.
        var open = matchers.Select((m, i) => m.IsOpen ? texts[i] : null).OfType<EntityReference>().ToArray();
        if (reused > 0 && open.Length > 0)
        {
            await ForEachNamedAsync(scope.Again(), open, body, fresh: true).ConfigureAwait(false);
            return;
        }

        var rest = new List<T>();
        foreach (var matcher in matchers)
        {
            try
            {
                rest.AddRange(matcher.Rest(scope.Failed, answered > 0 || scope.Failed.Count == 0));
            }
            catch (ScramjetException e)
            {
                _context.Report(e, matcher.Text);
            }
        }

        await Task.WhenAll(rest.Distinct().Select(item => _context.GuardAsync(item, () => body(item)))).ConfigureAwait(false);
    }

    private IReadOnlyList<T> Take(Matcher<T> matcher, IReadOnlyList<T> items)
    {
        try
        {
            return matcher.Take(items, MustBeOne);
        }
        catch (ScramjetException e)
        {
            _context.Report(e, matcher.Text);
            return [];
        }
    }
}
