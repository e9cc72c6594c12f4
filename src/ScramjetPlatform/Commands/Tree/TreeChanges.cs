using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>Compares the rounds of a tree, and tells for a while which nodes were added, changed their status, or were removed.</summary>
/// <param name="duration">How long a change is shown.</param>
internal sealed class TreeChanges(TimeSpan duration)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<string, (TreeChange Kind, TimeSpan Until)> _changes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScramjetTreeNode> _removed = new(StringComparer.Ordinal);
    private Dictionary<string, ScramjetTreeNode>? _known;

    /// <summary>Gets how the node has changed.</summary>
    /// <param name="node">The node.</param>
    public TreeChange Of(ScramjetTreeNode node) => _changes.TryGetValue(Key(node), out var change) ? change.Kind : TreeChange.None;

    /// <summary>Gets the nodes that were removed from below a node.</summary>
    /// <param name="parent">The node; null for the nodes of the top level.</param>
    public IEnumerable<ScramjetTreeNode> RemovedBelow(ScramjetTreeNode? parent) => _removed.Values.Where(n => Key(n.Parent) == Key(parent));

    /// <summary>Compares a complete round with the one before it.</summary>
    /// <param name="nodes">The nodes of the round.</param>
    public void Update(IReadOnlyList<ScramjetTreeNode> nodes)
    {
        foreach (var key in _changes.Where(c => c.Value.Until < _clock.Elapsed).Select(c => c.Key).ToArray())
        {
            _changes.Remove(key);
            _removed.Remove(key);
        }

        var now = new Dictionary<string, ScramjetTreeNode>(StringComparer.Ordinal);
        foreach (var node in nodes)
            now[Key(node)] = node;
        if (_known is not null)
            Compare(_known, now);
        _known = now;
    }

    private void Compare(Dictionary<string, ScramjetTreeNode> before, Dictionary<string, ScramjetTreeNode> now)
    {
        foreach (var (key, node) in now.Select(p => (p.Key, p.Value)))
        {
            _removed.Remove(key);
            if (!before.TryGetValue(key, out var old))
                Add(key, TreeChange.Added);
            else if ((old.Status != node.Status || old.Healthy != node.Healthy) && Of(node) != TreeChange.Added)
                Add(key, TreeChange.Changed);
        }

        foreach (var (key, old) in before.Select(p => (p.Key, p.Value)).Where(p => !now.ContainsKey(p.Key)).ToArray())
        {
            if (!IsReceived(old.Parent, now))
                now[key] = old;
            else if (old.Parent is null || now.ContainsKey(Key(old.Parent)))
                Remove(key, old);
        }
    }

    private void Remove(string key, ScramjetTreeNode node)
    {
        node.Status = "Removed";
        node.Info = null;
        _removed[key] = node;
        Add(key, TreeChange.Removed);
    }

    private void Add(string key, TreeChange kind) => _changes[key] = (kind, _clock.Elapsed + duration);

    /// <summary>
    /// Whether a node and all above it were received in this round, or were removed themselves: what is below a node that failed may still exist.
    /// </summary>
    private static bool IsReceived(ScramjetTreeNode? node, Dictionary<string, ScramjetTreeNode> now)
    {
        for (; node is not null; node = node.Parent)
        {
            if (now.TryGetValue(Key(node), out var current) && current.Error is not null)
                return false;
        }

        return true;
    }

    private static string Key(ScramjetTreeNode? node) => node is null ? "" : $"{node.Kind}/{node.Space}/{node.Hub}/{node.Id}";
}
