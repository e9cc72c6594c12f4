using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Sends the pipeline, or a file, to a topic of a hub or a space.</summary>
[Cmdlet(VerbsCommunications.Send, "ScramjetTopicData", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class SendScramjetTopicDataCommand : DataCmdlet
{
    private PipelineSender _sender = null!;
    private Places _places = null!;

    [Parameter(Mandatory = true, HelpMessage = "The name of the topic.", Position = 0)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string Topic { get; set; } = "";

    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter EndStream { get; set; }

    private protected override int MaxRecords => 1;

    private protected override void Begin()
    {
        base.Begin();
        _sender = new PipelineSender(Context, ContentType, Topic)
        {
            File = FileToSend(Path, LiteralPath, targetsArePiped: false),
            Start = StartInBackground,
            Send = SendAsync,
        };
        _places = Places;
        _ = _places.Scope;
    }

    private protected override Task ProcessAsync() => _sender.SendRecordAsync(CommandLine, InputObject);

    private protected override Task EndAsync() => _sender.EndAsync();

    private async Task SendAsync(StreamBody body)
    {
        // The data can be sent to one place only.
        var places = await RequestContext.CollectAsync<PlaceClient>(_places.ForEachTopicPlaceAsync).ConfigureAwait(false);
        if (places.Count == 0)
        {
            throw new ScramjetException(
                ErrorCodes.NotFound,
                "Nothing was sent: there is no space or hub to send to.",
                "Specify one space with -Space, or one hub with -Hub.");
        }

        if (places.Count > 1)
        {
            throw new ScramjetException(
                ErrorCodes.Ambiguous,
                $"The topic can be in {string.Join(", ", places.Select(Places.NameOf))}.",
                "Specify one space with -Space, or one hub with -Hub.");
        }

        if (await ConfirmAsync($"{Topic} in {Places.NameOf(places[0])}", $"Send {body.ContentType}").ConfigureAwait(false))
            await places[0].SendTopicDataAsync(Topic, body, EndStream, StopToken).ConfigureAwait(false);
    }
}
