using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>A sequence that a hub is to have, and the one that it has.</summary>
internal sealed class PlannedSequence(StateSequence source, Sequence? existing)
{
    /// <summary>The sequence in the file.</summary>
    public StateSequence Source => source;

    /// <summary>The sequence on the hub; null while it is missing.</summary>
    public Sequence? Existing { get; set; } = existing;

    /// <summary>Whether it was uploaded by this command.</summary>
    public bool IsUploaded { get; set; }
}

/// <summary>A difference, and what is needed to remove it.</summary>
internal sealed class StateStep(ScramjetStateChange change)
{
    public ScramjetStateChange Change => change;

    /// <summary>Whether the change was begun.</summary>
    public bool IsBegun { get; set; }

    /// <summary>The topic in the file.</summary>
    public StateTopic? Topic { get; init; }

    /// <summary>The sequence that is to be on the hub, also the one of an instance.</summary>
    public PlannedSequence? Sequence { get; init; }

    /// <summary>The sequence that is removed, also when another has taken its place.</summary>
    public Sequence? OldSequence { get; init; }

    /// <summary>The instance that is stopped, also when another has taken its place.</summary>
    public Instance? OldInstance { get; init; }

    /// <summary>What the new instance is started with.</summary>
    public StartOptions? Options { get; init; }

    /// <summary>Whether the old instance is stopped before the new one is started.</summary>
    public bool StopsFirst { get; init; }
}
