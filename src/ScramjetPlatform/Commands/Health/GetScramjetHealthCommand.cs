using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>Gets health reports of instances.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetHealth")]
[OutputType(typeof(InstanceHealth))]
public sealed class GetScramjetHealthCommand : HubCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Ids or names of instances.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override Task ProcessAsync()
    {
        // A wildcard means those that run. Hubs list others for minutes.
        var isPattern = Array.Exists(Instance, i => i.Text is { } text && new TextPattern(text).IsWildcard);
        return Places.ForEachInstanceAsync(Instance, i => isPattern && i.HasEnded ? Task.CompletedTask : WriteHealthAsync(i), Several.AreMeant);
    }

    private Task WriteHealthAsync(Instance instance) =>
        Context.WriteInOrderAsync(async () => Views.Of(await Bind(instance.Client).GetHealthAsync(StopToken).ConfigureAwait(false)));
}
