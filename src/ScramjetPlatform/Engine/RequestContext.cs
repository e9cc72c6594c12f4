using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;

namespace ScramjetPlatform.Engine;

/// <summary>What the requests of a command have in common: time limit, tracing, throttle, cancellation, the way errors are reported, and the lists already received.</summary>
internal class RequestContext
{
    /// <summary>How long a list is reused. A command that gets many names in a row asks each hub once.</summary>
    private static readonly TimeSpan ListLifetime = TimeSpan.FromSeconds(2);

    private readonly RequestOptions _options;
    private readonly Dictionary<(string Address, Type Type), Listing> _lists = [];
    private readonly HashSet<Exception> _reported = [];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <param name="options">The time limit, tracing and throttle of all requests.</param>
    /// <param name="report">Receives failures that don't end the command.</param>
    /// <param name="cancellation">Cancelled when the command is stopped.</param>
    public RequestContext(RequestOptions options, Action<Exception, object?> report, CancellationToken cancellation)
    {
        _options = options;
        ErrorHandler = report;
        Cancellation = cancellation;
    }

    /// <summary>Cancelled when the command is stopped.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Receives failures that don't end the command.</summary>
    public Action<Exception, object?> ErrorHandler { get; set; }

    /// <summary>The client with this command's time limit, tracing and throttle.</summary>
    public T Bind<T>(T client) where T : ApiClient => ApiClient.With(client, _options);

    /// <summary>The client for a stream that has a limited time to begin.</summary>
    /// <param name="client">The client.</param>
    /// <param name="openingTime">The time; null for as long as the server responds.</param>
    /// <param name="emptyAfter">The time after which a stream that hasn't begun counts as empty, if the server responds.</param>
    public T Bind<T>(T client, TimeSpan? openingTime, TimeSpan? emptyAfter = null) where T : ApiClient =>
        ApiClient.With(client, _options.Opening(openingTime, emptyAfter));

    /// <summary>Discards the lists, so that they are requested again.</summary>
    public void ClearLists()
    {
        lock (_lists)
            _lists.Clear();
    }

    /// <summary>Whether this is the first request for the place. When several records lead to one place, it is asked once.</summary>
    public bool IsFirst(ApiClient place)
    {
        lock (_asked)
            return _asked.Add(place.Uri.AbsoluteUri);
    }

    /// <summary>Reports a failure while the rest of the command continues. A failure that several records share is reported once.</summary>
    public void Report(Exception error, object? target)
    {
        lock (_reported)
        {
            if (!_reported.Add(error))
                return;
        }

        ErrorHandler(error, target);
    }

    /// <summary>Reports a failure of the work as one error about the item, and continues.</summary>
    /// <returns>Whether the work succeeded.</returns>
    public async Task<bool> GuardAsync(object? item, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is not TerminatingError && !(e is OperationCanceledException && Cancellation.IsCancellationRequested))
        {
            Report(e, item);
            return false;
        }
    }

    /// <summary>Calls the body for each item, as many at once as keep the requests busy. A failure is one error about its item.</summary>
    public async Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> body)
    {
        using var slots = new SemaphoreSlim(4 * Math.Max(1, _options.Throttle?.CurrentCount ?? 1));
        await Task.WhenAll(items.Select(async item =>
        {
            await slots.WaitAsync(Cancellation).ConfigureAwait(false);
            try
            {
                await GuardAsync(item, () => body(item)).ConfigureAwait(false);
            }
            finally
            {
                slots.Release();
            }
        })).ConfigureAwait(false);
    }

    /// <summary>A list from a server. Calls at the same time, or shortly after one another, share one request and its failure.</summary>
    /// <param name="client">The client of the place. Its address is the key.</param>
    /// <param name="request">Requests the list.</param>
    /// <param name="fresh">Don't reuse an earlier list.</param>
    public async Task<Listing<T>> ListAsync<T>(ApiClient client, Func<Task<IReadOnlyList<T>>> request, bool fresh = false)
    {
        var key = (client.Uri.AbsoluteUri, typeof(T));
        Listing? listing;
        bool isReused;
        lock (_lists)
        {
            isReused = _lists.TryGetValue(key, out listing) && listing.IsUsable && !(fresh && listing.Answer.Status == TaskStatus.RanToCompletion);
            if (!isReused)
                _lists[key] = listing = new Listing(request());
        }

        var items = await ((Task<IReadOnlyList<T>>)listing!.Answer).ConfigureAwait(false);
        if (!isReused)
            listing.Age.Restart();
        return new Listing<T>(items, isReused);
    }

    /// <summary>Everything that an enumeration calls its body for.</summary>
    /// <param name="forEach">Calls the body for each item, from several threads at once.</param>
    public static async Task<IReadOnlyList<T>> CollectAsync<T>(Func<Func<T, Task>, Task> forEach)
    {
        var found = new List<T>();
        await forEach(item =>
        {
            lock (found)
                found.Add(item);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return found;
    }

    private sealed class Listing(Task answer)
    {
        public Task Answer { get; } = answer;

        public Stopwatch Age { get; } = Stopwatch.StartNew();

        public bool IsUsable => !Answer.IsCompleted || Age.Elapsed < ListLifetime;
    }
}

/// <summary>A list, and whether it is from an earlier request.</summary>
internal readonly struct Listing<T>(IReadOnlyList<T> items, bool isReused)
{
    public IReadOnlyList<T> Items { get; } = items;

    public bool IsReused { get; } = isReused;
}
