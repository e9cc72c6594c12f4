using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that works on spaces: which ones, and how many at once.</summary>
public abstract class SpaceCmdlet : ScramjetCmdlet
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public virtual SpaceReference[]? Space { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    [NoCompletion]
    public int ThrottleLimit { get; set; } = DefaultThrottleLimit;

    private protected override int Throttle => ThrottleLimit;

    /// <summary>The scope of this record. For the pipeline thread.</summary>
    private protected virtual HubScope GetScope() => HubScope.From(Context, RequireConnection, Named(nameof(Space), Space), [], Piped);

    /// <summary>Starts an action for each thing that this record's references name.</summary>
    private protected void StartForEach<T>(EntityQuery<T> query, EntityReference[] references, Func<T, Task> action, bool endless = false) where T : Entity
    {
        var scope = ScopeFor(references);
        Func<Task> work = () => query.ForEachAsync(scope, references, action);
        if (endless)
            StartEndless(work);
        else
            StartRecord(work);
    }

    /// <summary>The scope for references; none is needed where all are objects.</summary>
    private protected HubScope? ScopeFor(EntityReference[] references) => EntityReference.AreObjects(references) ? null : GetScope();
}
