using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Scope;

/// <summary>Finds objects that hubs or spaces list, such as sequences and instances, by id, beginning of an id, name or wildcard.</summary>
/// <param name="context">The command's requests.</param>
/// <param name="kind">The kind of object, for messages.</param>
/// <param name="place">The kind of place, for the error about a name that is ambiguous in one.</param>
/// <param name="forEachPlace">Calls a function for each place, with its client and a function that lists its items.</param>
/// <param name="id">Returns the id of an item.</param>
/// <param name="name">Returns the name of an item, if items can be found by name.</param>
internal sealed class Finder<T>(
    RequestContext context,
    string kind,
    string place,
    Func<PlaceFinder, Func<ApiClient, Func<Task<IReadOnlyList<T>>>, Task>, Task> forEachPlace,
    Func<T, string> id,
    Func<T, string?>? name = null) where T : Entity
{
    /// <summary>Whether a name that matches several items in one place is an error.</summary>
    public bool MustBeOne { get; init; }

    /// <summary>Calls the body for each item that matches a reference, or for all items if there are no references, as the places respond.</summary>
    /// <param name="scope">The places; null if all references are objects.</param>
    /// <param name="references">The references.</param>
    /// <param name="body">Called for each item.</param>
    public async Task ForEachAsync(CommandScope? scope, IReadOnlyList<EntityReference> references, Func<T, Task> body)
    {
        var calls = new List<Task> { EachAsync(references.Select(r => r.Value).OfType<T>(), body) };
        if (references.Any(r => r.IsEmpty))
            context.Report(new ScramjetException(ErrorCodes.BadParameters, $"The {kind}'s name is empty.", "Specify a name, or * for all."), "");
        if (scope is not null && references.Count == 0)
            calls.Add(ForEachNamedAsync(scope, [], body));

        // Each row can have its own hub.
        foreach (var group in references.Where(r => r.Text is { Length: > 0 }).GroupBy(t => (t.Hub, t.Space)))
            calls.Add(ForEachNamedAsync(scope!.For(group.First()), group.Select(r => r.Text!).ToArray(), body));

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    private async Task ForEachNamedAsync(CommandScope scope, string[] texts, Func<T, Task> body, bool fresh = false)
    {
        var places = new PlaceFinder(context, scope);
        var matchers = new Matchers<T>(context, [.. texts.Select(t => new Matcher<T>(kind, t, id, name, place))]);
        var reused = 0;
        await forEachPlace(places, async (client, list) =>
        {
            var listing = await context.ListAsync(client, list, fresh).ConfigureAwait(false);
            if (listing.IsReused)
                Interlocked.Increment(ref reused);
            await EachAsync(matchers.Take(listing.Items, MustBeOne), body).ConfigureAwait(false);
        }).ConfigureAwait(false);

        // A cached list doesn't contain items that were created since.
        var open = matchers.Open.Select(i => texts[i]).ToArray();
        if (reused > 0 && open.Length > 0)
            await ForEachNamedAsync(scope, open, body, fresh: true).ConfigureAwait(false);
        else
            await EachAsync(matchers.TakeByBeginning(places.Failed), body).ConfigureAwait(false);
    }

    private Task EachAsync(IEnumerable<T> items, Func<T, Task> body) => Task.WhenAll(items.Select(item => context.GuardAsync(item, () => body(item))));
}

/// <summary>Creates the finders.</summary>
internal static class Finder
{
    public static Finder<Sequence> Sequences(RequestContext context, bool mustBeOne = false) =>
        new(context, "sequence", "on one hub", OnHubs(hub => hub.ListSequencesAsync(context.Cancellation)), s => s.Id, s => s.Name) { MustBeOne = mustBeOne };

    public static Finder<Instance> Instances(RequestContext context) =>
        new(context, "instance", "on one hub", OnHubs(hub => hub.ListInstancesAsync(context.Cancellation)), i => i.Id);

    public static Finder<StoreItem> StoreItems(RequestContext context, bool mustBeOne = false) => new(
        context,
        "store item",
        "in one space",
        InSpaces(context, space => space.ListStoreItemsAsync(context.Cancellation)),
        i => i.Id,
        i => i.Name) { MustBeOne = mustBeOne };

    /// <param name="context">The command's requests.</param>
    /// <param name="ofSpaces">Whether to find topics of spaces, rather than those of hubs.</param>
    public static Finder<Topic> Topics(RequestContext context, bool ofSpaces) => new(
        context,
        "topic",
        ofSpaces ? "in one space" : "on one hub",
        ofSpaces ? InSpaces(context, space => space.ListTopicsAsync(context.Cancellation)) : OnHubs(hub => hub.ListTopicsAsync(context.Cancellation)),
        t => t.Name);

    private static Func<PlaceFinder, Func<ApiClient, Func<Task<IReadOnlyList<T>>>, Task>, Task> OnHubs<T>(Func<HubClient, Task<IReadOnlyList<T>>> list) =>
        (places, visit) => places.ForEachClientAsync(hub => visit(hub, () => list(hub)));

    private static Func<PlaceFinder, Func<ApiClient, Func<Task<IReadOnlyList<T>>>, Task>, Task> InSpaces<T>(
        RequestContext context,
        Func<SpaceClient, Task<IReadOnlyList<T>>> list) =>
        (places, visit) => places.ForEachSpaceAsync(space => visit(space.Client, () => list(context.Bind(space.Client))));
}
