using System;
using System.Management.Automation;
using System.Threading;
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

    private protected override void Process() => StartForEach(ReceiveAsync, endless: true);

    private async Task ReceiveAsync(Instance instance)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        if (WaitTimeoutSec is { } seconds)
            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        var client = Own(instance.Client);
        try
        {
            if (Follow)
            {
                await EndlessLines.ReadAsync(t => client.GetEventStreamAsync(EventName, t), line => string.IsNullOrWhiteSpace(line) ? Task.CompletedTask : WriteAsync(instance, Parse(line)), true, limit.Token).ConfigureAwait(false);
                return;
            }

            var message = Next
                ? await client.GetNextEventAsync(EventName, limit.Token).ConfigureAwait(false)
                : await client.GetEventAsync(EventName, limit.Token).ConfigureAwait(false);
            await WriteAsync(instance, message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            if (!Follow)
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
