using System;
using System.Threading;
using Scramjet.Client.Api;

namespace Scramjet.Client.Http;

/// <summary>The options of a caller for its requests. See <see cref="ApiClient.With{T}(T, RequestOptions)"/>.</summary>
public sealed class RequestOptions
{
    /// <summary>The time limit of each call, including retries. Null: that of the transport.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// How long a stream, or an answer that is waited for until something happens, may take to begin, retries included. One that hasn't begun by then is
    /// canceled if its server has responded to a check, and is an error if it hasn't. Null: as long as the server responds to checks.
    /// </summary>
    public TimeSpan? OpeningTime { get; set; }

    /// <summary>After how long a stream that hasn't begun, of a server that gives signs of life, isn't waited for any more. Null: <see cref="OpeningTime"/>.</summary>
    internal TimeSpan? EmptyAfter { get; set; }

    /// <summary>Receives a line without secrets for each request, response and retry, on any thread.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>Whether only retries are traced, as for requests that are repeated.</summary>
    public bool TracesRetriesOnly { get; set; }

    /// <summary>Limits how many requests are sent at the same time by all clients that share it, except streams. Null: no limit.</summary>
    public SemaphoreSlim? Throttle { get; set; }

    /// <summary>The same options with a time limit for the beginning of streams.</summary>
    internal RequestOptions Opening(TimeSpan? openingTime, TimeSpan? emptyAfter = null)
    {
        var copy = (RequestOptions)MemberwiseClone();
        copy.OpeningTime = openingTime;
        copy.EmptyAfter = emptyAfter;
        return copy;
    }
}
