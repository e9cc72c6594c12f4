using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Sends an event to instances.</summary>
[Cmdlet(VerbsCommunications.Send, "ScramjetEvent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class SendScramjetEventCommand : HubCmdlet
{
    private EventArguments _arguments = null!;
    private JToken? _message;

    [Parameter(Mandatory = true, HelpMessage = "Ids or names of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RunningInstanceCompleter))]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter(Position = 1)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventNameCompleter))]
    public string EventName { get; set; } = "";

    [Parameter(Position = 2)]
    [AllowNull]
    [AllowEmptyString]
    [NoCompletion]
    public object? Message { get; set; }

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override void Begin()
    {
        _arguments = new EventArguments(CommandLine, Instance, EventName);
        Context.Session.AddEventName(_arguments.EventName);
        if (CommandLine.Has(nameof(Message)))
            _arguments.RequireNoRest();
        var message = _arguments.HasRest ? _arguments.Rest : Message;
        try
        {
            _message = message is null ? null : PSJson.From(message);
        }
        catch (ScramjetException e)
        {
            throw new TerminatingError(e, message);
        }
    }

    private protected override Task ProcessAsync() => Places.ForEachInstanceAsync(_arguments.GetInstances(Instance, InputObject), SendAsync);

    private async Task SendAsync(Instance instance)
    {
        if (await ConfirmAsync($"{instance.Id} on {instance.Hub}", $"Send event {_arguments.EventName}").ConfigureAwait(false))
            await Bind(instance.Client).SendEventAsync(_arguments.EventName, _message, StopToken).ConfigureAwait(false);
    }
}
