using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>The spaces, and who may use them.</summary>
internal sealed class PlatformState(string folder, string token, bool requireToken) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<Space> spaces = [];

    public AuditLog Audit { get; } = new();

    public HubReader Hubs { get; } = new();

    /// <summary>The spaces in the order in which they came.</summary>
    public IReadOnlyList<Space> Spaces
    {
        get
        {
            lock (gate)
                return [.. spaces];
        }
    }

    /// <summary>The space with an id.</summary>
    public Space? Space(string id) => Spaces.FirstOrDefault(space => space.Id == id);

    /// <summary>Makes a space; null where the id is taken.</summary>
    public Space? Add(string id)
    {
        lock (gate)
        {
            if (spaces.Any(other => other.Id == id))
                return null;

            var space = new Space(id, Path.Combine(folder, "store-" + spaces.Count));
            spaces.Add(space);
            return space;
        }
    }

    /// <summary>A new space's id, as the platform generates them.</summary>
    public static string NewSpaceId() => $"org-{Guid.NewGuid()}-manager";

    /// <summary>Who a bearer token stands for; null where for nobody.</summary>
    public Requestor? Identify(string? bearer)
    {
        if (!requireToken || (bearer is not null && AccessKeys.Same(bearer, token)))
            return new Requestor("local-user", null);

        return bearer is not null && Spaces.FirstOrDefault(space => space.Keys.Accepts(bearer)) is { } space ? new Requestor("access-key", space) : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Hubs.Dispose();
        await Audit.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>Who asks: the platform's user, or the holder of one space's access key.</summary>
internal sealed record Requestor(string Id, Space? OnlySpace)
{
    /// <summary>Whether a space is for this one.</summary>
    public bool MayUse(Space space) => OnlySpace is null || OnlySpace == space;
}
