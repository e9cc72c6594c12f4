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
            return GetOffers(connection, ConvertTo<SpaceReference[]>(fakeBoundParameters["Space"]) ?? [], ConvertTo<HubReference[]>(fakeBoundParameters["Hub"]) ?? [])
                .Where(o => o.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .Select(o => new CompletionResult(Quote(o.Text), o.Text, CompletionResultType.ParameterValue, o.ToolTip))
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

    private IReadOnlyList<Offer> GetOffers(ScramjetConnection connection, SpaceReference[] spaces, HubReference[] hubs)
    {
        var scope = GetScope(connection, spaces, hubs);
        var key = (connection, GetType(), $"{string.Join(",", scope.Spaces.Select(s => s.ToString()))}|{string.Join(",", scope.Hubs.Select(h => h.ToString()))}");
        lock (Cache)
        {
            if (Cache.TryGetValue(key, out var known) && known.Until > DateTime.UtcNow)
                return known.Offers;
        }

        using var bound = new CancellationTokenSource(AnswerTime);
        var context = new RequestContext(new RequestOptions { Timeout = RequestTime }, static (_, _) => { }, bound.Token);
        var found = new ConcurrentQueue<Offer>();
        Task.WhenAny(Task.Run(() => context.GuardAsync(null, () => FindAsync(context, scope, found.Enqueue)))).Wait(TimeLimit);

        var offers = found.Where(o => o.IsPlain).GroupBy(o => o.Text, StringComparer.OrdinalIgnoreCase).Select(g => g.First()).OrderBy(o => o.Text, StringComparer.OrdinalIgnoreCase).ToArray();
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

    private static T? ConvertTo<T>(object? value) where T : class => value is not null && LanguagePrimitives.TryConvertTo<T>(value, out var result) ? result : null;

    private protected readonly struct Offer(string text, string toolTip)
    {
        public string Text { get; } = text;

        public string ToolTip { get; } = DisplayText.Clean(string.IsNullOrEmpty(toolTip) ? text : toolTip)!;

        /// <summary>Whether it can stand at a prompt: the terminal would act on a name with control characters.</summary>
        public bool IsPlain => DisplayText.Clean(Text) == Text;
    }
}

/// <summary>Offers spaces.</summary>
public sealed class SpaceCompleter : ScramjetCompleter
{
    private protected override CommandScope GetScope(ScramjetConnection connection, SpaceReference[] spaces, HubReference[] hubs) =>
        CommandScope.OfSpaces(() => connection, []);

    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) => new PlaceFinder(context, scope).ForEachSpaceAsync(space =>
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

    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) => new PlaceFinder(context, scope).ForEachHubAsync(hub =>
    {
        offer(new Offer(hub.Id, $"{hub.Status} {hub.Space} {hub.Description}".Trim()));
        return Task.CompletedTask;
    });
}

/// <summary>Offers the ids of packages in stores.</summary>
public sealed class StoreItemCompleter : ScramjetCompleter
{
    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) => Finder.StoreItems(context).ForEachAsync(scope, [], item =>
    {
        offer(new Offer(item.Id, $"{item.Name} {item.Version} in {item.Space}"));
        return Task.CompletedTask;
    });
}

/// <summary>Offers sequences: their names, or ids if they have none.</summary>
public sealed class SequenceCompleter : ScramjetCompleter
{
    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) => Finder.Sequences(context).ForEachAsync(scope, [], sequence =>
    {
        offer(new Offer(sequence.Name ?? sequence.Id, $"{sequence.Id} {sequence.Version} on {sequence.Hub}"));
        return Task.CompletedTask;
    });
}

/// <summary>Offers instances.</summary>
public sealed class InstanceCompleter : ScramjetCompleter
{
    private protected override Task FindAsync(RequestContext context, CommandScope scope, Action<Offer> offer) => Finder.Instances(context).ForEachAsync(scope, [], instance =>
    {
        offer(new Offer(instance.Id, $"{instance.SequenceName ?? instance.SequenceId} {instance.Status} on {instance.Hub}"));
        return Task.CompletedTask;
    });
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
