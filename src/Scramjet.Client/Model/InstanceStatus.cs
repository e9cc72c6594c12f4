namespace Scramjet.Client.Model;

/// <summary>Where an instance is in its life.</summary>
public enum InstanceStatus
{
    /// <summary>The hub said nothing, or a word that isn't known here.</summary>
    Unknown,

    /// <summary>It is being set up.</summary>
    Initializing,

    /// <summary>Its process is starting.</summary>
    Starting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It was asked to stop.</summary>
    Stopping,

    /// <summary>It is being killed.</summary>
    Killing,

    /// <summary>It has ended.</summary>
    Completed,

    /// <summary>It has ended with a failure.</summary>
    Errored,

    /// <summary>It has ended, and the hub no longer lists it.</summary>
    Gone,
}
