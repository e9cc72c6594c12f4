using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client.Api;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>
/// Finds the flows of topics. Instances report the topics that they provide and require. For hubs that don't report it, and for clients, a space knows which of
/// its hubs do. A topic belongs to a space, or to a standalone hub.
/// </summary>
internal sealed class FlowBuilder(CommandContext context)
{
    private readonly Dictionary<(string Place, string Name), FlowingTopic> _topics = [];
    private readonly HashSet<(string Place, string Hub)> _hubs = [];

    /// <summary>Whether a hub has responded.</summary>
    public bool HasAnswers => _hubs.Count > 0;

    /// <summary>Asks the hubs for their instances, and the spaces, or standalone hubs, for their topics.</summary>
    public Task AskAsync(IEnumerable<CommandScope> scopes) => Task.WhenAll(scopes.Select(scope => new PlaceFinder(context, scope).ForEachClientAsync(
        hub => context.IsFirst(hub) ? AskAsync(hub, isNarrowed: scope.Only is not null || scope.Hubs.Length > 0) : Task.CompletedTask)));

    /// <summary>Returns the flows, ordered by the topics' names.</summary>
    /// <param name="names">The names or wildcards of topics; empty for all.</param>
    public IReadOnlyList<ScramjetFlow> Build(string[] names)
    {
        var matchers = new Matchers<FlowingTopic>(context, [.. names.Select(name => new Matcher<FlowingTopic>("topic", name, topic => topic.Name))]);
        var shown = _topics.Values.Where(topic => topic.IsMeant(_hubs)).ToArray();
        var taken = matchers.Take(shown).Concat(names.Length == 0 ? [] : matchers.TakeRest([]));
        return [.. taken.OrderBy(t => t.Space, StringComparer.Ordinal).ThenBy(t => t.Name, StringComparer.Ordinal).SelectMany(topic => topic.Flows())];
    }

    private async Task AskAsync(HubClient hub, bool isNarrowed)
    {
        PlaceClient place = hub.Space is { } space ? context.Bind(space) : hub;
        var instances = context.ListAsync(hub, () => hub.ListInstancesAsync(context.Cancellation));
        await context.GuardAsync(Places.NameOf(place), async () =>
        {
            var topics = await context.ListAsync(place, () => place.ListTopicsAsync(context.Cancellation)).ConfigureAwait(false);
            Add(place, topics.Items, isNarrowed);
        }).ConfigureAwait(false);
        Add(place, hub, (await instances.ConfigureAwait(false)).Items);
    }

    private void Add(PlaceClient place, IReadOnlyList<Topic> topics, bool isNarrowed)
    {
        lock (_topics)
        {
            foreach (var topic in topics)
            {
                var known = Topic(place, topic.Name);
                known.ContentType ??= topic.ContentType;
                known.Providers.UnionWith(topic.Providers);
                known.Consumers.UnionWith(topic.Consumers);
                known.IsOfPlace |= !isNarrowed || place is HubClient;
            }
        }
    }

    private void Add(PlaceClient place, HubClient hub, IReadOnlyList<Instance> instances)
    {
        lock (_topics)
        {
            _hubs.Add((place.Uri.AbsoluteUri, hub.HubId));
            foreach (var instance in instances.Where(i => !i.HasEnded))
            {
                if (instance.OutputTopic is { } output)
                    Topic(place, output).Sources.Add(instance);
                if (instance.InputTopic is { } input)
                    Topic(place, input).Targets.Add(instance);
            }
        }
    }

    private FlowingTopic Topic(PlaceClient place, string name)
    {
        var key = (place.Uri.AbsoluteUri, name);
        if (!_topics.TryGetValue(key, out var topic))
            _topics[key] = topic = new FlowingTopic(place, name);
        return topic;
    }

    /// <summary>A topic, and what provides and requires it.</summary>
    private sealed class FlowingTopic(PlaceClient place, string name)
    {
        public string Name { get; } = name;

        public string? Space { get; } = (place as SpaceClient)?.SpaceId;

        public string? ContentType { get; set; }

        /// <summary>Whether the topic is meant, whichever hubs use it.</summary>
        public bool IsOfPlace { get; set; }

        public HashSet<string> Providers { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Consumers { get; } = new(StringComparer.Ordinal);

        public HashSet<Instance> Sources { get; } = [];

        public HashSet<Instance> Targets { get; } = [];

        /// <summary>Returns whether the topic is meant if only some hubs are.</summary>
        public bool IsMeant(HashSet<(string Place, string Hub)> hubs) => IsOfPlace || Sources.Count + Targets.Count > 0
            || Providers.Concat(Consumers).Any(hub => hubs.Contains((place.Uri.AbsoluteUri, hub)));

        public IEnumerable<ScramjetFlow> Flows() =>
            from source in Ends(Sources, Providers)
            from target in Ends(Targets, Consumers)
            select new ScramjetFlow(Name, ContentType, Space, source, target);

        /// <summary>Returns the instances, the hubs without one of them, and if there are neither, nothing.</summary>
        private static (string? Hub, Instance? Instance)[] Ends(HashSet<Instance> instances, HashSet<string> hubs)
        {
            var known = instances.OrderBy(i => i.SequenceName, StringComparer.Ordinal).ThenBy(i => i.Hub, StringComparer.Ordinal)
                .ThenBy(i => i.Id, StringComparer.Ordinal).Select(i => (i.Hub, (Instance?)i));
            var others = hubs.Where(hub => instances.All(i => i.Hub != hub)).OrderBy(hub => hub, StringComparer.Ordinal)
                .Select(hub => ((string?)hub, (Instance?)null));
            (string? Hub, Instance? Instance)[] ends = [.. known, .. others];
            return ends.Length > 0 ? ends : [default];
        }
    }
}
