using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Gets the log of instances, hubs or spaces, as entries with time, level, source and message.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetLog", DefaultParameterSetName = HubSet)]
[OutputType(typeof(LogEntry), typeof(string))]
public sealed class GetScramjetLogCommand : HubCmdlet
{
    private const string HubSet = "Hub";
    private const string InstanceSet = "Instance";
    private const string SequenceSet = "Sequence";
    private const string MultiManagerSet = "MultiManager";

    private RecordReads _reads = null!;
    private LogReader _reader = null!;

    [Parameter(
        Mandatory = true,
        HelpMessage = "Ids of instances, or names of their sequences.",
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = InstanceSet)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[]? Instance { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "Ids or names of sequences.", ParameterSetName = SequenceSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference[]? Sequence { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = MultiManagerSet)]
    public SwitchParameter MultiManager { get; set; }

    [Parameter(ParameterSetName = HubSet)]
    public SwitchParameter IncludeInstance { get; set; }

    [Parameter]
    [TimeTransformation]
    [ArgumentCompleter(typeof(TimeCompleter))]
    public DateTimeOffset? Since { get; set; }

    [Parameter]
    public LogLevel? Level { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LogSourceCompleter))]
    public string[]? Source { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? Match { get; set; }

    [Parameter]
    [ValidateRange(0, 1000000)]
    [NoCompletion]
    public int? Tail { get; set; }

    [Parameter]
    public SwitchParameter Follow { get; set; }

    [Parameter]
    public SwitchParameter Raw { get; set; }

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override int MaxRecords => int.MaxValue;

    private protected override void Begin()
    {
        _reads = new RecordReads(Context);
        _reader = new LogReader(Context, new LogFilter(Since, Level, Source, Match), Follow, Tail, Raw);
    }

    private protected override Task ProcessAsync() => _reads.ReadAsync(FindAsync());

    private protected override async Task EndAsync()
    {
        await _reads.WhenFoundAsync().ConfigureAwait(false);
        await _reader.WriteAsync().ConfigureAwait(false);
    }

    /// <summary>Finds the logs of a record, and adds each of them once however many records lead to it.</summary>
    private async Task<IReadOnlyList<(object? Target, Func<Task> ReadAsync)>> FindAsync()
    {
        var logs = new List<(object? Target, Func<Task> ReadAsync)>();
        if (MultiManager)
            Add(null, _reader.Add(Places.MultiManager, static (client, token) => client.GetLogStreamAsync(token), null, static _ => null));
        else if (Instance is not null && Places.Named(nameof(Instance), Instance) is { Length: > 0 } instances)
            await FindInstancesAsync(Places, instances).ConfigureAwait(false);
        else if (Sequence is not null)
            await FindSequencesAsync(Places, Sequence).ConfigureAwait(false);
        else if (Piped.Value is Sequence sequence)
            await FindSequencesAsync(Places, [new SequenceReference(sequence, null)]).ConfigureAwait(false);
        else if (Places.PipedSpace is { } space)
        {
            Add(
                space,
                _reader.Add(
                    Bind(space.Client),
                    static (client, token) => client.GetLogStreamAsync(token),
                    space.Id,
                    hub => Bind(space.Client.GetHubClient(hub))));
        }
        else
            await FindHubsAsync(Places).ConfigureAwait(false);
        return logs;

        void Add(object? target, Func<Task>? readAsync)
        {
            if (readAsync is not null)
                logs.Add((target, readAsync));
        }

        async Task FindInstancesAsync(Places places, InstanceReference[] references)
        {
            var found = await RequestContext.CollectAsync<Instance>(
                collect => places.ForEachInstanceAsync(references, collect, Several.AreMeant)).ConfigureAwait(false);
            foreach (var instance in found)
                Add(instance, _reader.Add(instance));

            // What a wildcard stands for includes instances that start later.
            var patterns = references.Select(r => r.Text).OfType<string>().Where(WildcardPattern.ContainsWildcardCharacters).Select(t => new TextPattern(t))
                .ToArray();
            if (!Follow || patterns.Length == 0)
                return;
            foreach (var hub in await RequestContext.CollectAsync<HubClient>(places.ForEachClientAsync).ConfigureAwait(false))
                _reader.FollowNew(hub, instance => Array.Exists(patterns, p => p.IsMatch(instance.Id) || p.IsMatch(instance.SequenceName)));
        }

        async Task FindSequencesAsync(Places places, SequenceReference[] references)
        {
            var sequences = await RequestContext.CollectAsync<Sequence>(
                collect => places.ForEachAsync(Finder.Sequences(Context), references, collect)).ConfigureAwait(false);
            var patterns = references.Select(r => r.Text).OfType<string>().Select(t => new TextPattern(t)).ToArray();
            var hubs = Follow && Array.Exists(patterns, p => p.IsWildcard)
                ? await RequestContext.CollectAsync<HubClient>(places.ForEachClientAsync).ConfigureAwait(false)
                : [.. sequences.GroupBy(s => s.Client.Hub.Uri).Select(g => Bind(g.First().Client.Hub))];
            await Context.ForEachAsync(hubs, async hub =>
            {
                var ids = sequences.Where(s => s.Client.Hub.Uri == hub.Uri).Select(s => s.Id).ToArray();
                bool IsMeant(Instance instance) => ids.Contains(instance.SequenceId) || Array.Exists(patterns, p => p.IsMatch(instance.SequenceName));
                var listing = await Context.ListAsync(hub, () => hub.ListInstancesAsync(StopToken)).ConfigureAwait(false);
                lock (logs)
                {
                    foreach (var instance in listing.Items.Where(IsMeant))
                        Add(instance, _reader.Add(instance));
                }

                _reader.FollowNew(hub, IsMeant);
            }).ConfigureAwait(false);
        }

        async Task FindHubsAsync(Places places)
        {
            foreach (var hub in await RequestContext.CollectAsync<HubClient>(places.ForEachClientAsync).ConfigureAwait(false))
            {
                Add(hub.HubId, _reader.Add(hub));
                if (!IncludeInstance)
                    continue;
                await Context.GuardAsync(hub.HubId, async () =>
                {
                    foreach (var instance in (await Context.ListAsync(hub, () => hub.ListInstancesAsync(StopToken)).ConfigureAwait(false)).Items)
                        Add(instance, _reader.Add(instance));
                }).ConfigureAwait(false);
                _reader.FollowNew(hub, static _ => true);
            }
        }
    }
}
