using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Creates a space by starting a manager on a multi-manager. For operators.</summary>
[Cmdlet(VerbsCommon.New, "ScramjetSpace", SupportsShouldProcess = true)]
[OutputType(typeof(Space))]
public sealed class NewScramjetSpaceCommand : ConnectionCmdlet
{
    [Parameter(Position = 0)]
    [Alias("Id")]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? SpaceId { get; set; }

    [Parameter(Position = 1)]
    [ValidateNotNull]
    [NoCompletion]
    public object? Configuration { get; set; }

    private protected override async Task ProcessAsync()
    {
        var manager = Places.MultiManager;
        var configuration = ReadConfiguration();
        if (SpaceId is not null)
            configuration["id"] = SpaceId;
        if (await ConfirmAsync(SpaceId ?? "a new space", $"Start a manager on {manager.Uri}").ConfigureAwait(false))
            await WriteAsync(await manager.CreateSpaceAsync(configuration, StopToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private JObject ReadConfiguration()
    {
        try
        {
            return PSJson.ObjectFrom(Configuration, nameof(Configuration)) ?? [];
        }
        catch (ScramjetException e)
        {
            throw new TerminatingError(e, Configuration);
        }
    }
}
