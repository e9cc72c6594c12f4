using System;
using System.Threading;
using Scramjet.Client.Api;

namespace Scramjet.Client.Http;

/// <summary>What one caller wants of its requests. See <see cref="ApiClient.With{T}(T, RequestOptions)"/>.</summary>
public sealed class RequestOptions
{
    /// <summary>The bound for each call, retries included. Null: the transport's default.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// How long a stream, or an answer that is waited for until something happens, may take to begin, retries included. One that hasn't begun by then is
    /// stopped where its server has given a sign of life, and is an error where it hasn't. Null: as long as the server gives signs of life.
    /// </summary>
    public TimeSpan? OpeningTime { get; set; }

    /// <summary>After how long a stream that hasn't begun, of a server that gives signs of life, isn't waited for any more. Null: <see cref="OpeningTime"/>.</summary>
    internal TimeSpan? EmptyAfter { get; set; }

    /// <summary>Told of each request, answer and retry, in a line without secrets. Called from any thread.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>Whether retries alone are traced, as for requests that are sent again and again.</summary>
    public bool TracesRetriesOnly { get; set; }

    /// <summary>Bounds how many requests are under way at once, over all clients that share it. Streams don't count. Null: no bound.</summary>
    public SemaphoreSlim? Throttle { get; set; }

    /// <summary>The same wishes, with a bound for the beginnings of streams.</summary>
    internal RequestOptions Opening(TimeSpan? openingTime, TimeSpan? emptyAfter = null)
    {
        var copy = (RequestOptions)MemberwiseClone();
        copy.OpeningTime = openingTime;
        copy.EmptyAfter = emptyAfter;
        return copy;
    }
}
