using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Formatting;
using ScramjetPlatform.Scope;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>Requests all places concurrently and builds a tree of their responses. The tree so far can be read at any time.</summary>
/// <param name="context">The command's requests.</param>
/// <param name="options">The parts of the tree and their order.</param>
/// <param name="before">
/// The previous tree, which is shown where there is no response yet. If it is specified, hubs that are objects are requested again.
/// </param>
internal sealed class TreeBuilder(RequestContext context, TreeOptions options, TreeBuilder? before = null)
{
    private const string Waiting = "Waiting";
    private const string NoAnswer = "no response yet";

    private readonly object _gate = new();
    private readonly List<ScramjetTreeNode> _roots = [];
    private readonly bool _isRepeated = before is not null;
    private readonly ConcurrentDictionary<string, (double Time, long At)> _cpuTimes = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, (double Time, long At)>? _cpuTimesBefore = before?._cpuTimes;
    private TreeBuilder? _before = before;
    private int _hubs;
    private int _answered;

    /// <summary>Gets the number of hubs that were found so far.</summary>
    public int Hubs => Volatile.Read(ref _hubs);

    /// <summary>Gets the number of hubs that have responded or failed.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Requests everything in the scopes.</summary>
    public async Task BuildAsync(IEnumerable<CommandScope> scopes)
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
            async (space, listHubs) =>
            {
                var node = new ScramjetTreeNode(ScramjetTreeKind.Space, space, space.Id) { Space = space.Id, Status = Waiting, Info = NoAnswer };
                lock (_gate)
                {
                    spaces[space.Id] = node;
                    _roots.Add(node);
                }

                try
                {
                    await listHubs().ConfigureAwait(false);
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
                // If hubs are specified, spaces without one of them are omitted.
                if (scope.Hubs.Length > 0 && space.Below.Count == 0)
                    _roots.Remove(space);
                else
                    Summarize(space);
            }
        }
    }

    /// <summary>Gets the nodes that have been received, each followed by the nodes below it, down to the level of the options.</summary>
    /// <param name="changes">The changes to mark; null for none.</param>
    public IReadOnlyList<ScramjetTreeNode> Flatten(TreeChanges? changes = null)
    {
        var nodes = new List<ScramjetTreeNode>();
        lock (_gate)
        {
            var roots = _roots.Count == 0 && _before is not null ? _before._roots : _roots;
            foreach (var space in roots.Where(r => r.Level == ScramjetTreeKind.Space && r.Below.Count > 0))
                Summarize(space);
            var ordered = roots.OrderBy(r => SortKey(r.Id), StringComparer.Ordinal).ThenBy(r => r.Space, StringComparer.Ordinal);
            foreach (var root in WithRemoved(null, Sort(ordered), changes))
                Flatten(root, "", "", 0, nodes, changes);
        }

        var width = nodes.Count == 0 ? 0 : nodes.Max(n => n.Guides.Length + n.Label.Length);
        foreach (var node in nodes)
            node.NameWidth = width;
        return nodes;
    }

    private void Flatten(ScramjetTreeNode node, string guides, string below, int depth, List<ScramjetTreeNode> nodes, TreeChanges? changes)
    {
        node.Guides = guides;
        node.Depth = depth;
        node.Change = changes?.Of(node) ?? TreeChange.None;
        nodes.Add(node);
        node.Children = node.Level >= options.Depth || node.Change == TreeChange.Removed ? []
            : WithRemoved(node, Sort(node.Status == Waiting && node.Below.Count == 0 && _before?.Find(node) is { } old ? old.Below : node.Below), changes);

        for (var i = 0; i < node.Children.Count; i++)
        {
            var last = i == node.Children.Count - 1;
            Flatten(node.Children[i], below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "), depth + 1, nodes, changes);
        }
    }

    /// <summary>Sorts nodes that have the same parent. The order of equal ones is kept: by name, and instances by start time.</summary>
    private IEnumerable<ScramjetTreeNode> Sort(IEnumerable<ScramjetTreeNode> nodes) => options.SortBy switch
    {
        ScramjetTreeSort.Status => nodes.OrderBy(n => StatusStyle.Rank(n.Status)),
        ScramjetTreeSort.Age => nodes.OrderBy(n => n.GetAge() ?? TimeSpan.MaxValue),
        ScramjetTreeSort.Cpu => nodes.OrderByDescending(n => n.CpuPercent ?? n.LoadAverage),
        ScramjetTreeSort.Memory => nodes.OrderByDescending(n => n.MemoryPercent),
        _ => nodes,
    };

    private static IReadOnlyList<ScramjetTreeNode> WithRemoved(ScramjetTreeNode? parent, IEnumerable<ScramjetTreeNode> nodes, TreeChanges? changes) =>
        [.. nodes, .. changes?.RemovedBelow(parent) ?? []];

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
            if (_isRepeated && node.Parent is null && !hub.IsStandalone)
                node.Item = hub = await context.Bind(hub.Client).GetInfoAsync(context.Cancellation).ConfigureAwait(false);
            if (options.Depth == ScramjetTreeKind.Space)
                node.Info = null;
            node.Healthy = hub.Healthy;
            node.Since = hub.Connected == false ? hub.LastDisconnected : hub.LastConnected;
            PlaceFinder.RequireConnected(hub);
            if (options.Depth > ScramjetTreeKind.Space)
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
        var load = options.Load ? client.GetLoadAsync(context.Cancellation) : Task.FromResult<LoadCheck>(null!);
        var facts = new List<string>();
        try
        {
            if (options.Depth > ScramjetTreeKind.Hub)
                facts.Add(await EntitiesAsync(node, client).ConfigureAwait(false));
        }
        catch
        {
            // One error about a hub is enough.
            _ = load.IgnoreOutcomeAsync();
            throw;
        }

        try
        {
            node.Load = await load.ConfigureAwait(false);
        }
        catch (ScramjetException e) when (options.Depth > ScramjetTreeKind.Hub)
        {
            // The hub responds, but its load is unknown.
            context.Report(e, hub.Id);
        }

        if (node.Parent is null && hub.Space is not null)
            facts.Add($"in {hub.Space}");
        node.Info = Join(facts);
    }

    /// <summary>Adds the hub's sequences and instances, and returns their numbers.</summary>
    private async Task<string> EntitiesAsync(ScramjetTreeNode node, HubClient client)
    {
        IReadOnlyList<Sequence> sequences;
        IReadOnlyList<Instance> instances = [];
        if (options.Depth == ScramjetTreeKind.Sequence)
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
            .OrderBy(s => SortKey(s.Name ?? s.Id), StringComparer.Ordinal)
            .ThenBy(s => SortKey(s.Version ?? ""), StringComparer.Ordinal)
            .ThenBy(s => s.Id, StringComparer.Ordinal)
            .Select(s => ToNode(s, nodes[s.Id]))
            .ToList();

        // The hub may list an instance whose sequence it no longer lists.
        var known = new HashSet<string?>(sequences.Select(s => s.Id), StringComparer.Ordinal);
        foreach (var orphan in nodes.Where(g => !known.Contains(g.Key)).SelectMany(g => g))
        {
            var instance = (Instance)orphan.Item;
            orphan.Info = Join([$"of {instance.SequenceName ?? instance.SequenceId ?? "no known sequence"}", orphan.Info]);
            children.Add(orphan);
        }

        lock (_gate)
            Adopt(node, children);

        if (options.Health)
        {
            var running = nodes.SelectMany(g => g).Where(n => ((Instance)n.Item).State == InstanceStatus.Running);
            await Task.WhenAll(running.Select(HealthAsync)).ConfigureAwait(false);
        }

        var count = DisplayText.Amount(sequences.Count, "sequence");
        return options.Depth == ScramjetTreeKind.Sequence ? count : $"{count}, {DisplayText.Amount(instances.Count, "instance")}";
    }

    private async Task HealthAsync(ScramjetTreeNode node)
    {
        try
        {
            var report = await context.Bind(((Instance)node.Item).Client).GetHealthAsync(context.Cancellation).ConfigureAwait(false);
            node.HealthReport = report;
            node.Healthy = report.Healthy;
            node.CpuPercent = CpuSinceBefore(node.Id, report);
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

    /// <summary>Gets the CPU usage of an instance since the round before: its report has the CPU time since its start, in nanoseconds.</summary>
    private double? CpuSinceBefore(string id, InstanceHealth report)
    {
        if (report.CpuTotalUsage is not { } time)
            return null;

        var now = Stopwatch.GetTimestamp();
        _cpuTimes[id] = (time, now);
        return _cpuTimesBefore is not null && _cpuTimesBefore.TryGetValue(id, out var before) && now > before.At && time >= before.Time
            ? (time - before.Time) / 1e9 * Stopwatch.Frequency / (now - before.At) * 100
            : null;
    }

    private ScramjetTreeNode ToNode(Sequence sequence, IEnumerable<ScramjetTreeNode> instances)
    {
        var node = new ScramjetTreeNode(ScramjetTreeKind.Sequence, sequence, sequence.Id, sequence.Name) { Space = sequence.Space, Hub = sequence.Hub };
        var count = options.Depth == ScramjetTreeKind.Sequence ? DisplayText.Amount(sequence.Instances.Count, "instance") : null;
        node.Info = Join([sequence.Name is null ? null : sequence.Id, count]);
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
        // The previous list may be in use, so it isn't changed.
        parent.Below = children.ToArray();
        foreach (var child in parent.Below)
            child.Parent = parent;
    }

    private static void Summarize(ScramjetTreeNode space)
    {
        var unhealthy = space.Below
            .Where(h => h.Status != "Healthy")
            .GroupBy(h => h.Status, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $", {g.Count()} {g.Key?.ToLowerInvariant()}")
            .ToArray();
        space.Healthy = unhealthy.Length == 0;
        space.Status = unhealthy.Length == 0 ? "Healthy" : space.Below.Any(h => h.Status == Waiting) ? Waiting : "Degraded";
        space.Info = DisplayText.Amount(space.Below.Count, "hub") + string.Concat(unhealthy);
    }

    /// <summary>Records an error on the node. Returns false if the pipeline was stopped.</summary>
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

    /// <summary>Returns a key that sorts numbers by value: sth-2 comes before sth-10.</summary>
    private static string SortKey(string text) => Regex.Replace(text.ToUpperInvariant(), @"\d+", m => m.Value.PadLeft(12, '0'));
}

/// <summary>The parts of a tree and their order.</summary>
/// <param name="Depth">The deepest level.</param>
/// <param name="Load">Whether the load of hubs is requested.</param>
/// <param name="Health">Whether the health of running instances is requested.</param>
/// <param name="SortBy">The order of the nodes below each node.</param>
internal sealed record TreeOptions(ScramjetTreeKind Depth, bool Load, bool Health, ScramjetTreeSort SortBy);

/// <summary>The orders of a tree.</summary>
public enum ScramjetTreeSort
{
    /// <summary>By name, and instances by start time.</summary>
    Name,

    /// <summary>By status: failed items first, then those that are changing.</summary>
    Status,

    /// <summary>By age, newest first.</summary>
    Age,

    /// <summary>By CPU usage, highest first.</summary>
    Cpu,

    /// <summary>By memory usage, highest first.</summary>
    Memory,
}
