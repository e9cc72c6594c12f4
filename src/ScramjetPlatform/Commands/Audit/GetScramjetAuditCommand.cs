using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Gets audit records of the platform, of spaces, hubs, sequences or instances: who asked for what, and how much was sent.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetAudit", DefaultParameterSetName = HubSet)]
[OutputType(typeof(AuditEntry))]
public sealed class GetScramjetAuditCommand : HubCmdlet
{
    private const string HubSet = "Hub";
    private const string InstanceSet = "Instance";
    private const string SequenceSet = "Sequence";

    private readonly Dictionary<string, HubAudit> _audits = new(StringComparer.Ordinal);
    private RecordReads _reads = null!;
    private TextPattern[] _operations = [];
    private TimeMerge<AuditEntry> _merge = null!;

    [Parameter(Mandatory = true, HelpMessage = "Ids of instances, or names of their sequences.", Position = 0, ParameterSetName = InstanceSet)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[]? Instance { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "Ids or names of sequences.", ParameterSetName = SequenceSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[]? Sequence { get; set; }

    [Parameter]
    [TimeTransformation]
    [ArgumentCompleter(typeof(TimeCompleter))]
    public DateTimeOffset? Since { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string[]? Operation { get; set; }

    [Parameter]
    public SwitchParameter ExcludeRead { get; set; }

    [Parameter]
    [ValidateRange(0, 1000000)]
    [NoCompletion]
    public int? Tail { get; set; }

    [Parameter]
    public SwitchParameter Follow { get; set; }

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override int MaxRecords => int.MaxValue;

    private protected override void Begin()
    {
        _operations = [.. (Operation ?? []).Select(o => new TextPattern(o))];
        _reads = new RecordReads(Context);
        _merge = new TimeMerge<AuditEntry>(Context, Follow, Tail, static entry => entry);
    }

    private protected override Task ProcessAsync() => _reads.ReadAsync(FindAsync());

    private protected override async Task EndAsync()
    {
        // The audits of instances and sequences are read once for each hub.
        await _reads.WhenFoundAsync().ConfigureAwait(false);
        var reading = _audits.Values.Select(ReadAsync).ToArray();
        await Task.WhenAll(reading.Append(_merge.MergeAsync())).ConfigureAwait(false);
    }

    /// <summary>Finds the audits of a record.</summary>
    private async Task<IReadOnlyList<(object? Target, Func<Task> ReadAsync)>> FindAsync()
    {
        var audits = new List<(object? Target, Func<Task> ReadAsync)>();
        if (Instance is not null)
            await Places.ForEachInstanceAsync(Instance, AddAsync, Several.AreMeant).ConfigureAwait(false);
        else if (Sequence is not null)
            await Places.ForEachAsync(Finder.Sequences(Context), Sequence, AddAsync).ConfigureAwait(false);
        else if (Piped.Value is Instance instance)
            await AddAsync(instance).ConfigureAwait(false);
        else if (Piped.Value is Sequence sequence)
            await AddAsync(sequence).ConfigureAwait(false);
        else if (!Places.IsNarrowed && Places.Connection is { Target: ConnectionKind.Platform } connection)
            Add(null, Bind(connection.Middleware), static (client, token) => client.GetAuditStreamAsync(token), null, null);
        else if (Places.AreSpaces)
            await FindSpacesAsync(Places).ConfigureAwait(false);
        else
            await FindHubsAsync(Places).ConfigureAwait(false);
        return audits;

        async Task FindSpacesAsync(Places places)
        {
            foreach (var space in await RequestContext.CollectAsync<Space>(places.ForEachSpaceAsync).ConfigureAwait(false))
                Add(space.Id, Bind(space.Client), static (client, token) => client.GetAuditStreamAsync(token), space.Id, null);
        }

        async Task FindHubsAsync(Places places)
        {
            foreach (var hub in await RequestContext.CollectAsync<HubClient>(places.ForEachClientAsync).ConfigureAwait(false))
                Add(hub.HubId, hub, static (client, token) => client.GetAuditStreamAsync(token), hub.SpaceId, hub.HubId);
        }

        void Add<T>(object? target, T place, Func<T, CancellationToken, Task<ApiStream>> open, string? space, string? hub) where T : ApiClient
        {
            // A place is read once however many records lead to it.
            if (!Context.IsFirst(place))
                return;
            var source = _merge.Add(hasParts: hub is null);
            audits.Add((target, () => ReadAsync(source, place, open, space, hub, null)));
        }
    }

    private Task AddAsync(Instance instance) => AddAsync(instance.Client.Hub, audit => audit.Ids.Add(instance.Id));

    private Task AddAsync(Sequence sequence) => AddAsync(sequence.Client.Hub, audit =>
    {
        audit.Ids.Add(sequence.Id);
        return audit.Sequences.Add(sequence.Id);
    });

    private Task AddAsync(HubClient hub, Func<HubAudit, bool> add)
    {
        lock (_audits)
        {
            if (!_audits.TryGetValue(hub.Uri.AbsoluteUri, out var audit))
                _audits[hub.Uri.AbsoluteUri] = audit = new HubAudit(Bind(hub), _merge.Add());
            add(audit);
        }

        return Task.CompletedTask;
    }

    private Task ReadAsync(HubAudit audit) => Context.GuardAsync(audit.Hub.HubId, async () =>
    {
        var hub = audit.Hub;
        try
        {
            if (audit.Sequences.Count > 0)
            {
                var instances = await hub.ListInstancesAsync(StopToken).ConfigureAwait(false);
                audit.Ids.UnionWith(instances.Where(i => i.SequenceId is { } of && audit.Sequences.Contains(of)).Select(i => i.Id));
            }
        }
        catch
        {
            await audit.Source.EndHistoryAsync().ConfigureAwait(false);
            throw;
        }

        await ReadAsync(audit.Source, hub, static (client, token) => client.GetAuditStreamAsync(token), hub.SpaceId, hub.HubId, audit).ConfigureAwait(false);
    });

    private Task ReadAsync<T>(
        TimeMergeSource<AuditEntry> source,
        T place,
        Func<T, CancellationToken, Task<ApiStream>> open,
        string? space,
        string? hub,
        HubAudit? audit) where T : ApiClient
    {
        return _merge.ReadAsync(source, place, open, ReadLineAsync);

        Task<TimedLine<AuditEntry>> ReadLineAsync(string line)
        {
            var entry = AuditEntry.Parse(line, space, hub);
            var isWanted = entry is not null && audit?.Contains(entry) != false && IsWanted(entry);
            return Task.FromResult(new TimedLine<AuditEntry>(isWanted ? entry : null, entry?.Time));
        }
    }

    private bool IsWanted(AuditEntry entry) =>
        (Since is not { } since || entry.Time >= since)
        && (_operations.Length == 0 || Array.Exists(_operations, o => o.IsMatch(entry.Operation)))
        && !(ExcludeRead && entry.IsRead);

    /// <summary>The sequences and instances of a hub whose audit is read.</summary>
    private sealed class HubAudit(HubClient hub, TimeMergeSource<AuditEntry> source)
    {
        public HubClient Hub { get; } = hub;

        public TimeMergeSource<AuditEntry> Source { get; } = source;

        public HashSet<string> Sequences { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

        public bool Contains(AuditEntry entry) => entry.ObjectId is { } id && Ids.Contains(id);
    }
}
