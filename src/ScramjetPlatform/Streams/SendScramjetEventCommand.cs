using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Sends an event to instances.</para>
/// </summary>
[Cmdlet(VerbsCommunications.Send, "ScramjetEvent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
public sealed class SendScramjetEventCommand : InstanceActionCmdlet
{
    private JToken? _message;

    /// <summary>
    /// <para type="description">The event's name.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    public string EventName { get; set; } = "";

    /// <summary>
    /// <para type="description">What goes with it: a text, a number, or any object that JSON can hold.</para>
    /// </summary>
    [Parameter(Position = 2)]
    [AllowNull]
    [AllowEmptyString]
    public object? Message { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            _message = Message is null ? null : PSJson.From(Message);
        }
        catch (ScramjetException e)
        {
            Fail(e, Message);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => StartForEach(SendAsync);

    private async Task SendAsync(Instance instance)
    {
        if (await ConfirmAsync($"{instance.Id} on {instance.Hub}", $"Send event {EventName}").ConfigureAwait(false))
            await ThrottledAsync(() => Own(instance.Client).SendEventAsync(EventName, _message, StopToken)).ConfigureAwait(false);
    }
}
