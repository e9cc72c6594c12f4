using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Sends an event to instances.</summary>
[Cmdlet(VerbsCommunications.Send, "ScramjetEvent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class SendScramjetEventCommand : InstanceEventCmdlet
{
    private JToken? _message;

    [Parameter(Position = 2)]
    [AllowNull]
    [AllowEmptyString]
    [NoCompletion]
    public object? Message { get; set; }

    private protected override void Begin()
    {
        base.Begin();
        try
        {
            _message = Message is null ? null : PSJson.From(Message);
        }
        catch (ScramjetException e)
        {
            Fail(e, Message);
        }
    }

    private protected override void TakeMessage(object? message)
    {
        if (IsOnCommandLine(nameof(Message)))
            base.TakeMessage(message);
        Message = message;
    }

    private protected override void Process() => StartForEach(SendAsync);

    private async Task SendAsync(Instance instance)
    {
        if (await ConfirmAsync($"{instance.Id} on {instance.Hub}", $"Send event {EventName}").ConfigureAwait(false))
            await ThrottledAsync(() => Own(instance.Client).SendEventAsync(EventName, _message, StopToken)).ConfigureAwait(false);
    }
}
