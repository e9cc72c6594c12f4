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

    /// <summary>
    /// <para type="description">A space or a hub to ask about itself, as an object from the pipeline.</para>
    /// </summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = HubSet)]
    [ValidateNotNull]
    public Entity? InputObject { get; set; }

    /// <summary>
    /// <para type="description">Asks the multi-manager that the connection leads to.</para>
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = MultiManagerSet)]
    public SwitchParameter MultiManager { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MultiManager)
        {
            var manager = RequireMultiManager();
            StartRecord(() => AnswerAsync(() => AskAsync(manager)));
        }
        else if (InputObject is Scramjet.Client.Model.Space space)
        {
            StartRecord(() => AnswerAsync(() => AskAsync(Own(space.Client))), space);
        }
        else
        {
            var scope = GetScope(InputObject);
            StartRecord(() => scope.ForEachClientAsync(hub => AnswerAsync(() => AskAsync(hub))));
        }
    }

    private protected abstract Task<object> AskAsync(HostClient hub);

    private protected abstract Task<object> AskAsync(ManagerClient space);

    private protected abstract Task<object> AskAsync(MultiManagerClient manager);

    private async Task AnswerAsync(Func<Task<object>> ask) => await WriteAsync(await ThrottledAsync(ask).ConfigureAwait(false)).ConfigureAwait(false);
}
