using System;
using System.Linq;

namespace Scramjet.LocalPlatform;

/// <summary>A request's target as it was sent: routes are told apart by decoded segments, and hubs get the rest untouched.</summary>
internal sealed class RawTarget
{
    private readonly string[] _raw;
    private readonly string _query;

    private RawTarget(string[] raw, string query)
    {
        _raw = raw;
        _query = query;
        Segments = raw.Select(Uri.UnescapeDataString).ToArray();
    }

    /// <summary>The path's segments, decoded.</summary>
    public string[] Segments { get; }

    /// <summary>Takes a target apart; null where it has dot segments, which name no route.</summary>
    public static RawTarget? Parse(string target)
    {
        if (!target.StartsWith('/'))
            target = Uri.TryCreate(target, UriKind.Absolute, out var absolute) ? absolute.PathAndQuery : "/";

        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        var parsed = new RawTarget(path[1..].Split('/'), query < 0 ? "" : target[query..]);
        return parsed.Segments.Any(s => s is "." or "..") ? null : parsed;
    }

    /// <summary>What comes behind the first segments, still encoded, with the query.</summary>
    public string Tail(int skip) => "/" + string.Join('/', _raw.Skip(skip)) + _query;
}
