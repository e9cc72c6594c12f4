namespace Scramjet.Client.Model;

/// <summary>The status of an instance.</summary>
public enum InstanceStatus
{
    /// <summary>The hub reported no status, or an unknown one.</summary>
    Unknown,

    /// <summary>The instance is being prepared.</summary>
    Initializing,

    /// <summary>The process is starting.</summary>
    Starting,

    /// <summary>The instance is running.</summary>
    Running,

    /// <summary>The instance was requested to stop.</summary>
    Stopping,

    /// <summary>The instance is being killed.</summary>
    Killing,

    /// <summary>The instance has ended.</summary>
    Completed,

    /// <summary>The instance has failed.</summary>
    Errored,

    /// <summary>The instance has ended, and the hub no longer lists it.</summary>
    Gone,
}
