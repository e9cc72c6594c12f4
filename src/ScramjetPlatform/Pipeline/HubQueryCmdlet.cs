using System.Management.Automation;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that asks hubs, whose names come first.</summary>
public abstract class HubQueryCmdlet : QueryCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public override HubReference[]? Hub { get; set; }
}
