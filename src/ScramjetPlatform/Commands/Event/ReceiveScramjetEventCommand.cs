using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Receives events with a name from instances: the last one, the next one, or all from now on.</summary>
[Cmdlet(VerbsCommunications.Receive, "ScramjetEvent", DefaultParameterSetName = LastSet)]
[OutputType(typeof(ScramjetEvent))]
public sealed class ReceiveScramjetEventCommand : HubCmdlet
{
    private const string LastSet = "Last";
    private const string NextSet = "Next";
    private const string FollowSet = "Follow";

    private EventArguments _arguments = null!;

    [Parameter(Mandatory = true, HelpMessage = "Ids or names of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    [RefusesOtherKinds]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter(Position = 1)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventNameCompleter))]
    public string EventName { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = NextSet)]
    public SwitchParameter Next { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = FollowSet)]
    public SwitchParameter Follow { get; set; }

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 2147483d)]
    [NoCompletion]
    public double? WaitTimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => StreamTime.CallTimeoutSec(WaitTimeoutSec);

    private protected override int MaxRecords => int.MaxValue;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override void Begin()
    {
        _arguments = new EventArguments(CommandLine, Instance, EventName);
        Context.Session.AddEventName(_arguments.EventName);
        _arguments.RequireNoRest();
    }

    private protected override Task ProcessAsync() => Places.ForEachInstanceAsync(_arguments.GetInstances(Instance, InputObject), ReceiveAsync);

    private async Task ReceiveAsync(Instance instance)
    {
        var time = new StreamTime(WaitTimeoutSec, StopToken);
        var client = Context.Bind(instance.Client, time.Left);
        if (Follow)
        {
            await time.ReadAsync(
                (_, token) => client.GetEventStreamAsync(_arguments.EventName, token),
                (stream, token) => EndlessLines.FollowAsync(stream, line => WriteLineAsync(instance, line), token)).ConfigureAwait(false);
            return;
        }

        try
        {
            var message = Next
                ? await client.GetNextEventAsync(_arguments.EventName, StopToken).ConfigureAwait(false)
                : await client.GetEventAsync(_arguments.EventName, StopToken).ConfigureAwait(false);
            await WriteAsync(instance, message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            throw new ScramjetException(
                ErrorCodes.Timeout,
                $"No event '{_arguments.EventName}' was received from '{instance.Id}' within {WaitTimeoutSec} s.",
                "Wait longer with -WaitTimeoutSec.");
        }
    }

    private Task WriteLineAsync(Instance instance, string line) => string.IsNullOrWhiteSpace(line) ? Task.CompletedTask : WriteAsync(instance, Parse(line));

    private JToken? Parse(string line)
    {
        try
        {
            return InstanceClient.EventMessageOf(JsonText.Parse(line), _arguments.EventName);
        }
        catch (JsonException)
        {
            return line;
        }
    }

    private Task WriteAsync(Instance instance, JToken? message) =>
        WriteAsync(new ScramjetEvent(_arguments.EventName, message is null ? null : PSJson.Read(message), instance.Id, instance.Hub));
}
