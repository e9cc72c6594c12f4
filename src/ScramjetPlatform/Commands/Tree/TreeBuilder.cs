using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Formatting;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Asks all places at once and makes one tree of their answers. What has come already can be seen at any time.</summary>
/// <param name="context">The command's.</param>
/// <param name="level">How deep the tree goes.</param>
/// <param name="withLoad">Whether hubs are asked for their load.</param>
/// <param name="withHealth">Whether running instances are asked for their health.</param>
/// <param name="before">The tree that this one takes the place of: it shows where no answer has come yet. Hubs that were given as objects are then asked for themselves anew.</param>
internal sealed class TreeBuilder(RequestContext context, ScramjetTreeKind level, bool withLoad, bool withHealth, TreeBuilder? before = null)
{
    private const string Waiting = "Waiting";
    private const string NoAnswer = "no answer yet";

    private readonly object _gate = new();
    private readonly List<ScramjetTreeNode> _roots = [];
    private readonly bool _again = before is not null;
    private TreeBuilder? _before = before;
    private int _hubs;
    private int _answered;

    /// <summary>The hubs found so far.</summary>
    public int Hubs => Volatile.Read(ref _hubs);

    /// <summary>Those of them that need not be waited for any more.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Asks all that is in the scopes.</summary>
    public async Task AskAsync(IEnumerable<CommandScope> scopes)
    {
        try
        {
            await Task.WhenAll(scopes.Select(AddAsync)).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _before = null;
        }
    }

    private async Task AddAsync(CommandScope scope)
    {
        var spaces = new Dictionary<string, ScramjetTreeNode>(StringComparer.Ordinal);
        await new PlaceFinder(context, scope).ForEachHubAsync(
            hub => HubAsync(hub, spaces),
            async (space, ask) =>
            {
                var node = new ScramjetTreeNode(ScramjetTreeKind.Space, space, space.Id) { Space = space.Id, Status = Waiting, Info = NoAnswer };
                lock (_gate)
                {
                    spaces[space.Id] = node;
                    _roots.Add(node);
                }

                try
                {
                    await ask().ConfigureAwait(false);
                }
                catch (Exception e) when (Fail(node, e))
                {
                    throw;
                }
            }).ConfigureAwait(false);

        lock (_gate)
        {
            foreach (var space in spaces.Values.Where(s => s.Error is null))
            {
                // Where hubs are named, a space with none of them is not what was asked for.
                if (scope.Hubs.Length > 0 && space.Below.Count == 0)
                    _roots.Remove(space);
                else
                    Summarize(space);
            }
        }
    }

    /// <summary>The nodes as they are now, each before what is under it, down to the level that is wanted.</summary>
    public IReadOnlyList<ScramjetTreeNode> Flatten()
    {
        var nodes = new List<ScramjetTreeNode>();
        lock (_gate)
        {
            var roots = _roots.Count == 0 && _before is not null ? _before._roots : _roots;
            foreach (var space in roots.Where(r => r.Level == ScramjetTreeKind.Space && r.Below.Count > 0))
                Summarize(space);
            foreach (var root in roots.OrderBy(r => SortKey(r.Id), StringComparer.Ordinal).ThenBy(r => r.Space, StringComparer.Ordinal))
                Flatten(root, "", "", 0, nodes);
        }

        var width = nodes.Count == 0 ? 0 : nodes.Max(n => n.Guides.Length + n.Label.Length);
        foreach (var node in nodes)
            node.NameWidth = width;
        return nodes;
    }

