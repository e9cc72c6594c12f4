using System.Management.Automation;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that asks hubs, whose names come first.</summary>
public abstract class HubQueryCmdlet : QueryCmdlet
{
    /// <summary>
    /// <para type="description">The hubs: ids, unique beginnings of ids, wildcards, or objects. Not given: the context's, else all.</para>
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public override HubReference[]? Hub { get; set; }
}
