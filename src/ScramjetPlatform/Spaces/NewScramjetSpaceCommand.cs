using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Makes a space, by starting a manager on a multi-manager. For operators.</summary>
[Cmdlet(VerbsCommon.New, "ScramjetSpace", SupportsShouldProcess = true)]
[OutputType(typeof(Space))]
public sealed class NewScramjetSpaceCommand : ScramjetCmdlet
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

    private protected override PipedKind TakesFromPipeline => PipedKind.Connection;

    private protected override void Process()
    {
        var manager = RequireMultiManager();
        JObject configuration;
        try
        {
            configuration = PSJson.ObjectFrom(Configuration, nameof(Configuration)) ?? [];
        }
        catch (ScramjetException e)
        {
            Fail(e, Configuration);
            return;
        }

        if (SpaceId is not null)
            configuration["id"] = SpaceId;
        if (ShouldProcess(SpaceId ?? "a new space", $"Start a manager on {manager.Uri}"))
            StartRecord(() => StartAsync(manager, configuration), SpaceId);
    }

    private async Task StartAsync(MultiManagerClient manager, JObject configuration) =>
        await WriteAsync(await manager.CreateSpaceAsync(configuration, StopToken).ConfigureAwait(false)).ConfigureAwait(false);
}
