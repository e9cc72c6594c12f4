using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Completion;

/// <summary>
/// Offers what is really there. A short cache and a time limit keep the prompt quick; whatever goes wrong, nothing is offered
/// and nothing is thrown.
/// </summary>
public abstract class ScramjetCompleter : IArgumentCompleter
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>What a hub or a space gets to answer: when it is up, what the others have answered is offered.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(850);

    /// <summary>A hub of 0.18 doesn't answer for an instance that is being set up: the others are not to wait for it.</summary>
    private static readonly TimeSpan RequestTime = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(5);
    private static readonly Dictionary<(ScramjetConnection, Type, string), (DateTime Until, IReadOnlyList<Offer> Offers)> Cache = [];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var connection = fakeBoundParameters["Connection"] as ScramjetConnection ?? ScramjetSession.Current.Default;
            if (connection is not { IsConnected: true })
                return [];

            var scope = new Scope(connection, fakeBoundParameters["Space"]?.ToString() ?? connection.Space, fakeBoundParameters["Hub"]?.ToString() ?? connection.Hub);
            var word = (wordToComplete ?? "").Trim('\'', '"');
            return GetOffers(connection, scope)
                .Where(o => o.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .Select(o => new CompletionResult(Quote(o.Text), o.Text, CompletionResultType.ParameterValue, o.ToolTip))
                .ToArray();
        }
        catch (Exception)
        {
            // A prompt is no place for errors: the command itself will say what is wrong.
            return [];
        }
    }

    /// <summary>What can be offered.</summary>
    private protected abstract Task<IEnumerable<Offer>> FindAsync(Scope scope, CancellationToken cancellationToken);

    private IReadOnlyList<Offer> GetOffers(ScramjetConnection connection, Scope scope)
    {
        var key = (connection, GetType(), $"{scope.Space}|{scope.Hub}");
        lock (Cache)
        {
            if (Cache.TryGetValue(key, out var known) && known.Until > DateTime.UtcNow)
                return known.Offers;
        }

        using var bound = new CancellationTokenSource(AnswerTime);
        var search = Task.Run(() => FindAsync(scope, bound.Token));
        if (!search.Wait(TimeLimit))
            return [];

        var offers = search.Result.GroupBy(o => o.Text, StringComparer.OrdinalIgnoreCase).Select(g => g.First()).OrderBy(o => o.Text, StringComparer.OrdinalIgnoreCase).ToArray();
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

    private protected readonly struct Offer(string text, string toolTip)
    {
        public string Text { get; } = text;

        public string ToolTip { get; } = string.IsNullOrEmpty(toolTip) ? text : toolTip;
    }

    /// <summary>Where to look, from what stands on the command line already.</summary>
    private protected sealed class Scope(ScramjetConnection connection, string? space, string? hub)
    {
        public string? Space { get; } = space;

        public string? Hub { get; } = hub;

        public async Task<IReadOnlyList<Space>> GetSpacesAsync(CancellationToken cancellationToken)
        {
            if (!connection.IsPlatform)
                return [];

            var spaces = connection.Target == ConnectionKind.MultiManager
                ? await Quick(connection.MultiManager).ListSpacesAsync(cancellationToken).ConfigureAwait(false)
                : await Quick(connection.Middleware).ListSpacesAsync(cancellationToken).ConfigureAwait(false);
            return Space is null ? spaces : spaces.Where(s => Fits(Space, s.Id)).ToArray();
        }

        public async Task<IEnumerable<Hub>> GetHubsAsync(CancellationToken cancellationToken)
        {
            if (!connection.IsPlatform)
                return [new Hub(await Quick(connection.Host).IdentifyAsync(cancellationToken).ConfigureAwait(false))];

            return await FromSpacesAsync(space => space.ListHubsAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        public async Task<IEnumerable<T>> FromSpacesAsync<T>(Func<SpaceClient, Task<IReadOnlyList<T>>> list, CancellationToken cancellationToken)
        {
            var spaces = await GetSpacesAsync(cancellationToken).ConfigureAwait(false);
            return await GatherAsync(spaces, s => list(s.Client), cancellationToken).ConfigureAwait(false);
        }

        public async Task<IEnumerable<T>> FromHubsAsync<T>(Func<HubClient, Task<IReadOnlyList<T>>> list, CancellationToken cancellationToken)
        {
            var hubs = (await GetHubsAsync(cancellationToken).ConfigureAwait(false)).Where(h => h.Connected != false && (Hub is null || Fits(Hub, h.Id)));
            return await GatherAsync(hubs, h => list(h.Client), cancellationToken).ConfigureAwait(false);
        }

        /// <summary>What all that answer in time have; those that fail have nothing.</summary>
        private static async Task<IEnumerable<TItem>> GatherAsync<TPlace, TItem>(IEnumerable<TPlace> places, Func<TPlace, Task<IReadOnlyList<TItem>>> list, CancellationToken cancellationToken)
        {
            var lists = places.Select(async place =>
            {
                try
                {
                    return await list(place).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ScramjetException or OperationCanceledException)
                {
                    return [];
                }
            }).ToArray();
            await Task.WhenAny(Task.WhenAll(lists), Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
            return lists.Where(l => l.Status == TaskStatus.RanToCompletion).SelectMany(l => l.Result).ToArray();
        }

        private static T Quick<T>(T client) where T : ApiClient => ApiClient.With(client, new RequestOptions { Timeout = RequestTime });

        private static bool Fits(string pattern, string id) => WildcardPattern.Get(pattern + (WildcardPattern.ContainsWildcardCharacters(pattern) ? "" : "*"), WildcardOptions.IgnoreCase).IsMatch(id);
    }
}

/// <summary>Offers spaces.</summary>
public sealed class SpaceCompleter : ScramjetCompleter
{
    private protected override async Task<IEnumerable<Offer>> FindAsync(Scope scope, CancellationToken cancellationToken) =>
        (await scope.GetSpacesAsync(cancellationToken).ConfigureAwait(false)).Select(s => new Offer(s.Id, s.Uri.ToString()));
}

/// <summary>Offers hubs.</summary>
public sealed class HubCompleter : ScramjetCompleter
{
    private protected override async Task<IEnumerable<Offer>> FindAsync(Scope scope, CancellationToken cancellationToken) =>
        (await scope.GetHubsAsync(cancellationToken).ConfigureAwait(false)).Select(h => new Offer(h.Id, $"{h.Status} {h.Space} {h.Description}".Trim()));
}

/// <summary>Offers the packages in stores: their ids.</summary>
public sealed class StoreItemCompleter : ScramjetCompleter
{
    private protected override async Task<IEnumerable<Offer>> FindAsync(Scope scope, CancellationToken cancellationToken) =>
        (await scope.FromSpacesAsync(space => space.ListStoreItemsAsync(cancellationToken), cancellationToken).ConfigureAwait(false))
            .Select(i => new Offer(i.Id, $"{i.Name} {i.Version} in {i.Space}"));
}

/// <summary>Offers sequences: their names, or ids where they have none.</summary>
public sealed class SequenceCompleter : ScramjetCompleter
{
    private protected override async Task<IEnumerable<Offer>> FindAsync(Scope scope, CancellationToken cancellationToken) =>
        (await scope.FromHubsAsync(hub => hub.ListSequencesAsync(cancellationToken), cancellationToken).ConfigureAwait(false))
            .Select(s => new Offer(s.Name ?? s.Id, $"{s.Id} {s.Version} on {s.Hub}"));
}

/// <summary>Offers instances.</summary>
public sealed class InstanceCompleter : ScramjetCompleter
{
    private protected override async Task<IEnumerable<Offer>> FindAsync(Scope scope, CancellationToken cancellationToken) =>
        (await scope.FromHubsAsync(hub => hub.ListInstancesAsync(cancellationToken), cancellationToken).ConfigureAwait(false))
            .Select(i => new Offer(i.Id, $"{i.SequenceName ?? i.SequenceId} {i.Status} on {i.Hub}"));
}

/// <summary>Offers topics: those of spaces and of hubs.</summary>
public sealed class TopicCompleter : ScramjetCompleter
{
    private protected override async Task<IEnumerable<Offer>> FindAsync(Scope scope, CancellationToken cancellationToken)
    {
        var ofSpaces = scope.FromSpacesAsync(space => space.ListTopicsAsync(cancellationToken), cancellationToken);
        var ofHubs = scope.FromHubsAsync(hub => hub.ListTopicsAsync(cancellationToken), cancellationToken);
        var topics = scope.Hub is null ? (await ofSpaces.ConfigureAwait(false)).Concat(await ofHubs.ConfigureAwait(false)) : await ofHubs.ConfigureAwait(false);
        return topics.Select(t => new Offer(t.Name, $"{t.ContentType} {(t.Hub is null ? $"in {t.Space}" : $"on {t.Hub}")}"));
    }
}
