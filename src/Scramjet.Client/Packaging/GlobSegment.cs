using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Scramjet.Client.Packaging;

/// <summary>
/// A pattern for one part of a path: *, ?, [classes], and ?(a|b), *(a|b), +(a|b), @(a|b), !(a|b). It is matched by tracking all positions that can be
/// reached, so that the time doesn't grow exponentially.
/// </summary>
internal sealed class GlobSegment
{
    private const int MaxDepth = 16;

    private readonly string _pattern;
    private readonly List<Node> _nodes;
    private readonly bool _hasGroups;
    private readonly int[] _ends;

    public GlobSegment(string pattern)
    {
        _pattern = pattern;
        _ends = FindEnds(pattern);
        var at = 0;
        _nodes = ReadSequence(ref at, 0);
        _hasGroups = _nodes.Exists(static n => n.Kind == NodeKind.Group);
    }

    private enum NodeKind
    {
        Text,
        Any,
        Many,
        Class,
        Group,
    }

    /// <summary>Returns whether the text matches. Wildcards at the beginning don't match a leading dot.</summary>
    public bool IsMatch(string text)
    {
        if (text.Length > 0 && text[0] == '.' && _nodes.Count > 0 && _nodes[0].Kind != NodeKind.Text)
            return false;

        return _hasGroups ? new Walk(text).IsMatch(_nodes) : IsPlainMatch(text);
    }

    /// <summary>Matches a pattern without groups. Only the last * must be tried with different lengths.</summary>
    private bool IsPlainMatch(string text)
    {
        var (node, at) = (0, 0);
        var (star, starAt) = (-1, 0);
        while (at < text.Length)
        {
            if (node < _nodes.Count && _nodes[node].Kind == NodeKind.Many)
            {
                (star, starAt) = (node++, at);
            }
            else if (node < _nodes.Count && _nodes[node].Matches(text[at]))
            {
                node++;
                at++;
            }
            else if (star >= 0)
            {
                (node, at) = (star + 1, ++starAt);
            }
            else
            {
                return false;
            }
        }

        return _nodes.Skip(node).All(static n => n.Kind == NodeKind.Many);
    }

    private List<Node> ReadSequence(ref int at, int depth)
    {
        if (depth > MaxDepth)
            throw new FormatException($"has groups that are nested more than {MaxDepth} levels deep");

        var nodes = new List<Node>();
        for (; at < _pattern.Length; at++)
        {
            var c = _pattern[at];
            if (IsGroup(at))
                nodes.Add(ReadGroup(ref at, depth));
            else if (depth > 0 && c is '|' or ')')
                return nodes;
            else if (c == '*')
                nodes.Add(new Node(NodeKind.Many));
            else if (c == '?')
                nodes.Add(new Node(NodeKind.Any));
            else if (c == '[' && ReadClass(at) is var (set, end))
            {
                nodes.Add(set);
                at = end;
            }
            else if (c == '\\' && at + 1 < _pattern.Length)
                nodes.Add(new Node(NodeKind.Text) { Character = _pattern[++at] });
            else
                nodes.Add(new Node(NodeKind.Text) { Character = c });
        }

        return nodes;
    }

    private bool IsGroup(int at) => _pattern[at] is '?' or '*' or '+' or '@' or '!' && at + 1 < _pattern.Length && _ends[at + 1] > 0;

    private Node ReadGroup(ref int at, int depth)
    {
        var group = new Node(NodeKind.Group) { Character = _pattern[at] };
        var end = _ends[at + 1];
        at += 2;
        while (true)
        {
            group.Alternatives.Add(ReadSequence(ref at, depth + 1));
            if (at == end)
                return group;
            at++;
        }
    }

    /// <summary>Reads a class and the index of its closing bracket. Returns null if there is none; the bracket is text then.</summary>
    private (Node Class, int End)? ReadClass(int open)
    {
        var set = new Node(NodeKind.Class);
        var at = open + 1;
        if (at < _pattern.Length && _pattern[at] is '!' or '^')
        {
            set.IsNegated = true;
            at++;
        }

        for (var first = at; at < _pattern.Length; at++)
        {
            if (_pattern[at] == ']' && at > first)
                return (set, at);

            var low = Member(ref at);
            var high = low;
            if (at + 2 < _pattern.Length && _pattern[at + 1] == '-' && _pattern[at + 2] != ']')
            {
                at += 2;
                high = Member(ref at);
            }

            set.Ranges.Add((low, high));
        }

        return null;
    }

    private char Member(ref int at)
    {
        if (_pattern[at] == '\\' && at + 1 < _pattern.Length)
            at++;
        return _pattern[at];
    }

