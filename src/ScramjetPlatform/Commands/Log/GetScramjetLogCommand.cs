using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading.Tasks;
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

    private async Task<IReadOnlyList<(object? Target, Func<Task> ReadAsync)>> FindAsync()
    {
        var finder = new LogFinder(Context, _reader, Places, Follow);
        if (MultiManager)
            finder.AddMultiManager();
        else if (Instance is not null && Places.Named(nameof(Instance), Instance) is { Length: > 0 } instances)
            await finder.FindInstancesAsync(instances).ConfigureAwait(false);
        else if (Sequence is not null)
            await finder.FindSequencesAsync(Sequence).ConfigureAwait(false);
        else if (Piped.Value is Sequence sequence)
            await finder.FindSequencesAsync([new SequenceReference(sequence, null)]).ConfigureAwait(false);
        else if (Places.PipedSpace is { } space)
            finder.AddSpace(space);
        else
            await finder.FindHubsAsync(IncludeInstance).ConfigureAwait(false);
        return finder.Logs;
    }
}
