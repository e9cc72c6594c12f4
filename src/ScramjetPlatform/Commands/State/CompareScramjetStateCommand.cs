using System;
using System.Management.Automation;
using System.Threading.Tasks;

namespace ScramjetPlatform;

/// <summary>Compares hubs with a state file.</summary>
[Cmdlet(VerbsData.Compare, "ScramjetState", DefaultParameterSetName = PathSet)]
[OutputType(typeof(ScramjetStateChange))]
public sealed class CompareScramjetStateCommand : HubCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private StatePlanner? _planner;

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

    private protected override void Begin() => _planner = new StatePlanner(Context, ResolveOnePath(Path, LiteralPath));

    private protected override Task ProcessAsync() => _planner!.ForEachAsync(Places.Scope, Prune, WriteAsync);

    private protected override Task EndAsync() => _planner!.WarnOfNothingAsync(Prune);

    private protected override void AfterEnd() => _planner?.Dispose();

    private async Task WriteAsync(StatePlan plan)
    {
        foreach (var step in plan.Steps)
            await WriteAsync(step.Change).ConfigureAwait(false);
    }
}
