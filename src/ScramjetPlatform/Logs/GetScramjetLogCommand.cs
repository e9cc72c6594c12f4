using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the log of instances, hubs or spaces, as entries with time, level, source and message.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetLog", DefaultParameterSetName = HubSet)]
[OutputType(typeof(LogEntry))]
public sealed class GetScramjetLogCommand : ScopedCmdlet
{
    private const string HubSet = "Hub";
    private const string InstanceSet = "Instance";
    private const string MultiManagerSet = "MultiManager";

    [Parameter(Mandatory = true, HelpMessage = "Ids of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = InstanceSet)]
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

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Process()
    {
        if (Tail > 0 && Follow)
            Fail(new ScramjetException(ErrorCodes.BadParameters, "-Tail takes the last of what is there, and with -Follow there is no last.", "Give one of them."));

        if (MultiManager)
        {
            var manager = RequireMultiManager();
            StartEndless(() => ReadAsync(manager, static (client, token) => client.GetLogStreamAsync(token), null, null, null));
        }
        else if (Instance is not null && Named(nameof(Instance), Instance).Length > 0)
        {
            StartForEach(Queries.Instances(Context), Instance, OfInstanceAsync, endless: true);
        }
        else if (Piped is Scramjet.Client.Model.Sequence sequence)
        {
            StartEndless(() => OfSequenceAsync(sequence), sequence);
        }
        else if (Piped is Scramjet.Client.Model.Space space && !IsOnCommandLine(nameof(Hub)))
        {
            StartEndless(() => ReadAsync(Own(space.Client), static (client, token) => client.GetLogStreamAsync(token), space.Id, null, null), space);
        }
        else
        {
            var scope = GetScope();
            StartEndless(() => scope.ForEachClientAsync(hub => ReadAsync(hub, static (client, token) => client.GetLogStreamAsync(token), hub.SpaceId, hub.HubId, null)));
        }
    }

    private Task OfInstanceAsync(Instance instance) =>
        ReadAsync(Own(instance.Client), static (client, token) => client.GetStreamAsync(InstanceStream.Log, token), instance.Space, instance.Hub, instance.Id);

    /// <summary>A sequence's log is what its instances write.</summary>
    private async Task OfSequenceAsync(Scramjet.Client.Model.Sequence sequence)
    {
        var hub = Own(sequence.Client.Hub);
        var instances = (await Context.ListAsync(hub, () => hub.ListInstancesAsync(StopToken)).ConfigureAwait(false)).Items;
        await Task.WhenAll(instances.Where(i => i.SequenceId == sequence.Id).Select(i => GuardAsync(i, () => OfInstanceAsync(i)))).ConfigureAwait(false);
    }

    /// <summary>Reads the log of a place, once however many records lead to it.</summary>
    private async Task ReadAsync<T>(T place, Func<T, CancellationToken, Task<ApiStream>> open, string? space, string? hub, string? instance) where T : ApiClient
    {
        if (!Context.IsFirst(place))
            return;

        var last = new Queue<LogEntry>();
        if (Follow)
        {
            using var stream = await open(place, StopToken).ConfigureAwait(false);
            await EndlessLines.FollowAsync(stream, TakeAsync, StopToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await EndlessLines.ReadAsync(Context, place, open, TakeAsync).ConfigureAwait(false);
        }
        catch (ScramjetException)
        {
            // What came before a break counts.
            await WriteManyAsync(last.ToArray()).ConfigureAwait(false);
            throw;
        }

        await WriteManyAsync(last.ToArray()).ConfigureAwait(false);

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
