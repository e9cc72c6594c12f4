using System.Management.Automation;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Writes what comes out of a topic of a hub or a space, until Ctrl+C, -First or -DurationSec.</summary>
[Cmdlet(VerbsCommunications.Receive, "ScramjetTopicData", SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]))]
public sealed class ReceiveScramjetTopicDataCommand : ReceiveCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The name of the topic.", Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completion.TopicCompleter))]
    public string Topic { get; set; } = "";

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Topic;

    private protected override void Process()
    {
        var spaces = MeansSpaces();
        var scope = GetScope();
        var name = Topic;
        StartEndless(() => ForEachTopicPlaceAsync(scope, spaces, place => ReceiveAsync((time, token) => place.OpenAsync(Context, name, ContentType, time, token), $"topic {name} of {place.Name}")), name);
    }
}