    /// <summary>Returns the index of the closing parenthesis for each group that has one. A group without one is text.</summary>
    private int[] FindEnds(string pattern)
    {
        var ends = new int[pattern.Length];
        var open = new Stack<int>();
        var escaped = -1;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    escaped = ++i;
                    break;
                case '[' when ReadClass(i) is var (set, end):
                    if (set.Ranges.Exists(static r => r.Low > r.High))
                        throw new FormatException("has a class with a range that ends before it begins");
                    i = end;
                    break;
                case '(' when i > 0 && i - 1 != escaped && pattern[i - 1] is '?' or '*' or '+' or '@' or '!':
                    open.Push(i);
                    break;
                case ')' when open.Count > 0:
                    ends[open.Pop()] = i;
                    break;
            }
        }

        return ends;
    }

    private sealed class Node(NodeKind kind)
    {
        public NodeKind Kind { get; } = kind;

        /// <summary>Gets or sets the text, or the character before a group.</summary>
        public char Character { get; set; }

        public bool IsNegated { get; set; }

        public List<(char Low, char High)> Ranges { get; } = [];

        public List<List<Node>> Alternatives { get; } = [];

        /// <summary>Returns whether the node matches the character.</summary>
        public bool Matches(char c) => Kind switch
        {
            NodeKind.Text => Character == c,
            NodeKind.Any => true,
            NodeKind.Class => Ranges.Exists(r => r.Low <= c && c <= r.High) != IsNegated,
            _ => false,
        };
    }

    /// <summary>Matches a text. A set of positions is a number with a bit for each position.</summary>
    private sealed class Walk(string text)
    {
        private readonly BigInteger _all = (BigInteger.One << (text.Length + 1)) - 1;
        private readonly Dictionary<Node, BigInteger> _matches = [];
        private readonly Dictionary<(Node Group, int Start), BigInteger> _once = [];
        private readonly Dictionary<Node, BigInteger[]> _repeated = [];

        public bool IsMatch(List<Node> nodes) => Has(Follow(nodes, 0), text.Length);

        /// <summary>Returns the positions after the nodes if they begin at a position.</summary>
        private BigInteger Follow(List<Node> nodes, int start)
        {
            var places = BigInteger.One << start;
            foreach (var node in nodes)
            {
                places = node.Kind switch
                {
                    NodeKind.Group => Union(Places(places), place => Ends(node, place)),
                    NodeKind.Many => _all & -(places & -places),
                    _ => (places & Matches(node)) << 1,
                };
            }

            return places;
        }

        /// <summary>Returns the positions of the characters that the node matches.</summary>
        private BigInteger Matches(Node node)
        {
            if (!_matches.TryGetValue(node, out var matches))
            {
                matches = Union(Enumerable.Range(0, text.Length).Where(place => node.Matches(text[place])), static place => BigInteger.One << place);
                _matches[node] = matches;
            }

            return matches;
        }

        private BigInteger Ends(Node group, int start)
        {
            var here = BigInteger.One << start;
            return group.Character switch
            {
                '!' => _all & -here & ~Once(group, start),
                '?' => here | Once(group, start),
                '*' => Repeated(group)[start],
                '+' => Union(Places(Once(group, start)), place => Repeated(group)[place]),
                _ => Once(group, start),
            };
        }

        /// <summary>Returns, for each start, the positions after any number of repetitions. It begins with the last start, which the others need.</summary>
        private BigInteger[] Repeated(Node group)
        {
            if (_repeated.TryGetValue(group, out var known))
                return known;

            var ends = new BigInteger[text.Length + 1];
            for (var start = text.Length; start >= 0; start--)
                ends[start] = (BigInteger.One << start) | Union(Places(Once(group, start)).Where(place => place > start), place => ends[place]);
            return _repeated[group] = ends;
        }

        private BigInteger Once(Node group, int start)
        {
            if (!_once.TryGetValue((group, start), out var ends))
                _once[(group, start)] = ends = Union(group.Alternatives, alternative => Follow(alternative, start));
            return ends;
        }

        private static IEnumerable<int> Places(BigInteger set)
        {
            var bytes = set.ToByteArray();
            return Enumerable.Range(0, 8 * bytes.Length).Where(place => (bytes[place / 8] & (1 << (place % 8))) != 0);
        }

        private static bool Has(BigInteger set, int place) => !(set >> place).IsEven;

        private static BigInteger Union<T>(IEnumerable<T> items, Func<T, BigInteger> set) => items.Aggregate(BigInteger.Zero, (sum, item) => sum | set(item));
    }
}
