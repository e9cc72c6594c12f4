using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Sends the pipeline, or a file, to a topic of a hub or a space.</summary>
[Cmdlet(VerbsCommunications.Send, "ScramjetTopicData", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class SendScramjetTopicDataCommand : SendCmdlet
{
    private HubScope? _scope;
    private bool _spaces;

    [Parameter(Mandatory = true, HelpMessage = "The name of the topic.", Position = 0)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completion.TopicCompleter))]
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

    private protected override (string? Path, string? LiteralPath) FileToSend => (Path, LiteralPath);

    private protected override object Target => Topic;

    private protected override void Prepare()
    {
        _spaces = MeansSpaces();
        _scope = GetScope();
    }

    private protected override async Task SendAsync(StreamBody body)
    {
        var places = new List<TopicPlace>();
        await ForEachTopicPlaceAsync(_scope!, _spaces, place =>
        {
            lock (places)
                places.Add(place);
            return Task.CompletedTask;
        }).ConfigureAwait(false);

        // One body can go to one place only.
        if (places.Count != 1)
        {
            throw new ScramjetException(
                places.Count == 0 ? ErrorCodes.NotFound : ErrorCodes.Ambiguous,
                places.Count == 0 ? "Nothing was sent: there is no space or hub to send to." : $"The topic may be in {string.Join(", ", places.Select(p => p.Name))}.",
                "Name one space with -Space, or one hub with -Hub.");
        }

        if (await ConfirmAsync($"{Topic} in {places[0].Name}", $"Send {body.ContentType}").ConfigureAwait(false))
            await places[0].SendAsync(Topic, body, EndStream, StopToken).ConfigureAwait(false);
    }
}
