using System;
using System.Collections.Generic;
using Scramjet.Client.Model;
using ScramjetPlatform.Formatting;

namespace ScramjetPlatform;

/// <summary>A place in the tree of spaces, hubs, sequences and instances. Where the thing itself is wanted, such as by another command, the node stands for it.</summary>
public sealed class ScramjetTreeNode
{
    internal ScramjetTreeNode(ScramjetTreeKind level, Entity item, string id, string? name = null)
    {
        Level = level;
        Item = item;
        Id = id;
        Name = name ?? id;
        AskedAt = DateTimeOffset.UtcNow;
    }

    /// <summary>What it is: <c>Space</c>, <c>Hub</c>, <c>Sequence</c> or <c>Instance</c>.</summary>
    public string Kind => Level.ToString();

    /// <summary>The name of a sequence; else the id.</summary>
    public string Name { get; }

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>
    /// In a word: an instance's status, such as <c>Running</c>; a hub's, such as <c>Healthy</c> or <c>Disconnected</c>; for a space <c>Healthy</c>, or
    /// <c>Degraded</c> where one of its hubs is not; and <c>Failed</c> for what could not be asked. Sequences have none.
    /// </summary>
    public string? Status { get; internal set; }

    /// <summary>Whether it is well, where that is known: a hub by its space's word, a space by its hubs, an instance by its own word where it was asked.</summary>
    public bool? Healthy { get; internal set; }

    /// <summary>Since when it has been so: an instance runs, a hub is connected or disconnected.</summary>
    public DateTimeOffset? Since { get; internal set; }

    /// <summary>How long: for an instance that has ended, how long it ran.</summary>
    public TimeSpan? Age => Since is { } since ? (Until ?? AskedAt) - since : null;

    /// <summary>A hub's load, where it was asked for.</summary>
    public LoadCheck? Load { get; internal set; }

    /// <summary>An instance's health report, where it was asked for.</summary>
    public InstanceHealth? HealthReport { get; internal set; }

    /// <summary>More about it: what is in it, a sequence's id, how an instance ended, or what went wrong.</summary>
    public string? Info { get; internal set; }

    /// <summary>What went wrong when it was asked.</summary>
    public Exception? Error { get; internal set; }

    /// <summary>How deep it is, from 0.</summary>
    public int Depth { get; internal set; }

    /// <summary>The id of the space that it is in, or is.</summary>
    public string? Space { get; internal set; }

    /// <summary>The id of the hub that it is on, or is.</summary>
    public string? Hub { get; internal set; }

    /// <summary>The node that it is under; null at the top.</summary>
    public ScramjetTreeNode? Parent { get; internal set; }

    /// <summary>The nodes under it, down to the level that was asked for.</summary>
    public IReadOnlyList<ScramjetTreeNode> Children { get; internal set; } = [];

    /// <summary>The space, hub, sequence or instance itself.</summary>
    public Entity Item { get; internal set; }

    internal ScramjetTreeKind Level { get; }

    /// <summary>All that is known to be under it.</summary>
    internal IReadOnlyList<ScramjetTreeNode> Below { get; set; } = [];

    internal DateTimeOffset? Until { get; set; }

    internal DateTimeOffset AskedAt { get; }

    /// <summary>The lines that lead to it.</summary>
    internal string Guides { get; set; } = "";

    /// <summary>The text behind the lines.</summary>
    internal string Label => Level == ScramjetTreeKind.Sequence && ((Sequence)Item).Version is { } version ? $"{Name} {StatusStyle.Version(version)}" : Name;

    /// <summary>The room that the longest name takes in the whole tree.</summary>
    internal int NameWidth { get; set; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The thing itself: what takes a space, a hub, a sequence or an instance takes a node of it.</summary>
    /// <param name="node">The node.</param>
    public static implicit operator Entity(ScramjetTreeNode node) => node.ToEntity();

    /// <summary>The thing itself.</summary>
    public Entity ToEntity() => Item;
}
