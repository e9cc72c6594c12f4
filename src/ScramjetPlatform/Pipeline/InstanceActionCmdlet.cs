using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that does something with instances.</summary>
public abstract class InstanceActionCmdlet : ScopedCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[] Instance { get; set; } = [];

    /// <summary>The instances that this record names.</summary>
    private protected virtual InstanceReference[] Instances => Instance;

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Instance;

    /// <summary>Starts the action for each instance that this record names.</summary>
    private protected void StartForEach(Func<Instance, Task> action, bool endless = false) => StartForEach(Queries.Instances(Context), Instances, action, endless);
}
