using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that works on spaces and hubs.</summary>
public abstract class ScopedCmdlet : SpaceCmdlet
{
    /// <summary>
    /// <para type="description">The hubs: ids, unique beginnings of ids, wildcards, or objects. Not given: the context's, else all.</para>
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public virtual HubReference[]? Hub { get; set; }

    /// <summary>The scope that the parameters give for this record. For the pipeline thread.</summary>
    private protected override HubScope GetScope(Entity? input = null)
    {
        RequireNames(nameof(Space), Space, PlacesMustBeNamed);
        RequireNames(nameof(Hub), Hub, PlacesMustBeNamed);
        return HubScope.From(this, Space, Hub, input);
    }

    /// <summary>
    /// Whether topics of whole spaces are meant: on a platform, where no hub is named. For the pipeline thread.
    /// </summary>
    private protected bool MeansSpaces(Entity? input = null) => input switch
    {
        Scramjet.Client.Model.Space => true,
        Scramjet.Client.Model.Hub => false,
        _ => Hub is null && (Space is not null || RequireConnection() is { IsPlatform: true, Hub: null }),
    };

    /// <summary>Calls the body for the places that topics are in.</summary>
    private protected Task ForEachTopicPlaceAsync(HubScope scope, bool spaces, Func<TopicPlace, Task> body) => spaces
        ? scope.ForEachSpaceAsync(space => body(TopicPlace.Of(Own(space.Client))))
        : scope.ForEachClientAsync(hub => body(TopicPlace.Of(hub)));
}
