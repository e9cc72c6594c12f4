using System;

namespace Scramjet.Client.Instances;

/// <summary>How often instances are requested during a wait, and how long hubs may take for what they do with them.</summary>
public sealed class InstanceTimings
{
    /// <summary>The default times.</summary>
    public static InstanceTimings Default => new();

    /// <summary>The delay before an instance is requested again. It grows with each request.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest delay before an instance is requested again.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay before a hub is requested again to remove a sequence whose instances it still lists.</summary>
    public TimeSpan LongestRemovalDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an instance may take to start, before which it can't be stopped or killed.</summary>
    public TimeSpan StartTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a hub may take to end an instance that is killed. Hubs of 1.0 take 15 seconds.</summary>
    public TimeSpan KillTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a hub may take to stop listing instances that are removed. Hubs of 1.0 take 15 seconds after their end.</summary>
    public TimeSpan ReleaseTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a hub may list an instance that has ended by itself. Hubs of 1.0 do so for 195 seconds.</summary>
    public TimeSpan ListedTime { get; set; } = TimeSpan.FromSeconds(240);

    /// <summary>How long a wait can be prolonged by a hub that doesn't respond.</summary>
    public TimeSpan AnswerTime { get; set; } = TimeSpan.FromSeconds(5);
}
