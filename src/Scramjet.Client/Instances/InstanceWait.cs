using System;
using System.Collections.Generic;
using System.Diagnostics;
using Scramjet.Client.Model;

namespace Scramjet.Client.Instances;

/// <summary>A wait for instances. The same object is reported after each request.</summary>
public sealed class InstanceWait
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    internal InstanceWait(string goal) => Goal = goal;

    /// <summary>The goal of the wait, such as <c>to end</c>.</summary>
    public string Goal { get; }

    /// <summary>The instances as they were last seen.</summary>
    public IReadOnlyList<Instance> Instances { get; internal set; } = [];

    /// <summary>The time since the wait began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Whether the wait is over.</summary>
    public bool IsOver { get; internal set; }
}
