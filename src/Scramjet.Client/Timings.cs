using System;

namespace Scramjet.Client;

/// <summary>How long the client waits where nobody can say how long: each value with what it is derived from. See also <see cref="Instances.InstanceTimings"/>.</summary>
internal static class Timings
{
    /// <summary>How long an instance may take to end after its output has.</summary>
    public static readonly TimeSpan EndAfterOutput = TimeSpan.FromSeconds(15);

    /// <summary>How long the rest of an instance's log may take after its end.</summary>
    public static readonly TimeSpan LogAfterEnd = TimeSpan.FromMilliseconds(200);

    /// <summary>How long an instance takes no input before it is checked whether it has ended.</summary>
    public static readonly TimeSpan InputStalled = TimeSpan.FromSeconds(1);

    /// <summary>How long the output of an instance that takes no more input may take to end.</summary>
    public static readonly TimeSpan OutputAfterInput = TimeSpan.FromSeconds(20);

    /// <summary>How long an output may be silent after its input has failed, until it is no longer read: a program hardly ends without the end of its input.</summary>
    public static readonly TimeSpan OutputAfterFailedInput = TimeSpan.FromSeconds(3);

    /// <summary>How long an input that isn't sent to its end may take to end after the output has ended.</summary>
    public static readonly TimeSpan UnsentInput = TimeSpan.FromMilliseconds(200);

    /// <summary>How long an instance whose log isn't read gets to read its input's content type: it was seen to take 10 ms, and 20 ms on a busy machine.</summary>
    public static readonly TimeSpan InputAnnouncement = TimeSpan.FromMilliseconds(300);

    /// <summary>How long an instance's log may take to say that it has read its input's content type.</summary>
    public static readonly TimeSpan InputAnnouncementLogged = TimeSpan.FromSeconds(5);

    /// <summary>How long a hub may take to pass on a monitoring rate.</summary>
    public static readonly TimeSpan MonitoringRate = TimeSpan.FromSeconds(5);

    /// <summary>How long the headers of an output may take: hubs send them at once, a proxy may hold them back until there is output.</summary>
    public static readonly TimeSpan OutputHeaders = TimeSpan.FromSeconds(5);

    /// <summary>How long the response to an input that has all been sent may take after the output has ended: one that refuses it takes up to two seconds.</summary>
    public static readonly TimeSpan InputResponse = TimeSpan.FromSeconds(3);

    /// <summary>How long a server may take to respond when it is checked whether it is still running.</summary>
    public static readonly TimeSpan Probe = TimeSpan.FromSeconds(10);

    /// <summary>How long the body of an error response may take: its status says enough.</summary>
    public static readonly TimeSpan ErrorBody = TimeSpan.FromSeconds(2);

    /// <summary>The longest delay before a retry.</summary>
    public static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(30);

    /// <summary>The least time limit of an upload, which takes as long as the connection is slow.</summary>
    public static readonly TimeSpan Upload = TimeSpan.FromHours(1);

    /// <summary>How long a log is silent before it is checked whether its instance has ended. It grows with each check.</summary>
    public static readonly TimeSpan FirstLogCheck = TimeSpan.FromSeconds(2);

    /// <summary>The longest time between two such checks.</summary>
    public static readonly TimeSpan LongestLogCheck = TimeSpan.FromSeconds(10);

    /// <summary>How long a detail of a hub or an instance may take that the result does without.</summary>
    public static readonly TimeSpan OptionalDetail = TimeSpan.FromSeconds(3);
}
