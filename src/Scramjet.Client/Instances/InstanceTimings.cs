using System;

namespace Scramjet.Client.Instances;

/// <summary>How often instances are asked for while something is waited for, and how long hubs get for what they do with them.</summary>
public sealed class InstanceTimings
{
    /// <summary>The times that are used where no others are given.</summary>
    public static InstanceTimings Default => new();

    /// <summary>The time before an instance is asked for again; it grows with each time.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest time before an instance is asked for again.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest time before a hub is asked again to remove a sequence whose instances it still lists.</summary>
    public TimeSpan LongestRemovalDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an instance that can't be ended yet gets to start.</summary>
    public TimeSpan StartTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a hub gets to end what it was told to kill. Hubs of 1.0 end its process after 15 s.</summary>
    public TimeSpan KillTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a hub gets to let go of instances that are to leave its list. Hubs of 1.0 need 15 s after their end.</summary>
    public TimeSpan ReleaseTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a hub may list an instance that has ended by itself. Hubs of 1.0 do for 195 s.</summary>
    public TimeSpan ListedTime { get; set; } = TimeSpan.FromSeconds(240);

    /// <summary>How long a hub that doesn't answer holds up the end of a wait.</summary>
    public TimeSpan AnswerTime { get; set; } = TimeSpan.FromSeconds(5);
}
