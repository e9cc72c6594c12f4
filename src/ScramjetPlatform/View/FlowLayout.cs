using System;
using System.Collections.Generic;
using System.Linq;

namespace ScramjetPlatform.View;

/// <summary>
/// Places the nodes of a flow's picture in columns, from left to right in the direction of the data, so that none overlap and no line crosses a node. A line
/// over several columns has a place in each of them.
/// </summary>
internal sealed class FlowLayout
{
    private const double Gap = 18;
    private const double LineHeight = 6;
    private const double ColumnGap = 72;
    private const int Sweeps = 12;

    private readonly List<List<Place>> _columns = [];
    private readonly List<Place[]> _lines = [];

    /// <param name="graph">The nodes.</param>
    /// <param name="sizeOf">The width and height of a node.</param>
    public FlowLayout(FlowGraph graph, Func<FlowNode, (double Width, double Height)> sizeOf)
    {
        var forward = FindForwardEdges(graph.Nodes);
        var columnOf = FindColumns(graph.Nodes, forward);
        for (var last = columnOf.Values.DefaultIfEmpty(-1).Max(); _columns.Count <= last;)
            _columns.Add([]);
        var places = new Dictionary<FlowNode, Place>();
        foreach (var node in graph.Nodes)
        {
            var (width, height) = sizeOf(node);
            _columns[columnOf[node]].Add(places[node] = new Place(node, width, height, columnOf[node]));
        }

        foreach (var (from, to, isBack) in forward)
            AddLine(places[from], places[to], isBack);
        Order();
        SetPositions();
    }

    /// <summary>The places of the nodes.</summary>
    public IEnumerable<Place> Nodes => _columns.SelectMany(c => c).Where(p => p.Node is not null);

    /// <summary>The places along each line, in the direction of the data.</summary>
    public IReadOnlyList<Place[]> Lines => _lines;

    public double Width { get; private set; }

    public double Height { get; private set; }

    /// <summary>The place of a node, or of a line that passes a column.</summary>
    internal sealed class Place(FlowNode? node, double width, double height, int column)
    {
        public FlowNode? Node { get; } = node;

        public double Width { get; set; } = width;

        public double Height { get; } = height;

        public int Column { get; } = column;

        public double Left { get; set; }

        public double Top { get; set; }

        public double Middle => Top + Height / 2;

        public double Right => Left + Width;

        /// <summary>The sides of the column.</summary>
        public (double Left, double Right) Sides { get; set; }

        public List<Place> Before { get; } = [];

        public List<Place> After { get; } = [];

        public double Rank { get; set; }
    }

    /// <summary>Returns the edges so that they form no circle: an edge that would close one is turned around.</summary>
    private static List<(FlowNode From, FlowNode To, bool IsBack)> FindForwardEdges(IReadOnlyList<FlowNode> nodes)
    {
        var edges = new List<(FlowNode, FlowNode, bool)>();
        var state = new Dictionary<FlowNode, bool>();
        foreach (var start in nodes.Where(n => n.Previous.Count == 0).Concat(nodes))
        {
            if (state.ContainsKey(start))
                continue;
            var path = new Stack<(FlowNode Node, int Next)>();
            path.Push((start, 0));
            state[start] = true;
            while (path.Count > 0)
            {
                var (node, next) = path.Pop();
                if (next == node.Next.Count)
                {
                    state[node] = false;
                    continue;
                }

                path.Push((node, next + 1));
                var to = node.Next[next];
                var isOnPath = state.TryGetValue(to, out var open) && open;
                edges.Add(isOnPath ? (to, node, true) : (node, to, false));
                if (!state.ContainsKey(to))
                {
                    state[to] = true;
                    path.Push((to, 0));
                }
            }
        }

        return edges;
    }

