using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Removes topics from hubs since 0.26.</summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetTopicCommand : HubCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The names of topics.", Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string[] Topic { get; set; } = [];

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Topic;

    private protected override Task ProcessAsync() =>
        Places.ForEachAsync(Finder.RemovableTopics(Context), [.. Topic.Select(name => new NameReference(name))], RemoveAsync);

    private async Task RemoveAsync(Topic topic)
    {
        if (await ConfirmAsync($"{topic.Name} on {topic.Hub}", "Remove topic").ConfigureAwait(false))
            await Bind((HubClient)topic.Place).DeleteTopicAsync(topic.Name, StopToken).ConfigureAwait(false);
    }
}
