using System;

namespace Scramjet.Client.Http;

/// <summary>What one caller wants of its requests. See <see cref="ApiClient.With{T}(T, RequestOptions)"/>.</summary>
public sealed class RequestOptions
{
    /// <summary>The bound for each call, retries included. Null: the transport's default.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Told of each request, answer and retry, in a line without secrets. Called from any thread.</summary>
    public Action<string>? Trace { get; set; }
}
