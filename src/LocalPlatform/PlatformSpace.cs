using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Scramjet.LocalPlatform;

/// <summary>A space: its hubs, its store and its access keys.</summary>
internal sealed class PlatformSpace(string id)
{
    public string Id { get; } = id;

    public ConcurrentDictionary<string, PlatformHub> Hubs { get; } = new(StringComparer.Ordinal);

    /// <summary>The store's items: what each package's package.json says, as a manager tells it.</summary>
    public ConcurrentDictionary<string, JObject> Store { get; } = new(StringComparer.Ordinal);

    /// <summary>The access keys, by the key itself.</summary>
    public ConcurrentDictionary<string, (DateTimeOffset Created, string Description)> AccessKeys { get; } = new(StringComparer.Ordinal);

    public IEnumerable<PlatformHub> InOrder => Hubs.Values.OrderBy(h => h.Id, StringComparer.Ordinal);
}
