using System.Collections.Generic;
using System.Management.Automation;
using System.Threading.Tasks;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Scope;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>Gets which instance provides which topic to which, as objects or as a picture.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetFlow")]
[OutputType(typeof(ScramjetFlow), typeof(string))]
public sealed class GetScramjetFlowCommand : HubCmdlet
{
    private readonly List<CommandScope> _scopes = [];

    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string[]? Topic { get; set; }

    [Parameter]
    public ScramjetFlowFormat As { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override Task ProcessAsync()
    {
        _scopes.Add(Places.Scope);
        return Task.CompletedTask;
    }

    private protected override async Task EndAsync()
    {
        var builder = new FlowBuilder(Context);
        await Context.Progress.ShowAsync("Getting the flow", "Waiting for the hubs", () => builder.AskAsync(_scopes)).ConfigureAwait(false);
        var flows = builder.Build(Topic ?? []);
        if (As == ScramjetFlowFormat.Object)
            await Context.Output.WriteManyAsync(flows).ConfigureAwait(false);
        else if (flows.Count > 0 || (builder.HasAnswers && !Context.HasReported))
            await WriteAsync(Draw(new FlowGraph(flows))).ConfigureAwait(false);
    }

    private string Draw(FlowGraph graph) => As switch
    {
        ScramjetFlowFormat.Mermaid => FlowText.Mermaid(graph),
        ScramjetFlowFormat.Dot => FlowText.Dot(graph),
        _ => FlowPicture.Svg(graph),
    };
}
