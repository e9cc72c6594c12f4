using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets instances' health reports.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetHealth")]
[OutputType(typeof(InstanceHealth))]
public sealed class GetScramjetHealthCommand : InstanceActionCmdlet
{
    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override TimeSpan? CallTimeout => TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private protected override void Process() => StartForEach(ReportAsync);

    private async Task ReportAsync(Instance instance) =>
        await WriteAsync(await ThrottledAsync(() => Own(instance.Client).GetHealthAsync(StopToken)).ConfigureAwait(false)).ConfigureAwait(false);
}
