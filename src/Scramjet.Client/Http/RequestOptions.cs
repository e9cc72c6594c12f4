using System;
using System.Threading;
using Scramjet.Client.Api;

namespace Scramjet.Client.Http;

/// <summary>The options that a caller sets for its requests. See <see cref="ApiClient.With{T}(T, RequestOptions)"/>.</summary>
public sealed class RequestOptions
{
    /// <summary>Gets or sets the time limit of each call, including retries. Null means the limit of the transport.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// Gets or sets the time limit for the beginning of a stream, or of a response that the server sends when something happens, including retries. After
    /// this time, the call is canceled if the server has responded to a check, and fails if it hasn't. Null means no limit while the server responds to checks.
    /// </summary>
    public TimeSpan? OpeningTime { get; set; }

    /// <summary>
    /// Gets or sets the time after which a stream that hasn't begun is canceled if its server responds to checks. Null means <see cref="OpeningTime"/>.
    /// </summary>
    internal TimeSpan? EmptyAfter { get; set; }

    /// <summary>Gets or sets a function that receives a line without secrets for each request, response and retry. It is called on any thread.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>
    /// Receives each request and response with its headers and up to 4 KB of its body, on any thread. Tokens, keys and JSON fields whose names say that they
    /// are secret are hidden.
    /// </summary>
    public Action<string>? ContentTrace { get; set; }

    /// <summary>Gets or sets whether only retries are traced, for requests that are repeated.</summary>
    public bool TracesRetriesOnly { get; set; }

    /// <summary>
    /// Gets or sets a semaphore that limits how many requests, except streams, are sent at the same time by all clients that share it. Null means no limit.
    /// </summary>
    public SemaphoreSlim? Throttle { get; set; }

    /// <summary>Returns a copy for requests that are repeated, of which only retries are traced.</summary>
    internal RequestOptions Polling()
    {
        var copy = (RequestOptions)MemberwiseClone();
        copy.TracesRetriesOnly = true;
        return copy;
    }

    /// <summary>Returns a copy with another time limit.</summary>
    internal RequestOptions Within(TimeSpan timeout)
    {
        var copy = (RequestOptions)MemberwiseClone();
        copy.Timeout = timeout;
        return copy;
    }

    /// <summary>Returns a copy with a time limit for the beginning of streams.</summary>
    internal RequestOptions Opening(TimeSpan? openingTime, TimeSpan? emptyAfter = null)
    {
        var copy = (RequestOptions)MemberwiseClone();
        copy.OpeningTime = openingTime;
        copy.EmptyAfter = emptyAfter;
        return copy;
    }
}