    private void Flatten(ScramjetTreeNode node, string guides, string below, int depth, List<ScramjetTreeNode> nodes)
    {
        node.Guides = guides;
        node.Depth = depth;
        nodes.Add(node);
        node.Children = node.Level >= level ? []
            : node.Status == Waiting && node.Below.Count == 0 && _before?.Find(node) is { } old ? old.Below
            : node.Below;

        for (var i = 0; i < node.Children.Count; i++)
        {
            var last = i == node.Children.Count - 1;
            Flatten(node.Children[i], below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "), depth + 1, nodes);
        }
    }

    /// <summary>The nodes that have come, and those of before that may still come.</summary>
    private static IReadOnlyList<ScramjetTreeNode> WithOld(IReadOnlyList<ScramjetTreeNode> nodes, IReadOnlyList<ScramjetTreeNode> before)
    {
        if (nodes.Count == 0)
            return before;

        var known = new HashSet<string>(nodes.Select(n => n.Id), StringComparer.Ordinal);
        return nodes.Concat(before.Where(n => !known.Contains(n.Id))).OrderBy(n => SortKey(n.Id), StringComparer.Ordinal).ToArray();
    }

    private ScramjetTreeNode? Find(ScramjetTreeNode node)
    {
        lock (_gate)
            return _roots.SelectMany(r => r.Below.Prepend(r)).FirstOrDefault(n => n.Level == node.Level && n.Id == node.Id && n.Space == node.Space);
    }

    private async Task HubAsync(Hub hub, Dictionary<string, ScramjetTreeNode> spaces)
    {
        Interlocked.Increment(ref _hubs);
        var node = new ScramjetTreeNode(ScramjetTreeKind.Hub, hub, hub.Id) { Space = hub.Space, Hub = hub.Id, Status = Waiting, Info = NoAnswer };
        lock (_gate)
        {
            if (hub.Space is not null && spaces.TryGetValue(hub.Space, out var space))
                Adopt(space, space.Below.Append(node).OrderBy(n => SortKey(n.Id), StringComparer.Ordinal));
            else
                _roots.Add(node);
        }

        try
        {
            if (_again && node.Parent is null && !hub.IsStandalone)
                node.Item = hub = await context.Bind(hub.Client).GetInfoAsync(context.Cancellation).ConfigureAwait(false);
            if (level == ScramjetTreeKind.Space)
                node.Info = null;
            node.Healthy = hub.Healthy;
            node.Since = hub.Connected == false ? hub.LastDisconnected : hub.LastConnected;
            PlaceFinder.RequireConnected(hub);
            if (level > ScramjetTreeKind.Space)
                await FillAsync(node, hub, context.Bind(hub.Client)).ConfigureAwait(false);
            node.Status = hub.Status;
        }
        catch (Exception e) when (Fail(node, e))
        {
            if (e is ScramjetException { Code: ErrorCodes.HubDisconnected })
                node.Status = hub.Status;
            throw;
        }
        finally
        {
            Interlocked.Increment(ref _answered);
        }
    }

    private async Task FillAsync(ScramjetTreeNode node, Hub hub, HubClient client)
    {
        var load = withLoad ? client.GetLoadAsync(context.Cancellation) : Task.FromResult<LoadCheck>(null!);
        var facts = new List<string>();
        try
        {
            if (level > ScramjetTreeKind.Hub)
                facts.Add(await EntitiesAsync(node, client).ConfigureAwait(false));
        }
        catch
        {
            // One failure tells enough of a hub.
            _ = load.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }

        try
        {
            node.Load = await load.ConfigureAwait(false);
        }
        catch (ScramjetException e) when (level > ScramjetTreeKind.Hub)
        {
            // It answers: only its load is not known.
            context.Report(e, hub.Id);
        }

        if (node.Parent is null && hub.Space is not null)
            facts.Add($"in {hub.Space}");
        node.Info = Join(facts);
    }

    /// <summary>Puts the hub's sequences and instances below it, and says how many there are.</summary>
    private async Task<string> EntitiesAsync(ScramjetTreeNode node, HubClient client)
    {
        IReadOnlyList<Sequence> sequences;
        IReadOnlyList<Instance> instances = [];
        if (level == ScramjetTreeKind.Sequence)
        {
            sequences = await client.ListSequencesAsync(context.Cancellation).ConfigureAwait(false);
        }
        else
        {
            var entities = await client.ListEntitiesAsync(context.Cancellation).ConfigureAwait(false);
            sequences = entities.Sequences;
            instances = entities.Instances;
        }

        var nodes = instances.Select(ToNode).OrderBy(n => n.Since).ThenBy(n => n.Id, StringComparer.Ordinal).ToLookup(n => ((Instance)n.Item).SequenceId);
        var children = sequences
            .OrderBy(s => SortKey(s.Name ?? s.Id), StringComparer.Ordinal).ThenBy(s => SortKey(s.Version ?? ""), StringComparer.Ordinal).ThenBy(s => s.Id, StringComparer.Ordinal)
            .Select(s => ToNode(s, nodes[s.Id]))
            .ToList();

        // An instance may outlive its sequence on the hub's lists.
        var known = new HashSet<string?>(sequences.Select(s => s.Id), StringComparer.Ordinal);
        foreach (var orphan in nodes.Where(g => !known.Contains(g.Key)).SelectMany(g => g))
        {
            var instance = (Instance)orphan.Item;
            orphan.Info = Join([$"of {instance.SequenceName ?? instance.SequenceId ?? "no known sequence"}", orphan.Info]);
            children.Add(orphan);
        }

        lock (_gate)
            Adopt(node, children);

        if (withHealth)
            await Task.WhenAll(nodes.SelectMany(g => g).Where(n => ((Instance)n.Item).State == InstanceStatus.Running).Select(HealthAsync)).ConfigureAwait(false);
        return level == ScramjetTreeKind.Sequence ? Count(sequences.Count, "sequence") : $"{Count(sequences.Count, "sequence")}, {Count(instances.Count, "instance")}";
    }

    private async Task HealthAsync(ScramjetTreeNode node)
    {
        try
        {
            var report = await context.Bind(((Instance)node.Item).Client).GetHealthAsync(context.Cancellation).ConfigureAwait(false);
            node.HealthReport = report;
            node.Healthy = report.Healthy;
            node.Info = Join(
            [
                node.Info,
                report.Healthy switch { true => "healthy", false => "unhealthy", _ => null },
                report.MemoryUsage is { } memory ? ByteSize.Format(memory) : null,
                report.ProcessId is { } process ? $"process {process}" : null,
            ]);
        }
        catch (ScramjetException e)
        {
            if (e.Code == ErrorCodes.NotFound)
                return;

            node.Error = e;
            node.Info = ScramjetTreeNode.DescribeError(e);
            context.Report(e, node.Item);
        }
    }

    private ScramjetTreeNode ToNode(Sequence sequence, IEnumerable<ScramjetTreeNode> instances)
    {
        var node = new ScramjetTreeNode(ScramjetTreeKind.Sequence, sequence, sequence.Id, sequence.Name) { Space = sequence.Space, Hub = sequence.Hub };
        node.Info = Join([sequence.Name is null ? null : sequence.Id, level == ScramjetTreeKind.Sequence ? Count(sequence.Instances.Count, "instance") : null]);
        Adopt(node, instances);
        return node;
    }

    private static ScramjetTreeNode ToNode(Instance instance) => new(ScramjetTreeKind.Instance, instance, instance.Id)
    {
        Space = instance.Space,
        Hub = instance.Hub,
        Status = instance.Status,
        Since = instance.Started ?? instance.Created,
        Until = instance.Ended,
        Info = instance switch
        {
            { ExitReason: { Length: > 0 } reason, ExitCode: { } code } => $"exit code {code}: {reason}",
            { ExitCode: { } code } => $"exit code {code}",
            _ => null,
        },
    };

    private static void Adopt(ScramjetTreeNode parent, IEnumerable<ScramjetTreeNode> children)
    {
        // A new list each time: the old one may be being read.
        parent.Below = children.ToArray();
        foreach (var child in parent.Below)
            child.Parent = parent;
    }

    private static void Summarize(ScramjetTreeNode space)
    {
        var unwell = space.Below.Where(h => h.Status != "Healthy").GroupBy(h => h.Status, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $", {g.Count()} {g.Key?.ToLowerInvariant()}").ToArray();
        space.Healthy = unwell.Length == 0;
        space.Status = unwell.Length == 0 ? "Healthy" : space.Below.Any(h => h.Status == Waiting) ? Waiting : "Degraded";
        space.Info = Count(space.Below.Count, "hub") + string.Concat(unwell);
    }

    /// <summary>Notes a failure on the node; false where the pipeline was stopped.</summary>
    private bool Fail(ScramjetTreeNode node, Exception error)
    {
        if (error is OperationCanceledException && context.Cancellation.IsCancellationRequested)
            return false;

        node.Status = "Failed";
        node.Healthy = false;
        node.Error = error;
        node.Info = ScramjetTreeNode.DescribeError(error);
        return true;
    }

    private static string? Join(IEnumerable<string?> facts) => string.Join(", ", facts.Where(f => f is not null)) is { Length: > 0 } text ? text : null;

    public static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    /// <summary>Numbers count by their value: sth-2 comes before sth-10.</summary>
    private static string SortKey(string text) => Regex.Replace(text.ToUpperInvariant(), @"\d+", m => m.Value.PadLeft(12, '0'));
}
