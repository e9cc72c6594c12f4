using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Removes topics from hubs. Hubs since 0.26.</summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetTopicCommand : ScopedCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The name of the topic.", Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completion.TopicCompleter))]
    public string Topic { get; set; } = "";

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Topic;

    private protected override void Process()
    {
        var scope = GetScope();
        var name = Topic;
        StartRecord(() => scope.ForEachClientAsync(hub => RemoveAsync(hub, name)), name);
    }

    private async Task RemoveAsync(HubClient hub, string name)
    {
        if (await ConfirmAsync($"{name} on {hub.HubId}", "Remove topic").ConfigureAwait(false))
            await ThrottledAsync(() => hub.DeleteTopicAsync(name, StopToken)).ConfigureAwait(false);
    }
}
