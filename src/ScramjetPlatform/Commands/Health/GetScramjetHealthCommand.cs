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

    private protected override TimeSpan? CallTimeout => TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override Task ProcessAsync() => Places.ForEachInstanceAsync(Instance, GetHealthAsync, Several.AreMeant);

    private Task GetHealthAsync(Instance instance) =>
        Context.WriteInOrderAsync(async () => Views.Of(await Bind(instance.Client).GetHealthAsync(StopToken).ConfigureAwait(false)));
}
