using System;
using System.Management.Automation;
using System.Threading.Tasks;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>Makes hubs match a state file.</summary>
[Cmdlet(VerbsData.Sync, "ScramjetState", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(ScramjetStateChange))]
public sealed class SyncScramjetStateCommand : HubCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private StatePlanner? _planner;
    private bool _isWhatIf;

    [Parameter(Mandatory = true, HelpMessage = "The path of the state file.", Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The path of the state file, without wildcards.", ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter Prune { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double WaitTimeoutSec { get; set; } = 60;

    [Parameter]
    [ValidateRange(0d, 86400d)]
    [NoCompletion]
    public double GracePeriodSec { get; set; } = 7;

    private protected override void Begin()
    {
        _isWhatIf = IsWhatIf;
        _planner = new StatePlanner(Context, ResolveOnePath(Path, LiteralPath));
    }

    /// <summary>All hubs are compared before anything is changed.</summary>
    private protected override async Task ProcessAsync()
    {
        var scope = Places.Scope;
        var sync = new StateSync(Context, Prune, TimeSpan.FromSeconds(WaitTimeoutSec), TimeSpan.FromSeconds(GracePeriodSec));
        var plans = await RequestContext.CollectAsync<StatePlan>(add => _planner!.ForEachAsync(scope, Prune, add)).ConfigureAwait(false);
        await sync.RunAsync(plans, _isWhatIf).ConfigureAwait(false);
    }

    private protected override Task EndAsync() => _planner!.WarnOfNothingAsync(Prune);

    private protected override void AfterEnd() => _planner?.Dispose();
}
