using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Gets instances' health reports.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "ScramjetHealth")]
[OutputType(typeof(InstanceHealth))]
public sealed class GetScramjetHealthCommand : InstanceActionCmdlet
{
    /// <summary>
    /// <para type="description">The bound for each call in seconds, retries included. Not given: the connection's.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override TimeSpan? CallTimeout => TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private protected override void Process() => StartForEach(ReportAsync);

    private async Task ReportAsync(Instance instance) =>
        await WriteAsync(await ThrottledAsync(() => Own(instance.Client).GetHealthAsync(StopToken)).ConfigureAwait(false)).ConfigureAwait(false);
}
