using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
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
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; }

    private protected override TimeSpan? CallTimeout => TimeoutSec > 0 ? TimeSpan.FromSeconds(TimeoutSec) : null;

    private protected override void Process() => StartForEach(ReportAsync);

    private async Task ReportAsync(Instance instance) =>
        await WriteAsync(await ThrottledAsync(() => Own(instance.Client).GetHealthAsync(StopToken)).ConfigureAwait(false)).ConfigureAwait(false);
}
