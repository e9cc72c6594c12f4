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
    internal const int DefaultThrottleLimit = 16;

    /// <summary>
    /// <para type="description">The spaces: ids, unique beginnings of ids, wildcards, or objects. Not given: the context's, else all.</para>
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public virtual SpaceReference[]? Space { get; set; }

    /// <summary>
    /// <para type="description">How many requests are under way at once, over all hubs. Default: 16.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = DefaultThrottleLimit;

    private protected override int Throttle => ThrottleLimit;

    /// <summary>The scope that the parameters give for this record. For the pipeline thread.</summary>
    private protected virtual HubScope GetScope(Entity? input = null)
    {
        RequireNames(nameof(Space), Space, PlacesMustBeNamed);
        return HubScope.From(this, Space, null, input);
    }

    /// <summary>Whether an empty name is an error even in rows from the pipeline, where an empty column else means that nothing was given.</summary>
    private protected virtual bool PlacesMustBeNamed => false;

    /// <summary>
    /// Ends the command where a name was given and is empty, such as a variable that was never set: it must not come to mean all.
    /// </summary>
    private protected void RequireNames(string parameter, EntityReference[]? references, bool always)
    {
        if (!MyInvocation.BoundParameters.ContainsKey(parameter) || (MyInvocation.ExpectingInput && !always))
            return;
        if (references is null || references.Length == 0 || Array.Exists(references, r => r is null || r.IsEmpty))
            Fail(new ScramjetException(ErrorCodes.BadParameters, $"-{parameter} is empty.", "Name what is meant, or * to mean all."));
    }

    /// <summary>Starts an action for each thing that this record's references name.</summary>
    private protected void StartForEach<T>(EntityQuery<T> query, EntityReference[] references, Func<T, Task> action) where T : Entity
    {
        var scope = ScopeFor(references);
        StartRecord(() => query.ForEachAsync(scope, references, action));
    }

    /// <summary>The scope for references; none is needed where all are objects.</summary>
    private protected HubScope? ScopeFor(EntityReference[] references, Entity? input = null) =>
        EntityReference.AreObjects(references) ? null : GetScope(input);
}
