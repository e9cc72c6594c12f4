using System;
using System.Collections.Generic;
using System.Linq;
using Scramjet.Client;

namespace ScramjetPlatform.View;

/// <summary>What a node of a flow's picture is.</summary>
internal enum FlowNodeKind
{
    /// <summary>Instances of one sequence on one hub with the same topics.</summary>
    Instance,

    /// <summary>A hub of which only its role is known.</summary>
    Hub,

    /// <summary>A topic.</summary>
    Topic,
}

/// <summary>A node of a flow's picture.</summary>
internal sealed class FlowNode(FlowNodeKind kind, string title, string? group)
{
    public FlowNodeKind Kind { get; } = kind;

    /// <summary>The first line of its text.</summary>
    public string Title { get; } = Clean(title);

    /// <summary>The second line of its text; null if there is none.</summary>
    public string? Detail { get; set; }

    /// <summary>The hub that it is on, where there are several, and its space, where there are several.</summary>
    public string? Group { get; } = group is null ? null : Clean(group);

    /// <summary>Whether it is a topic without a provider or without a consumer.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The nodes that its data goes to.</summary>
    public List<FlowNode> Next { get; } = [];

    /// <summary>The nodes that its data comes from.</summary>
    public List<FlowNode> Previous { get; } = [];

    public static string Clean(string text) => DisplayText.Clean(text)!.Trim();
}

/// <summary>The picture of flows: instances and topics, and the ways between them. Instances that do the same are one node.</summary>
internal sealed class FlowGraph
{
    private readonly List<FlowNode> _nodes = [];
    private readonly HashSet<(FlowNode, FlowNode)> _edges = [];

    public FlowGraph(IReadOnlyList<ScramjetFlow> flows)
    {
        var severalSpaces = flows.Select(f => f.Space).Distinct().Skip(1).Any();
        var severalHubs = flows.SelectMany(f => new[] { f.SourceHub, f.TargetHub }).OfType<string>().Distinct().Skip(1).Any();
        string? Group(string? space, string? hub) => hub is null || !(severalHubs || severalSpaces) ? null : severalSpaces ? $"{space} / {hub}" : hub;

        // An instance provides one topic and requires one.
        var provided = flows.Where(f => f.SourceId is not null).GroupBy(f => (f.SourceHub, f.SourceId)).ToDictionary(g => g.Key, g => g.First().Topic);
        var required = flows.Where(f => f.TargetId is not null).GroupBy(f => (f.TargetHub, f.TargetId)).ToDictionary(g => g.Key, g => g.First().Topic);
        var nodes = new Dictionary<object, FlowNode>();
        var ids = new Dictionary<FlowNode, HashSet<string>>();
        FlowNode Node(object key, Func<FlowNode> create)
        {
            if (!nodes.TryGetValue(key, out var node))
            {
                nodes[key] = node = create();
                _nodes.Add(node);
            }

            return node;
        }

        FlowNode? End(string? space, string? hub, string? name, string? id)
        {
            if (id is null)
                return hub is null ? null : Node((space, hub), () => new FlowNode(FlowNodeKind.Hub, hub, Group(space, hub)) { Detail = "hub" });

            var topics = (provided.TryGetValue((hub, id), out var output) ? output : null, required.TryGetValue((hub, id), out var input) ? input : null);
            var node = Node((space, hub, name, topics), () => new FlowNode(FlowNodeKind.Instance, name!, Group(space, hub)));
            if (!ids.TryGetValue(node, out var known))
                ids[node] = known = new HashSet<string>(StringComparer.Ordinal);
            known.Add(id);
            return node;
        }

        foreach (var flow in flows)
        {
            var source = End(flow.Space, flow.SourceHub, flow.Source, flow.SourceId);
            var place = flow.Space ?? flow.SourceHub ?? flow.TargetHub;
            var topic = Node((place, "topic", flow.Topic), () => TopicNode(flow, severalSpaces));
            var target = End(flow.Space, flow.TargetHub, flow.Target, flow.TargetId);
            if (source is not null)
                Connect(source, topic);
            if (target is not null)
                Connect(topic, target);
        }

        foreach (var pair in ids)
        {
            var id = pair.Value.First();
            pair.Key.Detail = pair.Value.Count > 1 ? $"{pair.Value.Count} instances" : DisplayText.ShortId(id);
        }
    }

    /// <summary>The nodes, in an order that only depends on the flows.</summary>
    public IReadOnlyList<FlowNode> Nodes => _nodes;

    private static FlowNode TopicNode(ScramjetFlow flow, bool severalSpaces)
    {
        var missing = (flow.SourceHub is null, flow.TargetHub is null) switch
        {
            (true, true) => "unused",
            (true, _) => "no provider",
            (_, true) => "no consumer",
            _ => null,
        };
        var details = new[] { severalSpaces ? flow.Space : null, flow.ContentType, missing }.OfType<string>().Select(FlowNode.Clean).ToArray();
        return new FlowNode(FlowNodeKind.Topic, flow.Topic, null)
        {
            Detail = details.Length == 0 ? null : string.Join(", ", details),
            IsOpen = missing is not null,
        };
    }

    private void Connect(FlowNode from, FlowNode to)
    {
        if (!_edges.Add((from, to)))
            return;
        from.Next.Add(to);
        to.Previous.Add(from);
    }
}
