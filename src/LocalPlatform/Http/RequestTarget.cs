using System;
using System.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scramjet.LocalPlatform.Http;

/// <summary>
/// A request's path and query as the client sent them, still percent-encoded. ASP.NET decodes a path before it routes; a hub must
/// get an id such as <c>a%2Fb</c> as it was.
/// </summary>
internal sealed class RequestTarget
{
    private readonly string[] raw;

    private RequestTarget(string path, string query)
    {
        raw = path.TrimStart('/').Split('/');
        Segments = Array.ConvertAll(raw, Uri.UnescapeDataString);
        Query = query;
    }

    /// <summary>The decoded segments of the path.</summary>
    public string[] Segments { get; }

    /// <summary>The query with its question mark, or nothing.</summary>
    public string Query { get; }

    /// <summary>Whether a segment is one that leads up the path, which no address here has.</summary>
    public bool HasDots => Segments.Any(segment => segment is "." or "..");

    /// <summary>Reads what stood in the request line.</summary>
    public static RequestTarget Of(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (Uri.TryCreate(target, UriKind.Absolute, out _) && target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
            target = target.IndexOf('/', scheme + 3) is > 0 and var path ? target[path..] : "/";

        var query = target.IndexOf('?');
        return query < 0 ? new RequestTarget(target, "") : new RequestTarget(target[..query], target[query..]);
    }

    /// <summary>The path from a segment on, as it was sent, without a leading slash.</summary>
    public string Tail(int from) => string.Join('/', raw.Skip(from));
}
