using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;

namespace ScramjetPlatform.Engine;

/// <summary>
/// The common settings of a command's requests: time limit, tracing, throttle and cancellation. It also reports errors, and caches lists.
/// </summary>
internal class RequestContext
{
    /// <summary>The time for which a list is reused, so that a command that looks up many names requests each hub's list once.</summary>
    private static readonly TimeSpan ListLifetime = TimeSpan.FromSeconds(2);

    /// <summary>The number of ids that a command requests one by one. For more, the lists are fewer requests.</summary>
    private const int MaxDirect = 4;

    private readonly RequestOptions _options;
    private readonly Dictionary<(string Address, Type Type), Listing> _lists;
    private readonly HashSet<Exception> _reported = [];
    private readonly HashSet<string> _requested = new(StringComparer.Ordinal);
    private int _direct;

    /// <param name="options">The time limit, tracing and throttle of all requests.</param>
    /// <param name="report">Receives errors that don't end the command.</param>
    /// <param name="cancellation">Canceled when the command is stopped.</param>
    public RequestContext(RequestOptions options, Action<Exception, object?> report, CancellationToken cancellation)
        : this(options, report, cancellation, [])
    {
    }

    private RequestContext(
        RequestOptions options,
        Action<Exception, object?> report,
        CancellationToken cancellation,
        Dictionary<(string Address, Type Type), Listing> lists)
    {
        _options = options;
        ErrorHandler = report;
        Cancellation = cancellation;
        _lists = lists;
    }

    /// <summary>Canceled when the command is stopped.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Receives errors that don't end the command.</summary>
    public Action<Exception, object?> ErrorHandler { get; set; }

    /// <summary>Returns the client with the command's time limit, tracing and throttle.</summary>
    public T Bind<T>(T client) where T : ApiClient => ApiClient.With(client, _options);

    /// <summary>Returns the client with a time limit for the beginning of a stream.</summary>
    /// <param name="client">The client.</param>
    /// <param name="openingTime">The time limit; null for no limit while the server responds.</param>
    /// <param name="emptyAfter">The time after which a stream that hasn't begun is treated as empty, if the server responds.</param>
    public T Bind<T>(T client, TimeSpan? openingTime, TimeSpan? emptyAfter = null) where T : ApiClient =>
        ApiClient.With(client, _options.Opening(openingTime, emptyAfter));

    /// <summary>The same for requests that have another time limit and can be cancelled by themselves.</summary>
    public RequestContext Within(TimeSpan timeout, CancellationToken cancellation) => new(_options.Within(timeout), Report, cancellation);

    /// <summary>The same, with the same cached lists, for requests whose errors go elsewhere.</summary>
    public RequestContext Reporting(Action<Exception, object?> report) => new(_options, report, Cancellation, _lists);

    /// <summary>Returns whether a number of ids can be requested one by one, rather than looked up in lists.</summary>
    public bool TryTakeDirect(int count) => Interlocked.Add(ref _direct, count) <= MaxDirect;

    /// <summary>Clears the cached lists.</summary>
    public void ClearLists()
    {
        lock (_lists)
            _lists.Clear();
    }

    /// <summary>Returns whether the place is requested for the first time. If several records lead to one place, it is requested once.</summary>
    public bool IsFirst(ApiClient place)
    {
        lock (_requested)
            return _requested.Add(place.Uri.AbsoluteUri);
    }

    /// <summary>Whether an error was reported.</summary>
    public bool HasReported
    {
        get
        {
            lock (_reported)
                return _reported.Count > 0;
        }
    }

    /// <summary>Reports an error that doesn't end the command. An error that several records share is reported once.</summary>
    public void Report(Exception error, object? target)
    {
        lock (_reported)
        {
            if (!_reported.Add(error))
                return;
        }

        ErrorHandler(error, target);
    }

    /// <summary>Runs the work and reports its failure as one error about the item.</summary>
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

    /// <summary>Calls the body for each item concurrently, with enough calls to use all request slots. A failure is one error about its item.</summary>
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

    /// <summary>Gets a list from a server. Calls at the same time, or shortly after one another, share a request and its failure.</summary>
    /// <param name="client">The client of the place. Its address is the key of the cache.</param>
    /// <param name="request">Requests the list.</param>
    /// <param name="fresh">True to request the list even if it is cached.</param>
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

    /// <summary>Collects all items for which an enumeration calls its body.</summary>
    /// <param name="forEach">Calls the body for each item, possibly on several threads at the same time.</param>
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

/// <summary>A list, and whether it is from the cache.</summary>
internal readonly struct Listing<T>(IReadOnlyList<T> items, bool isReused)
{
    public IReadOnlyList<T> Items { get; } = items;

    public bool IsReused { get; } = isReused;
}
