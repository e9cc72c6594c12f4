using Scramjet.Client.Model;

namespace ScramjetPlatform;

/// <summary>
/// A way of data through a topic: from an instance that provides the topic to one that requires it. Either can be missing: then nothing provides, or requires,
/// the topic.
/// </summary>
public sealed class ScramjetFlow
{
    private readonly Instance? _source;
    private readonly Instance? _target;

    internal ScramjetFlow(string topic, string? contentType, string? space, (string? Hub, Instance? Instance) source, (string? Hub, Instance? Instance) target)
    {
        Topic = topic;
        ContentType = contentType;
        Space = space;
        (SourceHub, _source) = source;
        (TargetHub, _target) = target;
    }

    /// <summary>The name of the sequence whose instance provides the topic; null if there is none, or only its hub is known.</summary>
    public string? Source => _source is null ? null : _source.SequenceName ?? _source.Id;

    /// <summary>The id of the instance that provides the topic.</summary>
    public string? SourceId => _source?.Id;

    /// <summary>
    /// The id of the hub that provides the topic; null if none does. Without <see cref="SourceId"/>, it is a hub that doesn't report which of its instances
    /// provides the topic, or that a client sends the topic's data to.
    /// </summary>
    public string? SourceHub { get; }

    /// <summary>The name of the topic.</summary>
    public string Topic { get; }

    /// <summary>The content type of the topic's data, if a hub or space reports it.</summary>
    public string? ContentType { get; }

    /// <summary>The name of the sequence whose instance requires the topic; null if there is none, or only its hub is known.</summary>
    public string? Target => _target is null ? null : _target.SequenceName ?? _target.Id;

    /// <summary>The id of the instance that requires the topic.</summary>
    public string? TargetId => _target?.Id;

    /// <summary>
    /// The id of the hub that requires the topic; null if none does. Without <see cref="TargetId"/>, it is a hub that doesn't report which of its instances
    /// requires the topic, or from which a client reads it.
    /// </summary>
    public string? TargetHub { get; }

    /// <summary>The id of the space of the topic; null for a topic of a standalone hub.</summary>
    public string? Space { get; }

    /// <summary>Returns the instance that provides the topic, or null.</summary>
    public Instance? GetSource() => _source;

    /// <summary>Returns the instance that requires the topic, or null.</summary>
    public Instance? GetTarget() => _target;

    /// <summary>Returns the source, the topic and the target.</summary>
    public override string ToString() => $"{Source ?? SourceHub ?? "(none)"} -> {Topic} -> {Target ?? TargetHub ?? "(none)"}";
}

/// <summary>The form in which Get-ScramjetFlow returns flows.</summary>
public enum ScramjetFlowFormat
{
    /// <summary>Objects.</summary>
    Object,

    /// <summary>A flowchart in the language of Mermaid.</summary>
    Mermaid,

    /// <summary>A graph in the DOT language of Graphviz.</summary>
    Dot,

    /// <summary>An SVG picture.</summary>
    Svg,
}
