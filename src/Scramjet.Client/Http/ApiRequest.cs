using System;
using System.Collections.Generic;
using System.Net.Http;

namespace Scramjet.Client.Http;

/// <summary>One request, before it has an address: what a client asks of the transport.</summary>
internal sealed class ApiRequest(HttpMethod method, string path)
{
    public HttpMethod Method { get; } = method;

    /// <summary>What comes behind the base address, already encoded.</summary>
    public string Path { get; } = path;

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>Makes the body anew for each attempt.</summary>
    public Func<HttpContent>? Content { get; set; }

    /// <summary>The bound for the whole call; null for the caller's or the transport's; infinite for none.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long the far end has taken nothing of the body that is there to be sent, or has left it unanswered; null where there is no such body.</summary>
    public Func<TimeSpan>? Waiting { get; set; }

    /// <summary>Whether sending it twice does the same as sending it once.</summary>
    public bool Idempotent { get; set; } = method == HttpMethod.Get || method == HttpMethod.Delete;

    /// <summary>Whether the answer may be a secret, which no error may repeat.</summary>
    public bool AnswersSecret { get; set; }

    /// <summary>What to do where the server answers 409, that something is in the way.</summary>
    public string? ConflictAdvice { get; set; }

    /// <summary>What a 409 means for this request.</summary>
    public ErrorSituation ConflictSituation { get; set; }

    /// <summary>A secret that the request holds, beside the token: no error may repeat it either.</summary>
    public string? Secret { get; set; }

    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the value has characters that would end the header, or others that it can't have.</exception>
    public ApiRequest Header(string name, string value)
    {
        foreach (var c in value)
        {
            if (c is < ' ' and not '\t' or '\u007f')
                throw new ScramjetException(ErrorCodes.BadParameters, $"The value for the header '{name}' has a line break or another character that a header can't have.", "Check the value, and where it comes from.");
        }

        Headers.Add(new KeyValuePair<string, string>(name, value));
        return this;
    }
}
