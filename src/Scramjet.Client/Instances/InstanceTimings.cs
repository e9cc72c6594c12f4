using System;

namespace Scramjet.Client.Instances;

/// <summary>The intervals at which instances are requested during a wait, and the time limits for hubs.</summary>
public sealed class InstanceTimings
{
    /// <summary>The default times.</summary>
    public static InstanceTimings Default => new();

    /// <summary>The delay before an instance is requested again. It grows with each request.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The maximum delay before an instance is requested again.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum delay before a hub is requested again to remove a sequence whose instances it still lists.</summary>
    public TimeSpan LongestRemovalDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The time for an instance to start. It can't be stopped or killed before.</summary>
    public TimeSpan StartTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The time for a hub to end an instance that is killed. Hubs of 1.0 take 15 seconds.</summary>
    public TimeSpan KillTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The time for a hub to stop listing instances that are removed. Hubs of 1.0 take 15 seconds after their end.</summary>
    public TimeSpan ReleaseTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The time for which a hub can list an instance that has ended by itself. Hubs of 1.0 do so for 195 seconds.</summary>
    public TimeSpan ListedTime { get; set; } = TimeSpan.FromSeconds(240);

    /// <summary>The time for which an instance must run to count as started. A program that can't run ends within this time.</summary>
    public TimeSpan ProofTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The time by which a hub that doesn't respond can prolong a wait.</summary>
    public TimeSpan AnswerTime { get; set; } = TimeSpan.FromSeconds(5);
}
