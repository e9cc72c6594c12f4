using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the topics of spaces or hubs.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetTopic")]
[OutputType(typeof(Topic))]
public sealed class GetScramjetTopicCommand : HubCmdlet
{
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string[]? Topic { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Topic;

    private protected override Task ProcessAsync()
    {
        var names = Places.Named(nameof(Topic), Topic);
        return Places.ForEachAsync(Finder.Topics(Context, Places.AreSpaces), [.. names.Select(name => new NameReference(name))], WriteAsync);
    }
}
