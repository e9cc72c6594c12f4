using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that works on spaces and hubs.</summary>
public abstract class ScopedCmdlet : SpaceCmdlet
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public virtual HubReference[]? Hub { get; set; }

    /// <summary>The scope of this record. For the pipeline thread.</summary>
    private protected override HubScope GetScope() => HubScope.From(Context, RequireConnection, Named(nameof(Space), Space), Named(nameof(Hub), Hub), Piped);

    /// <summary>
    /// Whether whole spaces are meant, such as for topics: on a platform, where no hub is named. For the pipeline thread.
    /// </summary>
    private protected bool MeansSpaces() => PipedAs switch
    {
        PipedKind.Space => !IsOnCommandLine(nameof(Hub)),
        PipedKind.Hub => false,
        _ => Named(nameof(Hub), Hub).All(h => h.IsEmpty) && (Named(nameof(Space), Space).Any(s => !s.IsEmpty) || RequireConnection() is { IsPlatform: true, Hub: null }),
    };

    /// <summary>Calls the body for the places that topics are in.</summary>
    private protected Task ForEachTopicPlaceAsync(HubScope scope, bool spaces, Func<TopicPlace, Task> body) => spaces
        ? scope.ForEachSpaceAsync(space => body(TopicPlace.Of(Own(space.Client))))
        : scope.ForEachClientAsync(hub => body(TopicPlace.Of(hub)));
}
