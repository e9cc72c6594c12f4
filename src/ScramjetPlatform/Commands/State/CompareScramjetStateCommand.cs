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

    private Lazy<Task<StateFile>> _file = null!;
    private StatePlanner _planner = null!;

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

    private protected override void Begin()
    {
        var path = ResolveOnePath(Path, LiteralPath);
        _planner = new StatePlanner(Context);
        _file = new Lazy<Task<StateFile>>(() => _planner.ReadAsync(path));
    }

    private protected override async Task ProcessAsync()
    {
        var scope = Places.Scope;
        await _planner.ForEachAsync(await _file.Value.ConfigureAwait(false), scope, Prune, WriteAsync).ConfigureAwait(false);
    }

    private async Task WriteAsync(StatePlan plan)
    {
        foreach (var step in plan.Steps)
            await WriteAsync(step.Change).ConfigureAwait(false);
    }
}
