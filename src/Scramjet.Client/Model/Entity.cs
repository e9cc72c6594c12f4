using System.Collections.Generic;
using Scramjet.Client.Http;

namespace Scramjet.Client.Model;

/// <summary>
/// An object that a server returned, with its additional fields. Nested and related objects are returned by methods, so that JSON and lists show only the
/// object.
/// </summary>
public abstract class Entity
{
    private static readonly Dictionary<string, object?> s_none = [];

    /// <summary>Returns the fields of the response that no property has.</summary>
    public IReadOnlyDictionary<string, object?> GetAdditionalData() => AdditionalData;

    internal IReadOnlyDictionary<string, object?> AdditionalData { get; private protected set; } = s_none;

    /// <summary>The transport of the client that returned the object.</summary>
    internal ScramjetTransport? Transport { get; set; }
}
