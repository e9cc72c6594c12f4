using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Formatting;

namespace ScramjetPlatform;

/// <summary>
/// A node of the tree of spaces, hubs, sequences and instances. If another command needs the object, the node converts to it. Related nodes and large
/// properties are returned by methods, so that JSON, Clixml and lists show only the node.
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

    /// <summary>Creates a node from a deserialized one, for display only.</summary>
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

    /// <summary>The kind of the object: <c>Space</c>, <c>Hub</c>, <c>Sequence</c> or <c>Instance</c>.</summary>
    public string Kind => Level.ToString();

    /// <summary>The name of a sequence; otherwise the id.</summary>
    public string Name { get; }

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>The version of a sequence, or of a hub where it is known.</summary>
    public string? Version => Item switch
    {
        Sequence sequence => sequence.Version,
        Hub hub => hub.Version,
        _ => null,
    };

    /// <summary>
    /// The status: of an instance, such as <c>Running</c>; of a hub, such as <c>Healthy</c> or <c>Disconnected</c>; of a space, <c>Healthy</c>, or
    /// <c>Degraded</c> if one of its hubs isn't healthy; and <c>Failed</c> if a request failed. Sequences have none.
    /// </summary>
    public string? Status { get; internal set; }

    /// <summary>Whether the object is healthy, if known: a hub as its space reports it, a space by its hubs, and an instance by its health report.</summary>
    public bool? Healthy { get; internal set; }

    /// <summary>The time since when the instance has been running, or the hub has been connected or disconnected.</summary>
    public DateTimeOffset? Since { get; internal set; }

    /// <summary>The time at which the instance ended.</summary>
    public DateTimeOffset? Until { get; internal set; }

    /// <summary>
    /// The CPU usage in percent, if it was requested: of a hub's CPUs from 0 to 100, of an instance in a container 100 for each busy CPU. An instance's is
    /// known from the second round of -Watch on.
    /// </summary>
    public double? CpuPercent { get; internal set; }

    /// <summary>The load average of a hub in the last minute, if it was requested and the hub reports it. 1 is one busy CPU.</summary>
    public double? LoadAverage { get; private set; }

    /// <summary>The memory usage of a hub, from 0 to 100, if it was requested.</summary>
    public double? MemoryPercent { get; private set; }

    /// <summary>Additional information: the number of objects in it, the id of a sequence, how an instance ended, or an error.</summary>
    public string? Info { get; internal set; }

    /// <summary>The depth in the tree, from 0.</summary>
    public int Depth { get; internal set; }

    /// <summary>The id of the object's space.</summary>
    public string? Space { get; internal set; }

    /// <summary>The id of the object's hub.</summary>
    public string? Hub { get; internal set; }

    /// <summary>Returns the parent node; null at the top.</summary>
    public ScramjetTreeNode? GetParent() => Parent;

    /// <summary>Returns the child nodes, to the requested depth.</summary>
    public IReadOnlyList<ScramjetTreeNode> GetChildren() => Children;

    /// <summary>Returns the space, hub, sequence or instance.</summary>
    public Resource GetItem() => Item;

    /// <summary>Returns the load of a hub; null if it wasn't requested.</summary>
    public LoadCheck? GetLoad() => Load;

    /// <summary>Returns the health report of an instance; null if it wasn't requested.</summary>
    public InstanceHealth? GetHealthReport() => HealthReport;

    /// <summary>Returns the error of the request; null if there was none.</summary>
    public Exception? GetError() => Error;

    /// <summary>Returns the time since <see cref="Since"/>, or the run time of an instance that has ended.</summary>
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

    internal InstanceHealth? HealthReport
    {
        get;
        set
        {
            field = value;
            MemoryPercent = value is { MemoryUsage: { } used, MemoryLimit: > 0 and var limit } ? 100.0 * used / limit : null;
        }
    }

    /// <summary>How the node differs from earlier rounds of -Watch.</summary>
    internal TreeChange Change { get; set; }

    internal Exception? Error { get; set; }

    /// <summary>All known child nodes, regardless of the requested depth.</summary>
    internal IReadOnlyList<ScramjetTreeNode> Below { get; set; } = [];

    internal DateTimeOffset AskedAt { get; }

    /// <summary>The tree lines before the name.</summary>
    internal string Guides { get; set; } = "";

    /// <summary>The text after the tree lines.</summary>
    internal string Label => _label ?? (Level == ScramjetTreeKind.Sequence && Version is { } version ? $"{Name} {StatusStyle.Version(version)}" : Name);

    /// <summary>The width of the longest name in the tree.</summary>
    internal int NameWidth { get; set; }

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;

    /// <summary>Returns whether the nodes have the same object.</summary>
    /// <param name="other">The other node.</param>
    public bool Equals(ScramjetTreeNode? other) => other is not null && Item.Equals(other.Item);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ScramjetTreeNode);

    /// <inheritdoc/>
    public override int GetHashCode() => Item.GetHashCode();

    /// <summary>Compares the objects of the nodes.</summary>
    /// <param name="obj">The other node.</param>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        ScramjetTreeNode other => Item.CompareTo(other.Item),
        _ => throw new ArgumentException($"A {obj.GetType().Name} can't be compared with a node of the tree.", nameof(obj)),
    };

    /// <summary>Converts a node to its object, for parameters that accept a space, hub, sequence or instance.</summary>
    /// <param name="node">The node.</param>
    public static implicit operator Entity(ScramjetTreeNode node) => node.Item;

    /// <summary>Returns the message of an error, after its code.</summary>
    internal static string DescribeError(Exception error) => error is ScramjetException { Code: var code } ? $"{code}: {error.Message}" : error.Message;

    /// <summary>Returns the node of a value, which can be deserialized.</summary>
    internal static ScramjetTreeNode Of(PSObject value) => value.BaseObject as ScramjetTreeNode ?? new ScramjetTreeNode(value);
}

/// <summary>The kinds of tree nodes, from the top down.</summary>
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

/// <summary>How a node of a tree differs from earlier rounds.</summary>
internal enum TreeChange
{
    None,
    Added,
    Changed,
    Removed,
}
