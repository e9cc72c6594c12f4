using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Receives events of a name from instances: the last one, the next one, or all from now on.</summary>
[Cmdlet(VerbsCommunications.Receive, "ScramjetEvent", DefaultParameterSetName = LastSet)]
[OutputType(typeof(ScramjetEvent))]
public sealed class ReceiveScramjetEventCommand : InstanceEventCmdlet
{
    private const string LastSet = "Last";
    private const string NextSet = "Next";
    private const string FollowSet = "Follow";

    [Parameter(Mandatory = true, ParameterSetName = NextSet)]
    public SwitchParameter Next { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = FollowSet)]
    public SwitchParameter Follow { get; set; }

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 2147483d)]
    [NoCompletion]
    public double? WaitTimeoutSec { get; set; }

    private protected override TimeSpan? CallTimeout => StreamTime.CallTimeout(WaitTimeoutSec);

    private protected override void Process() => StartForEach(ReceiveAsync, endless: true);

    private async Task ReceiveAsync(Instance instance)
    {
        var time = new StreamTime(WaitTimeoutSec, StopToken);
        var client = Context.Own(instance.Client, time.Left);
        if (Follow)
        {
            await time.ReadAsync(
                (_, token) => client.GetEventStreamAsync(EventName, token),
                (stream, token) => EndlessLines.FollowAsync(stream, line => string.IsNullOrWhiteSpace(line) ? Task.CompletedTask : WriteAsync(instance, Parse(line)), token)).ConfigureAwait(false);
            return;
        }

        try
        {
            var message = Next
                ? await client.GetNextEventAsync(EventName, StopToken).ConfigureAwait(false)
                : await client.GetEventAsync(EventName, StopToken).ConfigureAwait(false);
            await WriteAsync(instance, message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            throw new ScramjetException(ErrorCodes.Timeout, $"No event '{EventName}' came from '{instance.Id}' within {WaitTimeoutSec} s.", "Wait longer with -WaitTimeoutSec.");
        }
    }

    private JToken? Parse(string line)
    {
        try
        {
            return InstanceClient.EventMessageOf(JsonText.Parse(line), EventName);
        }
        catch (JsonException)
        {
            return line;
        }
    }

    private Task WriteAsync(Instance instance, JToken? message) =>
        WriteAsync(new ScramjetEvent(EventName, message is null ? null : PSJson.Read(message), instance.Id, instance.Hub));
}
