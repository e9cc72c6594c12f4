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

/// <summary>Gets the log of instances, hubs or spaces, as entries with time, level, source and message.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetLog", DefaultParameterSetName = HubSet)]
[OutputType(typeof(LogEntry))]
public sealed class GetScramjetLogCommand : HubCmdlet
{
    private const string HubSet = "Hub";
    private const string InstanceSet = "Instance";
    private const string MultiManagerSet = "MultiManager";

    [Parameter(Mandatory = true, HelpMessage = "Ids or names of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = InstanceSet)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[]? Instance { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = MultiManagerSet)]
    public SwitchParameter MultiManager { get; set; }

    [Parameter]
    public LogLevel? Level { get; set; }

    [Parameter]
    [ValidateRange(1, 1000000)]
    [NoCompletion]
    public int Tail { get; set; }

    [Parameter]
    public SwitchParameter Follow { get; set; }

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override int MaxRecords => int.MaxValue;

    private protected override void Begin()
    {
        if (Tail > 0 && Follow)
            throw TerminatingError.BadParameters("-Tail can't be combined with -Follow.", "Give one of them.");
    }

    private protected override Task ProcessAsync()
    {
        if (MultiManager)
            return ReadAsync(Places.MultiManager, static (client, token) => client.GetLogStreamAsync(token), null, null, null);
        if (Instance is not null && Places.Named(nameof(Instance), Instance) is { Length: > 0 } instances)
            return Places.ForEachInstanceAsync(instances, ReadInstanceAsync);
        if (Piped.Value is Sequence sequence)
            return ReadSequenceAsync(sequence);
        if (Places.PipedSpace is { } space)
            return ReadAsync(Bind(space.Client), static (client, token) => client.GetLogStreamAsync(token), space.Id, null, null);
        return Places.ForEachClientAsync(hub => ReadAsync(hub, static (client, token) => client.GetLogStreamAsync(token), hub.SpaceId, hub.HubId, null));
    }

    private Task ReadInstanceAsync(Instance instance) =>
        ReadAsync(Bind(instance.Client), static (client, token) => client.GetStreamAsync(InstanceStream.Log, token), instance.Space, instance.Hub, instance.Id);

    /// <summary>A sequence's log is the log of its instances.</summary>
    private async Task ReadSequenceAsync(Sequence sequence)
    {
        var hub = Bind(sequence.Client.Hub);
        var instances = (
            await Context.ListAsync(hub, () => hub.ListInstancesAsync(StopToken)).ConfigureAwait(false)).Items.Where(i => i.SequenceId == sequence.Id);
        await Task.WhenAll(instances.Select(i => Context.GuardAsync(i, () => ReadInstanceAsync(i)))).ConfigureAwait(false);
    }

    /// <summary>Reads the log of a place, once however many records lead to it.</summary>
    private async Task ReadAsync<T>(T place, Func<T, CancellationToken, Task<ApiStream>> open, string? space, string? hub, string? instance) where T : ApiClient
    {
        if (!Context.IsFirst(place))
            return;

        var last = new Queue<LogEntry>();
        try
        {
            await EndlessLines.ReadAsync(Context, place, open, TakeAsync, Follow).ConfigureAwait(false);
        }
        finally
        {
            // The lines before an error count too.
            if (!StopToken.IsCancellationRequested)
                await Context.Output.WriteManyAsync(last.ToArray()).ConfigureAwait(false);
        }

        async Task<DateTimeOffset?> TakeAsync(string line)
        {
            var entry = LogEntry.Parse(line, space, hub, instance);
            if (Level is { } least && !entry.IsAtLeast(least))
                return entry.Time;
            if (Tail == 0)
                await WriteAsync(entry).ConfigureAwait(false);
            else
                last.Enqueue(entry);
            if (last.Count > Tail)
                last.Dequeue();
            return entry.Time;
        }
    }
}
