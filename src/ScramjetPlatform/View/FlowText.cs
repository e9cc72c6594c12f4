using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace ScramjetPlatform.View;

/// <summary>Writes the picture of flows in the languages of Mermaid and Graphviz.</summary>
internal static class FlowText
{
    /// <summary>Writes a flowchart of Mermaid.</summary>
    public static string Mermaid(FlowGraph graph) => Write(
        graph,
        "flowchart LR",
        (id, label) => $"subgraph {id}[\"{label}\"]",
        "end",
        (id, node, label) => node.Kind switch
        {
            FlowNodeKind.Topic => $"{id}([\"{label}\"]){(node.IsOpen ? ":::open" : "")}",
            FlowNodeKind.Hub => $"{id}[[\"{label}\"]]",
            _ => $"{id}[\"{label}\"]",
        },
        (from, to) => $"{from} --> {to}",
        EscapeMermaid,
        "<br/>",
        graph.Nodes.Any(n => n.IsOpen) ? "    classDef open stroke-dasharray: 5 4\n" : "");

    /// <summary>Writes a graph of Graphviz.</summary>
    public static string Dot(FlowGraph graph) => Write(
        graph,
        "digraph flow {\n    rankdir=LR\n    node [shape=box, fontname=\"sans-serif\"]",
        (id, label) => $"subgraph cluster_{id} {{\n        label=\"{label}\"",
        "}",
        (id, node, label) => node.Kind switch
        {
            FlowNodeKind.Topic => $"{id} [label=\"{label}\", shape=box, style=\"rounded{(node.IsOpen ? ",dashed" : "")}\"]",
            FlowNodeKind.Hub => $"{id} [label=\"{label}\", peripheries=2]",
            _ => $"{id} [label=\"{label}\"]",
        },
        (from, to) => $"{from} -> {to}",
        EscapeDot,
        "\\n",
        "}\n");

    private static string Write(
        FlowGraph graph,
        string start,
        Func<string, string, string> openGroup,
        string closeGroup,
        Func<string, FlowNode, string, string> node,
        Func<string, string, string> edge,
        Func<string, string> escape,
        string newLine,
        string end)
    {
        var ids = graph.Nodes.Select((n, i) => (Node: n, Id: $"n{i + 1}")).ToDictionary(n => n.Node, n => n.Id);
        var text = new StringBuilder(start).Append('\n');
        void WriteNodes(IEnumerable<FlowNode> nodes, string indent)
        {
            foreach (var item in nodes)
            {
                var label = string.Join(newLine, new[] { item.Title, item.Detail }.OfType<string>().Select(escape));
                text.Append(indent).Append(node(ids[item], item, label)).Append('\n');
            }
        }

        var groups = 0;
        foreach (var group in graph.Nodes.Where(n => n.Group is not null).GroupBy(n => n.Group!).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append("    ").Append(openGroup($"g{++groups}", escape(group.Key))).Append('\n');
            WriteNodes(group, "        ");
            text.Append("    ").Append(closeGroup).Append('\n');
        }

        WriteNodes(graph.Nodes.Where(n => n.Group is null), "    ");
        foreach (var from in graph.Nodes)
        {
            foreach (var to in from.Next)
                text.Append("    ").Append(edge(ids[from], ids[to])).Append('\n');
        }

        return text.Append(end).ToString().TrimEnd('\n');
    }

    /// <summary>Writes all characters that can have a meaning in Mermaid, HTML or Markdown as codes.</summary>
    private static string EscapeMermaid(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c > '~' || char.IsLetterOrDigit(c) || c is ' ' or '-' or '.' or '/' or ',' or '+' or '@')
                result.Append(c);
            else
                result.Append('#').Append((int)c).Append(';');
        }

        return result.ToString();
    }

    // Graphviz replaces the entities of HTML in labels.
    private static string EscapeDot(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("&", "&amp;");
}
