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

    private Lazy<Task<StateFile>> _file = null!;
    private StatePlanner _planner = null!;
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
        var path = ResolveOnePath(Path, LiteralPath);
        _isWhatIf = IsWhatIf;
        _planner = new StatePlanner(Context);
        _file = new Lazy<Task<StateFile>>(() => _planner.ReadAsync(path));
    }

    /// <summary>All hubs are compared before anything is changed.</summary>
    private protected override async Task ProcessAsync()
    {
        var scope = Places.Scope;
        var file = await _file.Value.ConfigureAwait(false);
        var plans = await RequestContext.CollectAsync<StatePlan>(add => _planner.ForEachAsync(file, scope, Prune, add)).ConfigureAwait(false);
        await new StateSync(Context, TimeSpan.FromSeconds(WaitTimeoutSec), TimeSpan.FromSeconds(GracePeriodSec)).RunAsync(plans, _isWhatIf).ConfigureAwait(false);
    }
}
