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

    /// <summary>The message.</summary>
    public object? Message { get; }

    /// <summary>When the event was received.</summary>
    public DateTimeOffset Received { get; } = DateTimeOffset.Now;

    /// <summary>The instance's id.</summary>
    public string Instance { get; }

    /// <summary>The id of the hub that the instance runs on.</summary>
    public string? Hub { get; }

    /// <summary>Returns the event's name.</summary>
    public override string ToString() => Name;
}
