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
    private readonly ScramjetCmdlet _cmdlet;
    private readonly string _kind;
    private readonly string _place;
    private readonly Func<T, string> _id;
    private readonly Func<T, string?>? _name;
    private readonly Func<HubScope, Func<Func<Task<IReadOnlyList<T>>>, Task>, Task> _forEachPlace;

    /// <summary>Things that hubs list.</summary>
    public EntityQuery(ScramjetCmdlet cmdlet, string kind, Func<HostClient, Task<IReadOnlyList<T>>> list, Func<T, string> id, Func<T, string?>? name = null)
        : this(cmdlet, kind, "on one hub", id, name) => _forEachPlace = (scope, visit) => scope.ForEachClientAsync(hub => visit(() => list(hub)));

    /// <summary>Things that spaces list.</summary>
    public EntityQuery(ScramjetCmdlet cmdlet, string kind, Func<ManagerClient, Task<IReadOnlyList<T>>> list, Func<T, string> id, Func<T, string?>? name = null)
        : this(cmdlet, kind, "in one space", id, name) => _forEachPlace = (scope, visit) => scope.ForEachSpaceAsync(space => visit(() => list(cmdlet.Own(space.Client))));

    private EntityQuery(ScramjetCmdlet cmdlet, string kind, string place, Func<T, string> id, Func<T, string?>? name)
    {
        _cmdlet = cmdlet;
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
        var calls = references.Where(r => r.Value is T).Select<EntityReference, Task>(r => _cmdlet.GuardAsync(r.Value, () => body((T)r.Value))).ToList();
        var texts = references.Where(r => r.Text is { Length: > 0 }).ToArray();
        if (references.Any(r => r.IsEmpty))
            _cmdlet.Report(new ScramjetException(ErrorCodes.BadParameters, $"The {_kind}'s name is empty.", "Name what is meant, or * to mean all."), "");
        if (scope is not null && references.Count == 0)
            calls.Add(ForEachNamedAsync(scope, [], body));

        // Rows may each name a hub of their own.
        foreach (var group in texts.GroupBy(t => (t.Hub, t.Space)))
            calls.Add(ForEachNamedAsync(scope!.For(group.First()), group.ToArray(), body));

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    private async Task ForEachNamedAsync(HubScope scope, EntityReference[] texts, Func<T, Task> body)
    {
        var matchers = texts.Select(t => new Matcher<T>(_kind, t.Text!, _id, _name, _place)).ToArray();
        var answered = 0;
        await _forEachPlace(scope, async list =>
        {
            var items = await _cmdlet.ThrottledAsync(list).ConfigureAwait(false);
            Interlocked.Increment(ref answered);
            var wanted = matchers.Length == 0 ? items : matchers.SelectMany(m => Take(m, items)).Distinct();
            await Task.WhenAll(wanted.Select(item => _cmdlet.GuardAsync(item, () => body(item)))).ConfigureAwait(false);
        }).ConfigureAwait(false);

        var rest = new List<T>();
        foreach (var matcher in matchers)
        {
            try
            {
                rest.AddRange(matcher.Rest(scope.Failed, answered > 0 || scope.Failed.Count == 0));
            }
            catch (ScramjetException e)
            {
                _cmdlet.Report(e, matcher.Text);
            }
        }

        await Task.WhenAll(rest.Distinct().Select(item => _cmdlet.GuardAsync(item, () => body(item)))).ConfigureAwait(false);
    }

    private IReadOnlyList<T> Take(Matcher<T> matcher, IReadOnlyList<T> items)
    {
        try
        {
            return matcher.Take(items, MustBeOne);
        }
        catch (ScramjetException e)
        {
            _cmdlet.Report(e, matcher.Text);
            return [];
        }
    }
}
