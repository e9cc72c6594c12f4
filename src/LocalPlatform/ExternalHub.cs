using System;
using System.Collections.Generic;

namespace Scramjet.LocalPlatform;

/// <summary>A running hub to add to a space: a real one, or a stand-in of a test.</summary>
/// <param name="Id">The hub's id in the space.</param>
/// <param name="Uri">The base of its API, e.g. http://127.0.0.1:8000/api/v1.</param>
/// <param name="SpaceId">The space; null for the platform's first one.</param>
public sealed record ExternalHub(string Id, Uri Uri, string? SpaceId = null)
{
    /// <summary>Whether the hub is self-hosted. Only self-hosted hubs can be disconnected and deleted.</summary>
    public bool SelfHosted { get; init; } = true;

    /// <summary>The hub's description.</summary>
    public string Description { get; init; } = "";

    /// <summary>The hub's tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The access key that the hub connected with: when it is revoked, the hub is disconnected.</summary>
    public string? AccessKey { get; init; }
}
