using System;
using System.Collections.Generic;
using System.Net.Http;

namespace Scramjet.Client.Http;

/// <summary>A request of a client, before it has an address.</summary>
internal sealed class ApiRequest(HttpMethod method, string path)
{
    public HttpMethod Method { get; } = method;

    /// <summary>Gets the encoded path that is appended to the base address.</summary>
    public string Path { get; } = path;

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>Gets or sets a function that creates the body for each attempt.</summary>
    public Func<HttpContent>? Content { get; set; }

    /// <summary>Gets or sets the time limit of the call. Null means the limit of the caller or the transport; infinite means none.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Gets or sets a function that returns how long the server hasn't read the pending data of the body, or hasn't responded to it.</summary>
    public Func<TimeSpan>? Waiting { get; set; }

    /// <summary>Gets or sets whether the request can be repeated safely.</summary>
    public bool Idempotent { get; set; } = method == HttpMethod.Get || method == HttpMethod.Delete;

    /// <summary>Gets or sets whether the response can be a secret, which errors must not contain.</summary>
    public bool AnswersSecret { get; set; }

    /// <summary>Gets or sets whether a 404 response isn't an error, but the answer that there is no such object.</summary>
    public bool MayBeMissing { get; set; }

    /// <summary>Gets or sets the recommended action if the server responds with 409.</summary>
    public string? ConflictAdvice { get; set; }

    /// <summary>Gets or sets the meaning of a 409 response to this request.</summary>
    public ErrorSituation ConflictSituation { get; set; }

    /// <summary>Gets or sets a secret in the request, besides the token, which errors must not contain.</summary>
    public string? Secret { get; set; }

    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the value has characters that aren't allowed in a header.</exception>
    public ApiRequest Header(string name, string value)
    {
        foreach (var c in value)
        {
            if (c is < ' ' and not '\t' or '\u007f')
            {
                throw new ScramjetException(
                    ErrorCodes.BadParameters,
                    $"The value for the header '{name}' has a line break or another character that isn't allowed in a header.",
                    "Check the value and its source.");
            }
        }

        Headers.Add(new KeyValuePair<string, string>(name, value));
        return this;
    }
}
