using System;
using System.Collections.Concurrent;
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
/// <param name="naming">How the objects are named.</param>
/// <param name="several">What a name of several objects means.</param>
/// <param name="forEachPlace">Calls a function for each place, with its client and a function that lists its items.</param>
internal sealed class Finder<T>(
    RequestContext context,
    Naming<T> naming,
    Several several,
    Func<PlaceFinder, Func<ApiClient, Func<Task<IReadOnlyList<T>>>, Task>, Task> forEachPlace) where T : Entity
{
    /// <summary>Orders the matching items of a place.</summary>
    public Func<IReadOnlyList<T>, Task<IReadOnlyList<T>>>? Arrange { get; set; }

    /// <summary>Gets the item with an id from a hub, as its list would have it, or null if there is none; null if items can only be listed.</summary>
    public Func<HubClient, string, Task<T?>>? Find { get; init; }

    /// <summary>Calls the body for each item that matches a reference, or for all items if there are no references, as the places respond.</summary>
    /// <param name="scope">The places; null if all references are objects.</param>
    /// <param name="references">The references.</param>
    /// <param name="body">Called for each item. A failure is one error about the item.</param>
    public Task ForEachAsync(CommandScope? scope, IReadOnlyList<EntityReference> references, Func<T, Task> body) =>
        ForEachListAsync(scope, references, items => Task.WhenAll(items.Select(item => context.GuardAsync(item, () => body(item)))));

    /// <summary>Calls the body for the items of each place that match a reference, or for all if there are no references, as the places respond.</summary>
    /// <param name="scope">The places; null if all references are objects.</param>
    /// <param name="references">The references.</param>
    /// <param name="body">Called for the items of a place.</param>
    public async Task ForEachListAsync(CommandScope? scope, IReadOnlyList<EntityReference> references, Func<IReadOnlyList<T>, Task> body)
    {
        var calls = new List<Task> { body([.. references.Select(r => r.Value).OfType<T>()]) };
        if (references.Any(r => r.IsEmpty))
            context.Report(new ScramjetException(ErrorCodes.BadParameters, $"The {naming.Kind}'s name is empty.", "Specify a name, or * for all."), "");
        foreach (var other in references.Where(r => r is { Text: null, Value: not T }))
        {
            var kind = $"{(naming.Kind[0] == 'i' ? "an" : "a")} {naming.Kind}";
            context.Report(new ScramjetException(ErrorCodes.BadParameters, $"'{other}' isn't {kind}.", NotFound.Advice(naming.Kind)), other.Value);
        }

        if (scope is not null && references.Count == 0)
            calls.Add(ForEachListedAsync(scope, [], body));

        // Each row can have its own hub.
        foreach (var group in references.Where(r => r.Text is { Length: > 0 }).GroupBy(t => (t.Hub, t.Space)))
            calls.Add(ForEachNamedAsync(scope!.For(group.First()), group.Select(r => r.Text!).ToArray(), body));

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    private async Task ForEachNamedAsync(CommandScope scope, string[] texts, Func<IReadOnlyList<T>, Task> body)
    {
        var open = Find is not null && texts.All(IsId) && context.TryTakeDirect(texts.Length)
            ? await ForEachWithIdAsync(scope, texts, body).ConfigureAwait(false)
            : texts;
        if (open.Length > 0)
            await ForEachListedAsync(scope, open, body).ConfigureAwait(false);
    }

    private static bool IsId(string text) => Guid.TryParseExact(text, "D", out _);

    /// <summary>
    /// Calls the body for the items with ids, without a list: all hubs are asked for the items, since several can have an item with one id.
    /// </summary>
    /// <returns>The texts that are no id on any hub. Such a text can be a name. The failures of hubs are reported only if there are none.</returns>
    private async Task<string[]> ForEachWithIdAsync(CommandScope scope, string[] ids, Func<IReadOnlyList<T>, Task> body)
    {
        var found = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var failures = new ConcurrentQueue<(Exception Error, object? Target)>();
        var places = new PlaceFinder(context.Reporting((error, target) => failures.Enqueue((error, target))), scope) { UsesKnownHub = true };
        await places.ForEachClientAsync(async hub =>
        {
            var answers = await Task.WhenAll(ids.Distinct(StringComparer.Ordinal).Select(id => Find!(hub, id))).ConfigureAwait(false);
            T[] items = [.. answers.OfType<T>()];
            foreach (var item in items)
                found[naming.Id(item)] = true;
            await body(await ArrangeAsync(items).ConfigureAwait(false)).ConfigureAwait(false);
        }).ConfigureAwait(false);

        var open = Array.FindAll(ids, id => !found.ContainsKey(id));
        if (open.Length == 0)
        {
            foreach (var (error, target) in failures)
                context.Report(error, target);
        }

        return open;
    }

    private async Task ForEachListedAsync(CommandScope scope, string[] texts, Func<IReadOnlyList<T>, Task> body, bool fresh = false)
    {
        var places = new PlaceFinder(context, scope);
        var matchers = new Matchers<T>(context, [.. texts.Select(t => new Matcher<T>(naming, t, several))]);
        var reused = 0;
        await forEachPlace(places, async (client, list) =>
        {
            var listing = await context.ListAsync(client, list, fresh).ConfigureAwait(false);
            if (listing.IsReused)
                Interlocked.Increment(ref reused);
            await body(await ArrangeAsync(matchers.Take(listing.Items)).ConfigureAwait(false)).ConfigureAwait(false);
        }).ConfigureAwait(false);

        // A cached list doesn't contain items that were created since.
        var open = matchers.Open.Select(i => texts[i]).ToArray();
        var isRepeated = reused > 0 && open.Length > 0;
        await body(matchers.TakeRest(places.Failed, withOpen: !isRepeated)).ConfigureAwait(false);
        if (isRepeated)
            await ForEachListedAsync(scope, open, body, fresh: true).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<T>> ArrangeAsync(IReadOnlyList<T> items) => Arrange is null ? items : await Arrange(items).ConfigureAwait(false);
}

/// <summary>Creates the finders.</summary>
internal static class Finder
{
    /// <summary>How sequences are named.</summary>
    public static Naming<Sequence> SequenceNames { get; } = new("sequence", s => s.Id, s => s.Name)
    {
        Describe = s => $"{s.Id} on {s.Hub}",
        Advice = static (_, _) =>
            "Specify the id of one, or a wildcard to mean all of them. -Latest means the newest one, and -KeepLatest of Remove-ScramjetSequence the others.",
    };

    private static readonly Naming<Instance> s_instanceNames = new("instance", i => i.Id, i => i.SequenceName)
    {
        Describe = i => $"{i.Id} on {i.Hub} ({i.Status})",
        IsPreferred = i => !i.HasEnded,
        Advice = static (text, first) =>
            $"Specify the id of one, such as {first.Id}, or its hub with -Hub. Get-ScramjetInstance '{text}' returns all of them, for the pipeline.",
    };

    private static readonly Naming<Topic> s_topicNames = new("topic", t => t.Name) { HasBeginnings = false };

    public static Finder<Sequence> Sequences(RequestContext context, Several several = Several.AreMeant) =>
        new(context, SequenceNames, several, OnHubs(hub => hub.ListSequencesAsync(context.Cancellation)))
        {
            Find = (hub, id) => hub.FindSequenceAsync(id, context.Cancellation),
        };

    /// <summary>Finds instances by their ids, or by the names of their sequences.</summary>
    /// <param name="context">The command's requests.</param>
    /// <param name="several">What a name of several instances means. If it means one, a running instance takes precedence over ended ones.</param>
    public static Finder<Instance> Instances(RequestContext context, Several several = Several.AreMeant) =>
        new(context, s_instanceNames, several, OnHubs(hub => hub.ListInstancesAsync(context.Cancellation)))
        {
            Find = (hub, id) => hub.FindInstanceAsync(id, context.Cancellation),
        };

    public static Finder<StoreItem> StoreItems(RequestContext context, Several several = Several.AreMeant) => new(
        context,
        new Naming<StoreItem>("store item", i => i.Id, i => i.Name) { Describe = i => $"{i.Id} in {i.Space}" },
        several,
        InSpaces(context, space => space.ListStoreItemsAsync(context.Cancellation)));

    /// <param name="context">The command's requests.</param>
    /// <param name="ofSpaces">Whether to find topics of spaces, rather than those of hubs.</param>
    public static Finder<Topic> Topics(RequestContext context, bool ofSpaces) => new(
        context,
        s_topicNames,
        Several.AreMeant,
        ofSpaces ? InSpaces(context, space => space.ListTopicsAsync(context.Cancellation)) : OnHubs(hub => hub.ListTopicsAsync(context.Cancellation)));

    /// <summary>Finds the topics of hubs that can remove topics. Other hubs are errors.</summary>
    public static Finder<Topic> RemovableTopics(RequestContext context) =>
        new(context, s_topicNames, Several.AreMeant, OnHubs(hub => hub.ListRemovableTopicsAsync(context.Cancellation)));

    private static Func<PlaceFinder, Func<ApiClient, Func<Task<IReadOnlyList<T>>>, Task>, Task> OnHubs<T>(Func<HubClient, Task<IReadOnlyList<T>>> list) =>
        (places, visit) => places.ForEachClientAsync(hub => visit(hub, () => list(hub)));

    private static Func<PlaceFinder, Func<ApiClient, Func<Task<IReadOnlyList<T>>>, Task>, Task> InSpaces<T>(
        RequestContext context,
        Func<SpaceClient, Task<IReadOnlyList<T>>> list) =>
        (places, visit) => places.ForEachSpaceAsync(space => visit(space.Client, () => list(context.Bind(space.Client))));
}
