using System;
using System.Net;

namespace Scramjet.Client;

/// <summary>A request that a server rejected or didn't respond to, or whose response can't be read.</summary>
public sealed class ScramjetApiException : ScramjetException
{
    internal ScramjetApiException(
        string code,
        string message,
        string method,
        Uri uri,
        HttpStatusCode? statusCode = null,
        string? serverMessage = null,
        string? recommendedAction = null,
        Exception? innerException = null)
        : base(code, message, recommendedAction, innerException)
    {
        Method = method;
        Uri = uri;
        StatusCode = statusCode;
        ServerMessage = serverMessage;
    }

    /// <summary>The status of the response; null if there was none.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>The time to wait before the next attempt, if the server sent <c>Retry-After</c>; otherwise null.</summary>
    public TimeSpan? RetryAfter { get; internal set; }

    /// <summary>The HTTP method of the request.</summary>
    public string Method { get; }

    /// <summary>The address of the request, without tokens.</summary>
    public Uri Uri { get; }

    /// <summary>The server's message; null if there is none.</summary>
    public string? ServerMessage { get; }
}
