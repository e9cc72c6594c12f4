using System.Management.Automation;
using System.Security;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Disconnects self-hosted hubs from their space. The hubs continue to run, and the space lists them until Remove-ScramjetHub.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "ScramjetHub", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = HubSet)]
[OutputType(typeof(DisconnectedHub))]
public sealed class DisconnectScramjetHubCommand : SpaceCmdlet
{
    private const string HubSet = "Hub";
    private const string AllSet = "All";

    [Parameter(
        Mandatory = true,
        HelpMessage = "Ids of hubs.",
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = HubSet)]
    [Alias("HubId")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HubCompleter))]
    public HubReference[]? Hub { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter All { get; set; }

    [Parameter(ParameterSetName = AllSet)]
    [SecretTransformation]
    [ValidateNotNull]
    [NoCompletion]
    public SecureString? AccessKey { get; set; }

    [Parameter(ParameterSetName = AllSet)]
    [Alias("Count", "Limit")]
    [ValidateRange(0, int.MaxValue)]
    [NoCompletion]
    public int KeepCount { get; set; }

    private protected override PipedKind AcceptedInput => All ? PipedKind.Connection | PipedKind.Space : PipedKind.Places;

    private protected override Places Places => new(Context, CommandLine, Piped, Connection, Space, Hub);

    private protected override void Begin()
    {
        if (AccessKey is not null && CommandLine.Has(nameof(KeepCount)))
            throw TerminatingError.BadParameters("Both -AccessKey and -KeepCount are given.", "Specify one of them.");
    }

    private protected override Task ProcessAsync() => All ? Places.ForEachSpaceAsync(DisconnectAllAsync) : Places.ForEachHubAsync(DisconnectAsync);

    private async Task DisconnectAsync(Hub hub)
    {
        var space = hub.RequireSpace();
        if (await ConfirmAsync($"{hub.Id} in {hub.Space}", "Disconnect").ConfigureAwait(false))
            await WriteAsync(space, hub.Id, null, null).ConfigureAwait(false);
    }

    private async Task DisconnectAllAsync(Space space)
    {
        var which = AccessKey is not null ? "the hubs that connected with the access key" : $"all self-hosted hubs{(KeepCount > 0 ? $" but {KeepCount}" : "")}";

        // With a limit, the platform disconnects the hubs beyond it too, whatever key they connected with.
        if (await ConfirmAsync(space.Id, $"Disconnect {which}").ConfigureAwait(false))
            await WriteAsync(space.Client, null, AccessKey is null ? KeepCount : null, Secret.Reveal(AccessKey)).ConfigureAwait(false);
    }

    private async Task WriteAsync(SpaceClient space, string? hubId, int? limit, string? accessKey)
    {
        foreach (var hub in await Bind(space).DisconnectHubsAsync(hubId, limit, accessKey, StopToken).ConfigureAwait(false))
            await WriteAsync(hub).ConfigureAwait(false);
    }
}
