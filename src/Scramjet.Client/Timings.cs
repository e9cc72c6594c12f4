using System;

namespace Scramjet.Client;

/// <summary>The client's time limits and delays, and why each has its value. See also <see cref="Instances.InstanceTimings"/>.</summary>
internal static class Timings
{
    /// <summary>The time for an instance to end after its output has ended.</summary>
    public static readonly TimeSpan EndAfterOutput = TimeSpan.FromSeconds(15);

    /// <summary>The time for the rest of an instance's log after the instance has ended.</summary>
    public static readonly TimeSpan LogAfterEnd = TimeSpan.FromMilliseconds(200);

    /// <summary>The time without progress of an input after which the client checks whether the instance has ended.</summary>
    public static readonly TimeSpan InputStalled = TimeSpan.FromSeconds(1);

    /// <summary>The time for the output to end after an instance has stopped reading its input.</summary>
    public static readonly TimeSpan OutputAfterInput = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The time without output after which the output isn't read any longer if the input has failed, because most programs don't end before their
    /// input does.
    /// </summary>
    public static readonly TimeSpan OutputAfterFailedInput = TimeSpan.FromSeconds(3);

    /// <summary>The time for a partly sent input to end after the output has ended.</summary>
    public static readonly TimeSpan UnsentInput = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The time for an instance to read the content type of its input if its log isn't read. It takes about 10 ms, and 20 ms on a busy machine.
    /// </summary>
    public static readonly TimeSpan InputAnnouncement = TimeSpan.FromMilliseconds(300);

    /// <summary>The time for an instance to log that it has read the content type of its input.</summary>
    public static readonly TimeSpan InputAnnouncementLogged = TimeSpan.FromSeconds(5);

    /// <summary>The time for a hub to pass on a monitoring rate.</summary>
    public static readonly TimeSpan MonitoringRate = TimeSpan.FromSeconds(5);

    /// <summary>The time for the headers of an output. Hubs send them at once, but a proxy can hold them back until there is output.</summary>
    public static readonly TimeSpan OutputHeaders = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time for the response to a completely sent input after the output has ended. A hub that rejects the input takes up to two seconds.
    /// </summary>
    public static readonly TimeSpan InputResponse = TimeSpan.FromSeconds(3);

    /// <summary>The time for a hub to send its records of past requests, which are a megabyte at most.</summary>
    public static readonly TimeSpan Records = TimeSpan.FromSeconds(5);

    /// <summary>The time for a server to respond to a check of whether it is running.</summary>
    public static readonly TimeSpan Probe = TimeSpan.FromSeconds(10);

    /// <summary>The time for the body of an error response. It is short because the status is enough.</summary>
    public static readonly TimeSpan ErrorBody = TimeSpan.FromSeconds(2);

    /// <summary>The maximum delay before a retry.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(30);

    /// <summary>The minimum time limit of an upload, because its duration depends on the connection.</summary>
    public static readonly TimeSpan Upload = TimeSpan.FromHours(1);

    /// <summary>The time without log entries before the first check of whether the instance has ended. The time grows with each check.</summary>
    public static readonly TimeSpan FirstLogCheck = TimeSpan.FromSeconds(2);

    /// <summary>The maximum time between two of these checks.</summary>
    public static readonly TimeSpan LongestLogCheck = TimeSpan.FromSeconds(10);

    /// <summary>The time for a detail of a hub or an instance that the result can do without.</summary>
    public static readonly TimeSpan OptionalDetail = TimeSpan.FromSeconds(3);

    public static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    public static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>Returns the delay before the next check: half as long again, up to a limit.</summary>
    public static TimeSpan Next(TimeSpan delay, TimeSpan longest) => Shorter(TimeSpan.FromTicks(delay.Ticks * 3 / 2), longest);
}
