using System;
using System.Collections.Concurrent;
using System.Linq;
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
    [RefusesOtherKinds]
    public InstanceReference[] Instance { get; set; } = [];

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    private protected override double? CallTimeoutSec => TimeoutSec;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Instance;

    private protected override async Task ProcessAsync()
    {
        // A name or a wildcard means those that run. Hubs list others for minutes.
        var references = Instance;
        var running = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var ended = new ConcurrentQueue<Instance>();
        await Places.ForEachInstanceAsync(references, VisitAsync, Several.AreMeant).ConfigureAwait(false);
        var missing = ended.Where(i => !running.ContainsKey(i.SequenceName ?? "") && !Array.Exists(references, IsPattern));
        await Context.ForEachAsync(missing, WriteHealthAsync).ConfigureAwait(false);

        Task VisitAsync(Instance instance)
        {
            if (instance.HasEnded && !Array.Exists(references, r => IsItself(r, instance)))
            {
                ended.Enqueue(instance);
                return Task.CompletedTask;
            }

            running[instance.SequenceName ?? ""] = true;
            return WriteHealthAsync(instance);
        }
    }

    private static bool IsPattern(InstanceReference reference) => reference.Text is { } text && new TextPattern(text).IsWildcard;

    private static bool IsItself(InstanceReference reference, Instance instance) =>
        reference.Text is not { } text || instance.Id.StartsWith(text, StringComparison.OrdinalIgnoreCase);

    private Task WriteHealthAsync(Instance instance) =>
        Context.WriteInOrderAsync(async () => Views.Of(await Bind(instance.Client).GetHealthAsync(StopToken).ConfigureAwait(false)));
}
