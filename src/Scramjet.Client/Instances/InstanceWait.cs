using System;
using System.Collections.Generic;
using System.Diagnostics;
using Scramjet.Client.Model;

namespace Scramjet.Client.Instances;

/// <summary>A wait for instances. The same object is reported when the wait begins, after each request, and when it is over.</summary>
public sealed class InstanceWait
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    internal InstanceWait(string goal, string? subject)
    {
        Goal = goal;
        Subject = subject;
    }

    /// <summary>The goal of the wait, such as <c>to end</c>.</summary>
    public string Goal { get; internal set; }

    /// <summary>The object that the wait is for if it isn't an instance, such as a hub; otherwise null.</summary>
    public string? Subject { get; }

    /// <summary>The instances as they were last seen.</summary>
    public IReadOnlyList<Instance> Instances { get; internal set; } = [];

    /// <summary>The time since the wait began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Whether the wait is over.</summary>
    public bool IsOver { get; internal set; }
}
