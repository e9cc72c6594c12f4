using System;
using System.Management.Automation;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that asks and changes nothing: each call's time can be bounded.</summary>
public abstract class QueryCmdlet : ScopedCmdlet
{
    /// <summary>
    /// <para type="description">The bound for each call in seconds, retries included. Not given: the connection's.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; }

    private protected override TimeSpan? CallTimeout => TimeoutSec > 0 ? TimeSpan.FromSeconds(TimeoutSec) : null;
}
