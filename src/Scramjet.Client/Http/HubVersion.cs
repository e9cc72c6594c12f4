using System;

namespace Scramjet.Client.Http;

/// <summary>A hub's version, and what follows from it.</summary>
public sealed class HubVersion
{
    private HubVersion(string? text, Version? number)
    {
        Known = text;
        Number = number;
    }

    /// <summary>The version as the hub says it, e.g. <c>1.0.1</c>.</summary>
    public string Text => Known ?? "unknown";

    /// <summary>The version as the hub says it; null where it doesn't.</summary>
    internal string? Known { get; }

    /// <summary>Whether the hub wants <c>[4001,{...}]</c> to stop an instance (0.18 to 0.26) rather than the plain object.</summary>
    public bool WantsStopMessage => Number is { Major: 0, Minor: <= 26 };

    /// <summary>Whether the hub has the routes that came with 0.26: overwriting a sequence, its entities, configuration, status, audit, and creating and deleting topics.</summary>
    public bool HasManagementRoutes => Number is null || Number >= new Version(0, 26);

    /// <summary>Whether a hub's list of instances says more of each than its id.</summary>
    public bool ListsWholeInstances => HasManagementRoutes;

    /// <summary>Whether a start may carry topics, limits and an instance id.</summary>
    public bool HasStartOptions => HasManagementRoutes;

    /// <summary>Whether input may be any bytes, rather than UTF-8 text only.</summary>
    public bool TakesBytes => HasManagementRoutes;

    /// <summary>Whether the hub passes requests on to the space that it is connected to.</summary>
    public bool HasSpaceRoute => Number is null || Number >= new Version(1, 0);

    private Version? Number { get; }

    /// <summary>The version as the hub says it.</summary>
    public override string ToString() => Text;

    internal static HubVersion Parse(string? text)
    {
        var core = text?.Split('-', '+')[0];
        return new HubVersion(text, Version.TryParse(core, out var number) ? number : null);
    }
}
