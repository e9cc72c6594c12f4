using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Makes a topic on hubs. Hubs since 0.26; on older ones sending to a topic makes it.</summary>
[Cmdlet(VerbsCommon.New, "ScramjetTopic", SupportsShouldProcess = true)]
[OutputType(typeof(Topic))]
public sealed class NewScramjetTopicCommand : ScopedCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The name of the new topic.", Position = 0)]
    [Alias("Name")]
    [ValidatePattern(@"^[\w.-]+$")]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string Topic { get; set; } = "";

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string ContentType { get; set; } = ContentTypes.NdJson;

    private protected override void Begin() => RequireContentType(ContentType);

    private protected override void Process()
    {
        var scope = GetScope();
        StartRecord(() => scope.ForEachClientAsync(CreateAsync), Topic);
    }

    private async Task CreateAsync(HubClient hub)
    {
        if (await ConfirmAsync($"{Topic} on {hub.HubId}", "Create topic").ConfigureAwait(false))
            await WriteAsync(await ThrottledAsync(() => hub.CreateTopicAsync(Topic, ContentType, StopToken)).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
