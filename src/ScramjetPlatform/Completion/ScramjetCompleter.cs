using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform.Completion;

/// <summary>
/// Offers what exists on the servers. A short cache and a time limit keep the prompt responsive. If something fails, nothing is offered and nothing is
/// thrown.
/// </summary>
public abstract class ScramjetCompleter : IArgumentCompleter
{
    /// <summary>How many matches are offered: nobody reads more, and each makes the prompt slower.</summary>
    private const int MostOffers = 100;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>The time that places have to answer; then the answers so far are offered.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(850);

    /// <summary>A hub of 0.18 doesn't answer for an instance that is being set up: the others must not wait for it.</summary>
    private static readonly TimeSpan RequestTime = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(5);
    private static readonly Dictionary<(ScramjetConnection, Type, string), (DateTime Until, IReadOnlyList<Offer> Offers)> Cache = [];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        try
        {
            var connection = ConvertTo<ScramjetConnection>(fakeBoundParameters["Connection"]) ?? ScramjetSession.Current.Default;
            if (connection is not { IsConnected: true })
                return [];

            var word = (wordToComplete ?? "").Trim('\'', '"');
            return GetOffers(
                connection,
                ConvertTo<SpaceReference[]>(fakeBoundParameters["Space"]) ?? [],
                ConvertTo<HubReference[]>(fakeBoundParameters["Hub"]) ?? [])
                .Where(o => o.IsFor(word))
                .Take(MostOffers)
                .Select(o => new CompletionResult(Quote(o.Complete(word)), o.ListText, CompletionResultType.ParameterValue, o.ToolTip))
                .ToArray();
        }
        catch (Exception)
        {
            // A prompt can't show errors: the command itself will.
            return [];
        }
    }

    /// <summary>Where to look, by what is on the command line already.</summary>
    private protected virtual CommandScope GetScope(ScramjetConnection connection, SpaceReference[] spaces, HubReference[] hubs) =>
        CommandScope.From(() => connection, spaces, hubs, default);

    /// <summary>Finds what can be offered.</summary>
    private protected abstract Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer);

    /// <summary>The order in which the offers are shown.</summary>
    private protected virtual IEnumerable<Offer> Arrange(IEnumerable<Offer> offers) => offers.OrderBy(o => o.Text, StringComparer.OrdinalIgnoreCase);

    private IReadOnlyList<Offer> GetOffers(ScramjetConnection connection, SpaceReference[] spaces, HubReference[] hubs)
    {
        var scope = GetScope(connection, spaces, hubs);
        var key = (
            connection,
            GetType(),
            $"{string.Join(",", scope.Spaces.Select(s => s.ToString()))}|{string.Join(",", scope.Hubs.Select(h => h.ToString()))}");
        lock (Cache)
        {
            if (Cache.TryGetValue(key, out var known) && known.Until > DateTime.UtcNow)
                return known.Offers;
        }

        using var bound = new CancellationTokenSource(AnswerTime);
        var context = new RequestContext(new RequestOptions { Timeout = RequestTime }, static (_, _) => { }, bound.Token);
        var found = new ConcurrentQueue<Offer>();
        Task.WhenAny(Task.Run(() => context.GuardAsync(null, () => FindAsync(context, scope, found.Enqueue)))).Wait(TimeLimit);

        var offers = Arrange(found.Where(o => o.IsPlain).GroupBy(o => o.Text, StringComparer.OrdinalIgnoreCase).Select(g => g.First())).ToArray();
        if (bound.IsCancellationRequested)
            return offers;

        lock (Cache)
        {
            foreach (var old in Cache.Where(c => c.Value.Until <= DateTime.UtcNow).Select(c => c.Key).ToArray())
                Cache.Remove(old);
            Cache[key] = (DateTime.UtcNow + CacheTime, offers);
        }

        return offers;
    }

    internal static string Quote(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') ? text : "'" + CodeGeneration.EscapeSingleQuotedStringContent(text) + "'";

    private static T? ConvertTo<T>(object? value) where T : class =>
        value is not null && LanguagePrimitives.TryConvertTo<T>(value, out var result) ? result : null;

    private protected class Offer(string text, string toolTip)
    {
        public string Text { get; } = text;

        public string ToolTip { get; } = DisplayText.Clean(string.IsNullOrEmpty(toolTip) ? text : toolTip)!;

        /// <summary>The line in a list of offers.</summary>
        public virtual string ListText => Text;

        /// <summary>Whether it can stand at a prompt: the terminal would act on a name with control characters.</summary>
        public bool IsPlain => DisplayText.Clean(Text) == Text;

        /// <summary>Whether what was typed is the beginning of it.</summary>
        public virtual bool IsFor(string word) => Text.StartsWith(word, StringComparison.OrdinalIgnoreCase);

        /// <summary>What stands at the prompt in the place of what was typed.</summary>
        public virtual string Complete(string word) => Text;
    }
}

/// <summary>Offers spaces.</summary>
public sealed class SpaceCompleter : ScramjetCompleter
{
    private protected override CommandScope GetScope(ScramjetConnection connection, SpaceReference[] spaces, HubReference[] hubs) =>
        CommandScope.OfSpaces(() => connection, []);

    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) =>
        new PlaceFinder(context, scope).ForEachSpaceAsync(space =>
    {
        offer(new Offer(space.Id, space.Uri.ToString()));
        return Task.CompletedTask;
    });
}

