using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Formatting;

namespace ScramjetPlatform;

/// <summary>
/// A place in the tree of spaces, hubs, sequences and instances. Where the thing itself is wanted, such as by another command, the node stands for it.
/// What leads from node to node, and what is large, is behind methods: JSON, Clixml and lists show each node for itself.
/// </summary>
public sealed class ScramjetTreeNode : IEquatable<ScramjetTreeNode>, IComparable
{
    private readonly TimeSpan? _age;
    private readonly string? _label;

    internal ScramjetTreeNode(ScramjetTreeKind level, Resource item, string id, string? name = null)
    {
        Level = level;
        Item = item;
        Id = id;
        Name = name ?? id;
        AskedAt = DateTimeOffset.UtcNow;
    }

    /// <summary>A node as it came back from a file or another session, for its line alone.</summary>
    private ScramjetTreeNode(PSObject copy)
    {
        Level = Enum.TryParse<ScramjetTreeKind>(Text("Kind"), out var level) ? level : ScramjetTreeKind.Instance;
        Id = Text("Id") ?? "";
        Name = Text("Name") ?? "";
        _label = Text("Label");
        Status = Text("Status");
        Healthy = Value("Healthy") as bool?;
        _age = Value("Age") as TimeSpan?;
        CpuPercent = Number("CpuPercent");
        LoadAverage = Number("LoadAverage");
        MemoryPercent = Number("MemoryPercent");
        Info = Text("Info");
        Guides = Text("Guides") ?? "";
        NameWidth = Value("NameWidth") is int width ? width : Guides.Length + Label.Length;

        object? Value(string name) => copy.Properties[name]?.Value is var value && value is PSObject wrapped ? wrapped.BaseObject : value;

        string? Text(string name) => Value(name) is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

        double? Number(string name) => Value(name) is IConvertible value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>What it is: <c>Space</c>, <c>Hub</c>, <c>Sequence</c> or <c>Instance</c>.</summary>
    public string Kind => Level.ToString();

    /// <summary>The name of a sequence; else the id.</summary>
    public string Name { get; }

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>The version of a sequence.</summary>
    public string? Version => (Item as Sequence)?.Version;

    /// <summary>
    /// In a word: an instance's status, such as <c>Running</c>; a hub's, such as <c>Healthy</c> or <c>Disconnected</c>; for a space <c>Healthy</c>, or
    /// <c>Degraded</c> where one of its hubs is not; and <c>Failed</c> for what could not be asked. Sequences have none.
    /// </summary>
    public string? Status { get; internal set; }

    /// <summary>Whether it is well, where that is known: a hub by its space's word, a space by its hubs, an instance by its own word where it was asked.</summary>
    public bool? Healthy { get; internal set; }

    /// <summary>Since when it has been so: an instance runs, a hub is connected or disconnected.</summary>
    public DateTimeOffset? Since { get; internal set; }

    /// <summary>Until when an instance ran.</summary>
    public DateTimeOffset? Until { get; internal set; }

    /// <summary>The part of a hub's CPUs in use, from 0 to 100, where it was asked and answers that.</summary>
    public double? CpuPercent { get; private set; }

    /// <summary>A hub's load average of the last minute, where it was asked and answers that: 1 is one busy CPU.</summary>
    public double? LoadAverage { get; private set; }

    /// <summary>The part of a hub's memory in use, from 0 to 100, where it was asked.</summary>
    public double? MemoryPercent { get; private set; }

    /// <summary>More about it: what is in it, a sequence's id, how an instance ended, or what went wrong.</summary>
    public string? Info { get; internal set; }

    /// <summary>How deep it is, from 0.</summary>
    public int Depth { get; internal set; }

    /// <summary>The id of the space that it is in, or is.</summary>
    public string? Space { get; internal set; }

    /// <summary>The id of the hub that it is on, or is.</summary>
    public string? Hub { get; internal set; }

    /// <summary>The node that it is under; null at the top.</summary>
    public ScramjetTreeNode? GetParent() => Parent;

    /// <summary>The nodes under it, down to the level that was asked for.</summary>
    public IReadOnlyList<ScramjetTreeNode> GetChildren() => Children;

    /// <summary>The space, hub, sequence or instance itself.</summary>
    public Resource GetItem() => Item;

    /// <summary>A hub's load, where it was asked for.</summary>
    public LoadCheck? GetLoad() => Load;

    /// <summary>An instance's health report, where it was asked for.</summary>
    public InstanceHealth? GetHealthReport() => HealthReport;

    /// <summary>What went wrong when it was asked.</summary>
    public Exception? GetError() => Error;

    /// <summary>How long it has been so: for an instance that has ended, how long it ran.</summary>
    public TimeSpan? GetAge() => _age ?? (Since is { } since ? (Until ?? AskedAt) - since : null);

    internal ScramjetTreeKind Level { get; }

    internal ScramjetTreeNode? Parent { get; set; }

    internal IReadOnlyList<ScramjetTreeNode> Children { get; set; } = [];

    internal Resource Item { get; set; } = null!;

    internal LoadCheck? Load
    {
        get;
        set
        {
            field = value;
            CpuPercent = value?.CpuPercent;
            LoadAverage = value?.CpuPercent is null ? value?.CurrentLoad : null;
            MemoryPercent = value is { MemoryUsed: { } used, MemoryFree: { } free } && used + free > 0 ? 100.0 * used / (used + free) : null;
        }
    }

    internal InstanceHealth? HealthReport { get; set; }

    internal Exception? Error { get; set; }

    /// <summary>All that is known to be under it.</summary>
    internal IReadOnlyList<ScramjetTreeNode> Below { get; set; } = [];

    internal DateTimeOffset AskedAt { get; }

    /// <summary>The lines that lead to it.</summary>
    internal string Guides { get; set; } = "";

    /// <summary>The text behind the lines.</summary>
    internal string Label => _label ?? (Version is { } version ? $"{Name} {StatusStyle.Version(version)}" : Name);

    /// <summary>The room that the longest name takes in the whole tree.</summary>
    internal int NameWidth { get; set; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Whether it stands for the same thing.</summary>
    /// <param name="other">The other node.</param>
    public bool Equals(ScramjetTreeNode? other) => other is not null && Item.Equals(other.Item);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ScramjetTreeNode);

    /// <inheritdoc/>
    public override int GetHashCode() => Item.GetHashCode();

    /// <summary>Orders nodes as the things that they stand for.</summary>
    /// <param name="obj">The other node.</param>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        ScramjetTreeNode other => Item.CompareTo(other.Item),
        _ => throw new ArgumentException($"A {obj.GetType().Name} can't be compared with a node of the tree.", nameof(obj)),
    };

    /// <summary>The thing itself: what takes a space, a hub, a sequence or an instance takes a node of it.</summary>
    /// <param name="node">The node.</param>
    public static implicit operator Entity(ScramjetTreeNode node) => node.Item;

    /// <summary>The message of an error, with its code first.</summary>
    internal static string DescribeError(Exception error) => error is ScramjetException { Code: var code } ? $"{code}: {error.Message}" : error.Message;

    /// <summary>The node that an object is, or once was.</summary>
    internal static ScramjetTreeNode Of(PSObject value) => value.BaseObject as ScramjetTreeNode ?? new ScramjetTreeNode(value);
}

/// <summary>What a node of the tree is, from the top down.</summary>
public enum ScramjetTreeKind
{
    /// <summary>A space.</summary>
    Space,

    /// <summary>A hub.</summary>
    Hub,

    /// <summary>A sequence.</summary>
    Sequence,

    /// <summary>An instance.</summary>
    Instance,
}
