using System;
using System.Net;

namespace Scramjet.Client;

/// <summary>A request that a server refused, did not answer, or answered with something that can't be read.</summary>
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

    /// <summary>The answer's status; null if there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>How long the server asks to wait before the next try, where it says so (<c>Retry-After</c>).</summary>
    public TimeSpan? RetryAfter { get; internal set; }

    /// <summary>The HTTP method of the request.</summary>
    public string Method { get; }

    /// <summary>The address of the request. Tokens are never part of it.</summary>
    public Uri Uri { get; }

    /// <summary>The server's own words, where it said anything.</summary>
    public string? ServerMessage { get; }
}
