using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Removes topics from hubs since 0.26.</summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetTopicCommand : HubCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The name of the topic.", Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string Topic { get; set; } = "";

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Topic;

    private protected override Task ProcessAsync()
    {
        var name = Topic;
        return Places.ForEachClientAsync(hub => RemoveAsync(hub, name));
    }

    private async Task RemoveAsync(HubClient hub, string name)
    {
        if (await ConfirmAsync($"{name} on {hub.HubId}", "Remove topic").ConfigureAwait(false))
            await hub.DeleteTopicAsync(name, StopToken).ConfigureAwait(false);
    }
}
