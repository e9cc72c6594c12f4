using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Instances;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// What a running command gives to those who work for it: its cancellation, its time limit and tracing, its bound on concurrent requests,
/// its way to report errors, and the lists that it has asked for already.
/// </summary>
internal sealed class CommandContext
{
    /// <summary>How long a list may be used again. A command that is fed many names in a row asks each hub once.</summary>
    private static readonly TimeSpan ListLifetime = TimeSpan.FromSeconds(2);

    private readonly Action<Exception, object?> _report;
    private readonly RequestOptions _options;
    private readonly Dictionary<(string Address, Type Type), Listing> _lists = [];
    private readonly HashSet<Exception> _reported = [];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <param name="options">The time limit, tracing and throttle of all requests.</param>
    /// <param name="report">Told of a failure that does not end the command.</param>
    /// <param name="cancellation">Cancelled when the pipeline is stopped.</param>
    /// <param name="progress">Told of waits for instances.</param>
    public CommandContext(RequestOptions options, Action<Exception, object?> report, CancellationToken cancellation, IProgress<InstanceWait>? progress = null)
    {
        Watch = new InstanceWatch(options, progress);
        _options = options;
        _report = report;
        Cancellation = cancellation;
    }

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Waits for instances, with this command's time limit, tracing and throttle, and with progress.</summary>
    public InstanceWatch Watch { get; }

    /// <summary>The client, with this command's time limit, tracing and throttle.</summary>
    public T Own<T>(T client) where T : ApiClient => ApiClient.With(client, _options);

    /// <summary>The client for a stream, as <see cref="Own{T}(T)"/> gives it, that has a time to begin.</summary>
    /// <param name="client">The client.</param>
    /// <param name="openingTime">The time; null for as long as the server gives signs of life.</param>
    /// <param name="emptyAfter">After how long a stream that hasn't begun, of a server that gives signs of life, is taken for an empty one.</param>
    public T Own<T>(T client, TimeSpan? openingTime, TimeSpan? emptyAfter = null) where T : ApiClient =>
        ApiClient.With(client, _options.Opening(openingTime, emptyAfter));

    /// <summary>Asks everything anew from here on.</summary>
    public void Forget()
    {
        lock (_lists)
            _lists.Clear();
    }

    /// <summary>Whether the place is asked for the first time: a command that several records lead to one place asks it once.</summary>
    public bool IsFirst(ApiClient place)
    {
        lock (_asked)
            return _asked.Add(place.Uri.AbsoluteUri);
    }

    /// <summary>Reports a failure, while the rest of the command goes on. One that several records share is reported once.</summary>
    public void Report(Exception error, object? target)
    {
        lock (_reported)
        {
            if (!_reported.Add(error))
                return;
        }

        _report(error, target);
    }

    /// <summary>Reports a failure of the work as one error about the item, and goes on.</summary>
    /// <returns>Whether the work succeeded.</returns>
    public async Task<bool> GuardAsync(object item, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            Report(e, item);
            return false;
        }
    }

    /// <summary>A list that a server gives. Calls at the same time, or shortly after one another, share one request and its failure.</summary>
    /// <param name="client">The client of the place that is asked. Its address tells one place from another.</param>
    /// <param name="ask">Asks for the list.</param>
    /// <param name="fresh">Don't use a list that was asked for before.</param>
    public async Task<Listing<T>> ListAsync<T>(ApiClient client, Func<Task<IReadOnlyList<T>>> ask, bool fresh = false)
    {
        var key = (client.Uri.AbsoluteUri, typeof(T));
        Listing? listing;
        bool isReused;
        lock (_lists)
        {
            isReused = _lists.TryGetValue(key, out listing) && listing.IsUsable && !(fresh && listing.Answer.Status == TaskStatus.RanToCompletion);
            if (!isReused)
                _lists[key] = listing = new Listing(ask());
        }

        var items = await ((Task<IReadOnlyList<T>>)listing!.Answer).ConfigureAwait(false);
        if (!isReused)
            listing.Age.Restart();
        return new Listing<T>(items, isReused);
    }

    private sealed class Listing(Task answer)
    {
        public Task Answer { get; } = answer;

        public Stopwatch Age { get; } = Stopwatch.StartNew();

        public bool IsUsable => !Answer.IsCompleted || Age.Elapsed < ListLifetime;
    }
}

/// <summary>A list, and whether it was asked for now or a moment ago.</summary>
internal readonly struct Listing<T>(IReadOnlyList<T> items, bool isReused)
{
    public IReadOnlyList<T> Items { get; } = items;

    public bool IsReused { get; } = isReused;
}
