using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Creates a topic on hubs since 0.26. Older hubs create a topic when data is sent to it.</summary>
[Cmdlet(VerbsCommon.New, "ScramjetTopic", SupportsShouldProcess = true)]
[OutputType(typeof(Topic))]
public sealed class NewScramjetTopicCommand : HubCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The name of the new topic.", Position = 0)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string Topic { get; set; } = "";

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string ContentType { get; set; } = ContentTypes.NdJson;

    private protected override void Begin()
    {
        TopicName.Check(Topic);
        ContentTypes.Check(ContentType);
    }

    private protected override Task ProcessAsync() => Places.ForEachClientAsync(CreateAsync);

    private async Task CreateAsync(HubClient hub)
    {
        if (await ConfirmAsync($"{Topic} on {hub.HubId}", "Create topic").ConfigureAwait(false))
            await WriteAsync(await hub.CreateTopicAsync(Topic, ContentType, StopToken).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
