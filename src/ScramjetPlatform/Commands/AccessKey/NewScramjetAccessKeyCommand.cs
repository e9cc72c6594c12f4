using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Creates an access key for a space, with which hubs connect to it. The key is returned only once.</summary>
[Cmdlet(VerbsCommon.New, "ScramjetAccessKey", SupportsShouldProcess = true)]
[OutputType(typeof(ScramjetAccessKey))]
public sealed class NewScramjetAccessKeyCommand : PipedSpaceCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The purpose of the key.", Position = 0)]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string Description { get; set; } = "";

    [Parameter]
    public SwitchParameter AsPlainText { get; set; }

    private protected override Task ProcessAsync() => AccessKeys.ForEachNamedSpaceAsync(Context, Places, Space is not null, CreateAsync);

    private async Task CreateAsync(Space space)
    {
        if (!await ConfirmAsync(space.Id, $"Create access key '{Description}'").ConfigureAwait(false))
            return;

        var answer = await AccessKeys.GetMiddleware(Context, space).CreateAccessKeyAsync(space.Id, Description.Trim(), StopToken).ConfigureAwait(false);
        await WriteAsync(new ScramjetAccessKey(space.Id, Description.Trim(), answer, AsPlainText)).ConfigureAwait(false);
    }
}