/// <summary>Offers hubs.</summary>
public sealed class HubCompleter : ScramjetCompleter
{
    private protected override CommandScope GetScope(ScramjetConnection connection, SpaceReference[] spaces, HubReference[] hubs) =>
        CommandScope.From(() => connection, spaces, [new HubReference("*", "*")], default);

    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) =>
        new PlaceFinder(context, scope).ForEachHubAsync(hub =>
    {
        offer(new Offer(hub.Id, $"{hub.Status} {hub.Space} {hub.Description}".Trim()));
        return Task.CompletedTask;
    });
}

/// <summary>Offers the ids of packages in stores.</summary>
public sealed class StoreItemCompleter : ScramjetCompleter
{
    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) =>
        Finder.StoreItems(context).ForEachAsync(scope, [], item =>
    {
        offer(new Offer(item.Id, $"{item.Name} {item.Version} in {item.Space}"));
        return Task.CompletedTask;
    });
}

/// <summary>Offers sequences: their names, or ids if they have none.</summary>
public sealed class SequenceCompleter : ScramjetCompleter
{
    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) =>
        Finder.Sequences(context).ForEachAsync(scope, [], sequence =>
    {
        offer(new Offer(sequence.Name ?? sequence.Id, $"{sequence.Id} {sequence.Version} on {sequence.Hub}"));
        return Task.CompletedTask;
    });
}

/// <summary>Offers instances by their ids and by the names of their sequences: those that run first, and the newest of a name first.</summary>
public class InstanceCompleter : ScramjetCompleter
{
    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) =>
        Finder.Instances(context).ForEachAsync(scope, [], instance =>
    {
        offer(new InstanceOffer(instance));
        return Task.CompletedTask;
    });

    private protected override IEnumerable<Offer> Arrange(IEnumerable<Offer> offers)
    {
        var arranged = offers.Cast<InstanceOffer>()
            .OrderBy(o => o.Instance.HasEnded)
            .ThenBy(o => o.Instance.SequenceName, StringComparer.OrdinalIgnoreCase)
            .ThenByDescending(o => o.Instance.Created)
            .ThenBy(o => o.Text, StringComparer.Ordinal)
            .ToArray();

        // Commands take the only one that runs for its name, and otherwise the only one that has ended.
        var names = new Dictionary<InstanceOffer, Offer>();
        foreach (var group in arranged.GroupBy(o => o.Instance.SequenceName, StringComparer.OrdinalIgnoreCase))
        {
            var first = group.First();
            var count = group.Count(o => o.Instance.HasEnded == first.Instance.HasEnded);
            first.IsOnlyOne = count == 1;
            if (count > 1 && first.Name is { } name)
                names.Add(first, new NameOffer(name, count));
        }

        return arranged.SelectMany(o => names.TryGetValue(o, out var name) ? [name, o] : new Offer[] { o });
    }

    private protected static bool HasEnded(Offer offer) => ((InstanceOffer)offer).Instance.HasEnded;

    /// <summary>
    /// A name that several instances have, before their ids. A prompt writes the beginning that all offers share, and without the name, ids that begin alike
    /// would replace what was typed.
    /// </summary>
    private sealed class NameOffer(string name, int count) : Offer(name, $"{count} instances")
    {
        public override string ListText => $"{Text}  {ToolTip}";
    }

    private sealed class InstanceOffer(Instance instance) : Offer(instance.Id, Describe(instance, instance.Id))
    {
        /// <summary>The name of its sequence, if it can stand at a prompt.</summary>
        public string? Name { get; } = instance.SequenceName is { } name && DisplayText.Clean(name) == name ? name : null;

        public Instance Instance { get; } = instance;

        /// <summary>Whether its name is enough for commands to find it.</summary>
        public bool IsOnlyOne { get; set; }

        public override string ListText => DisplayText.Clean(Describe(Instance, DisplayText.ShortId(Text)))!;

        public override bool IsFor(string word) => base.IsFor(word) || Name?.StartsWith(word, StringComparison.OrdinalIgnoreCase) == true;

        public override string Complete(string word) => IsOnlyOne && Name is not null && (word.Length == 0 || !base.IsFor(word)) ? Name : Text;

        private static string Describe(Instance instance, string id) =>
            $"{instance.SequenceName ?? instance.SequenceId}  {id}  {instance.Status} on {instance.Hub}";
    }
}

/// <summary>Offers instances that haven't ended, for commands that do nothing to others.</summary>
public sealed class RunningInstanceCompleter : InstanceCompleter
{
    private protected override IEnumerable<Offer> Arrange(IEnumerable<Offer> offers) => base.Arrange(offers.Where(o => !HasEnded(o)));
}

/// <summary>Offers topics: those of spaces and of hubs.</summary>
public sealed class TopicCompleter : ScramjetCompleter
{
    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer)
    {
        Task FindTopicsAsync(bool ofSpaces) => context.GuardAsync(null, () => Finder.Topics(context, ofSpaces).ForEachAsync(scope, [], topic =>
        {
            offer(new Offer(topic.Name, $"{topic.ContentType} {(topic.Hub is null ? $"in {topic.Space}" : $"on {topic.Hub}")}"));
            return Task.CompletedTask;
        }));
        return scope.Hubs.Length > 0 ? FindTopicsAsync(ofSpaces: false) : Task.WhenAll(FindTopicsAsync(ofSpaces: true), FindTopicsAsync(ofSpaces: false));
    }
}
