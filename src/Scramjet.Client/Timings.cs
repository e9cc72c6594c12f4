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

    /// <summary>How long an instance whose log isn't read gets to read its input's content type: it was seen to take 10 ms, and 20 ms on a busy machine.</summary>
    public static readonly TimeSpan InputAnnouncement = TimeSpan.FromMilliseconds(300);

    /// <summary>How long an instance's log may take to say that it has read its input's content type.</summary>
    public static readonly TimeSpan InputAnnouncementLogged = TimeSpan.FromSeconds(5);

    /// <summary>How long a hub may take to pass on a monitoring rate.</summary>
    public static readonly TimeSpan MonitoringRate = TimeSpan.FromSeconds(5);

    /// <summary>How long the headers of an output may take: hubs send them at once, a proxy may hold them back until there is output.</summary>
    public static readonly TimeSpan OutputHeaders = TimeSpan.FromSeconds(5);

    /// <summary>How long the response to an input may take after the output's end.</summary>
    public static readonly TimeSpan InputResponse = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a detail of a hub or an instance may take that the result does without.</summary>
    public static readonly TimeSpan OptionalDetail = TimeSpan.FromSeconds(3);
}
