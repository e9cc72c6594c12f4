using System;
using System.Collections.Generic;
using System.Net.Http;

namespace Scramjet.Client.Http;

/// <summary>A request of a client, before it has an address.</summary>
internal sealed class ApiRequest(HttpMethod method, string path)
{
    public HttpMethod Method { get; } = method;

    /// <summary>The part of the address after the base address, encoded.</summary>
    public string Path { get; } = path;

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>Creates the body for each attempt.</summary>
    public Func<HttpContent>? Content { get; set; }

    /// <summary>The time limit of the call; null for that of the caller or the transport; infinite for none.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long the far end has taken nothing of the body that is there to be sent, or has left it unanswered; null if there is no such body.</summary>
    public Func<TimeSpan>? Waiting { get; set; }

    /// <summary>Whether the request can be repeated safely.</summary>
    public bool Idempotent { get; set; } = method == HttpMethod.Get || method == HttpMethod.Delete;

    /// <summary>Whether the response can be a secret, which errors must not contain.</summary>
    public bool AnswersSecret { get; set; }

    /// <summary>What to do if the server responds with 409.</summary>
    public string? ConflictAdvice { get; set; }

    /// <summary>What a 409 means for this request.</summary>
    public ErrorSituation ConflictSituation { get; set; }

    /// <summary>A secret in the request, besides the token, which errors must not contain.</summary>
    public string? Secret { get; set; }

    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the value has characters that would end the header, or others that it can't have.</exception>
    public ApiRequest Header(string name, string value)
    {
        foreach (var c in value)
        {
            if (c is < ' ' and not '\t' or '\u007f')
                throw new ScramjetException(ErrorCodes.BadParameters, $"The value for the header '{name}' has a line break or another character that isn't allowed in a header.", "Check the value and its source.");
        }

        Headers.Add(new KeyValuePair<string, string>(name, value));
        return this;
    }
}
