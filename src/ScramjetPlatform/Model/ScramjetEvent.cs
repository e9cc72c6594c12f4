using System;

namespace ScramjetPlatform;

/// <summary>An event that an instance has sent.</summary>
public sealed class ScramjetEvent
{
    internal ScramjetEvent(string name, object? message, string instance, string? hub)
    {
        Name = name;
        Message = message;
        Instance = instance;
        Hub = hub;
    }

    /// <summary>The event's name.</summary>
    public string Name { get; }

    /// <summary>What goes with it.</summary>
    public object? Message { get; }

    /// <summary>When it was received here.</summary>
    public DateTimeOffset Received { get; } = DateTimeOffset.Now;

    /// <summary>The instance's id.</summary>
    public string Instance { get; }

    /// <summary>The id of the hub that it runs on.</summary>
    public string? Hub { get; }

    /// <summary>The event's name.</summary>
    public override string ToString() => Name;
}
