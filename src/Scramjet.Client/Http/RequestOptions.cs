using System;
using System.Threading;
using Scramjet.Client.Api;

namespace Scramjet.Client.Http;

/// <summary>What one caller wants of its requests. See <see cref="ApiClient.With{T}(T, RequestOptions)"/>.</summary>
public sealed class RequestOptions
{
    /// <summary>The bound for each call, retries included. Null: the transport's default.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Told of each request, answer and retry, in a line without secrets. Called from any thread.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>Whether retries alone are traced, as for requests that are sent again and again.</summary>
    public bool TracesRetriesOnly { get; set; }

    /// <summary>Bounds how many requests are under way at once, over all clients that share it. Streams don't count. Null: no bound.</summary>
    public SemaphoreSlim? Throttle { get; set; }
}
