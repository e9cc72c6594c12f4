using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that asks the parts of a platform about themselves: hubs, spaces that come from the pipeline, or the multi-manager.</summary>
public abstract class PartQueryCmdlet : HubQueryCmdlet
{
    /// <summary>The parameter set for hubs and spaces.</summary>
    protected const string HubSet = "Hub";

    private const string MultiManagerSet = "MultiManager";

    [Parameter(Mandatory = true, ParameterSetName = MultiManagerSet)]
    public SwitchParameter MultiManager { get; set; }

    private protected override void Process()
    {
        if (MultiManager)
        {
            var manager = RequireMultiManager();
            StartRecord(() => AnswerAsync(manager, () => AskAsync(manager)));
        }
        else if (Piped is Scramjet.Client.Model.Space space && !IsOnCommandLine(nameof(Hub)))
        {
            StartRecord(() => AnswerAsync(space.Client, () => AskAsync(Own(space.Client))), space);
        }
        else
        {
            var scope = GetScope();
            StartRecord(() => scope.ForEachClientAsync(hub => AnswerAsync(hub, () => AskAsync(hub))));
        }
    }

    private protected abstract Task<object> AskAsync(HubClient hub);

    private protected abstract Task<object> AskAsync(SpaceClient space);

    private protected abstract Task<object> AskAsync(MultiManagerClient manager);

    /// <summary>Asks a place, once however many records name it.</summary>
    private async Task AnswerAsync(ApiClient place, Func<Task<object>> ask)
    {
        if (Context.IsFirst(place))
            await WriteAsync(await ask().ConfigureAwait(false)).ConfigureAwait(false);
    }
}
