using System.Collections.Generic;

namespace ScramjetPlatform;

/// <summary>What has to be done so that a thing is as a state file says.</summary>
internal enum StateAction
{
    /// <summary>Nothing: it is as the file says.</summary>
    Same,

    /// <summary>It is missing.</summary>
    Add,

    /// <summary>It is there, but differs.</summary>
    Change,

    /// <summary>It is there, but the file doesn't have it.</summary>
    Remove,
}

/// <summary>The kinds of things in a state file.</summary>
internal enum StateKind
{
    /// <summary>A topic.</summary>
    Topic,

    /// <summary>A sequence.</summary>
    Sequence,

    /// <summary>An instance.</summary>
    Instance,
}

/// <summary>What Sync-ScramjetState did about a difference.</summary>
internal enum StateResult
{
    /// <summary>Nothing, because nothing was to be done, or because of -WhatIf.</summary>
    None,

    /// <summary>The change was made.</summary>
    Done,

    /// <summary>The change was tried, and failed.</summary>
    Failed,

    /// <summary>The change wasn't tried, because another one failed before, or because it wasn't confirmed.</summary>
    Skipped,
}

/// <summary>A sequence, an instance or a topic on a hub, and how it differs from a state file.</summary>
public sealed class ScramjetStateChange
{
    internal ScramjetStateChange(StateAction action, StateKind kind, string name, string hub, string? space)
    {
        ActionCode = action;
        KindCode = kind;
        Name = name;
        Hub = hub;
        Space = space;
    }

    /// <summary>What has to be done: <c>Add</c>, <c>Change</c>, <c>Remove</c>, or nothing: <c>Same</c>.</summary>
    public string Action => ActionCode.ToString();

    /// <summary>What it is: <c>Topic</c>, <c>Sequence</c> or <c>Instance</c>.</summary>
    public string Kind => KindCode.ToString();

    /// <summary>The name of the sequence or topic. An instance has the name of its sequence.</summary>
    public string Name { get; }

    /// <summary>The id of the hub.</summary>
    public string Hub { get; }

    /// <summary>The id of the hub's space; null for a standalone hub.</summary>
    public string? Space { get; }

    /// <summary>The id of the sequence or instance on the hub; null if it is missing, and for a topic.</summary>
    public string? Id { get; internal set; }

    /// <summary>What is added, is there, or is removed, in words, such as a version, or what an instance is started with.</summary>
    public string Description { get; internal set; } = "";

    /// <summary>How it differs: a line for each difference. Secrets aren't shown.</summary>
    public IReadOnlyList<string> Differences { get; internal set; } = [];

    /// <summary>Where the file says so, such as <c>sequences.hello.instances[0]</c>; null for what the file doesn't have.</summary>
    public string? Setting { get; internal set; }

    /// <summary>What Sync-ScramjetState did about it: <c>Done</c>, <c>Failed</c>, <c>Skipped</c>, or nothing: <c>None</c>.</summary>
    public string Result => ResultCode.ToString();

    /// <summary>The id of the sequence or instance that was added, also in the place of another.</summary>
    public string? NewId { get; internal set; }

    /// <summary>Why the change failed or was skipped.</summary>
    public string? ErrorMessage { get; internal set; }

    internal StateAction ActionCode { get; }

    internal StateKind KindCode { get; }

    internal StateResult ResultCode { get; set; }

    /// <summary>Returns the action, the kind, the name and the hub.</summary>
    public override string ToString() => $"{Action} {Kind.ToLowerInvariant()} {Name} on {Hub}";
}
