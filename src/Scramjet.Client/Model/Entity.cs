using System.Collections.Generic;
using Scramjet.Client.Http;

namespace Scramjet.Client.Model;

/// <summary>
/// Something that a server told of: what it said beyond the known fields stays reachable. What is nested, or leads elsewhere, is behind methods: JSON and
/// lists show the thing alone.
/// </summary>
public abstract class Entity
{
    /// <summary>The fields of the response that have no property here, as plain values.</summary>
    public IReadOnlyDictionary<string, object?> GetAdditionalData() => AdditionalData;

    internal IReadOnlyDictionary<string, object?> AdditionalData { get; private protected set; } = new Dictionary<string, object?>();

    /// <summary>The way that it came by.</summary>
    internal ScramjetTransport? Transport { get; set; }
}