    private static Dictionary<FlowNode, int> FindColumns(IReadOnlyList<FlowNode> nodes, List<(FlowNode From, FlowNode To, bool IsBack)> edges)
    {
        var next = edges.ToLookup(e => e.From, e => e.To);
        var waiting = edges.GroupBy(e => e.To).ToDictionary(g => g.Key, g => g.Count());

        // Topics have the columns between those of instances, also if nothing provides them.
        var columns = nodes.ToDictionary(n => n, n => n.Kind == FlowNodeKind.Topic ? 1 : 0);
        var ready = new Queue<FlowNode>(nodes.Where(n => !waiting.ContainsKey(n)));
        var order = new List<FlowNode>();
        while (ready.Count > 0)
        {
            var node = ready.Dequeue();
            order.Add(node);
            foreach (var to in next[node])
            {
                columns[to] = Math.Max(columns[to], columns[node] + 1);
                if (--waiting[to] == 0)
                    ready.Enqueue(to);
            }
        }

        // A node without a node before it is placed beside the node that it goes to.
        var hasBefore = new HashSet<FlowNode>(edges.Select(e => e.To));
        foreach (var node in order.Where(n => !hasBefore.Contains(n)))
        {
            if (next[node].Any())
                columns[node] = next[node].Min(to => columns[to]) - 1;
        }

        var first = columns.Values.DefaultIfEmpty(0).Min();
        return columns.ToDictionary(c => c.Key, c => c.Value - first);
    }

    private void AddLine(Place from, Place to, bool isBack)
    {
        var line = new List<Place> { from };
        for (var column = from.Column + 1; column < to.Column; column++)
        {
            var way = new Place(null, 0, LineHeight, column);
            _columns[column].Add(way);
            line.Add(way);
        }

        line.Add(to);
        for (var i = 1; i < line.Count; i++)
        {
            line[i - 1].After.Add(line[i]);
            line[i].Before.Add(line[i - 1]);
        }

        if (isBack)
            line.Reverse();
        _lines.Add([.. line]);
    }

    /// <summary>Orders each column by the middle of the neighbours of its places, which avoids most crossings.</summary>
    private void Order()
    {
        foreach (var column in _columns)
            Number(column);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var down = sweep % 2 == 0;
            foreach (var column in down ? _columns.Skip(1) : Enumerable.Reverse(_columns).Skip(1))
            {
                foreach (var place in column)
                {
                    var neighbours = down ? place.Before : place.After;
                    if (neighbours.Count > 0)
                        place.Rank = neighbours.Average(n => n.Rank);
                }

                var ordered = column.OrderBy(p => p.Rank).ToArray();
                column.Clear();
                column.AddRange(ordered);
                Number(column);
            }
        }

        // Ranks are from 0 to 1, so that columns of different lengths can be compared.
        static void Number(List<Place> column)
        {
            for (var i = 0; i < column.Count; i++)
                column[i].Rank = (i + 0.5) / column.Count;
        }
    }

    private void SetPositions()
    {
        foreach (var column in _columns)
            Spread(column, _ => null);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var down = sweep % 2 == 0;
            foreach (var column in down ? _columns : Enumerable.Reverse(_columns))
                Spread(column, place => Middle(down ? place.Before : place.After) ?? Middle(down ? place.After : place.Before));
        }

        var top = _columns.SelectMany(c => c).Select(p => p.Top).DefaultIfEmpty(0).Min();
        var left = 0d;
        foreach (var column in _columns)
        {
            var width = column.Select(p => p.Width).DefaultIfEmpty(0).Max();
            foreach (var place in column)
            {
                place.Top -= top;
                if (place.Node is null)
                    place.Width = width;
                place.Left = left + (width - place.Width) / 2;
                place.Sides = (left, left + width);
            }

            Width = left + width;
            left += width + ColumnGap;
        }

        Height = _columns.SelectMany(c => c).Select(p => p.Top + p.Height).DefaultIfEmpty(0).Max();

        static double? Middle(List<Place> places) => places.Count == 0 ? null : places.Average(p => p.Middle);
    }

    /// <summary>Moves the places of a column as near to where they should be as their order and the gaps between them allow.</summary>
    private static void Spread(List<Place> column, Func<Place, double?> middleOf)
    {
        // Without the heights and gaps, the tops must not decrease: neighbours that would are one block, at the mean of its places.
        var blocks = new List<(double Sum, int Count)>();
        var offsets = new double[column.Count];
        for (var i = 0; i < column.Count; i++)
        {
            if (i > 0)
                offsets[i] = offsets[i - 1] + column[i - 1].Height + Gap;
            var top = middleOf(column[i]) is { } middle ? middle - column[i].Height / 2 : column[i].Top;
            (double Sum, int Count) block = (top - offsets[i], 1);
            while (blocks.Count > 0 && blocks[blocks.Count - 1] is var last && last.Sum / last.Count > block.Sum / block.Count)
            {
                block = (block.Sum + last.Sum, block.Count + last.Count);
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        var at = 0;
        foreach (var (sum, count) in blocks)
        {
            for (var i = 0; i < count; i++, at++)
                column[at].Top = sum / count + offsets[at];
        }
    }
}
