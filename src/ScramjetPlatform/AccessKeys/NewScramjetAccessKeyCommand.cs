using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Makes an access key for a space, with which hubs connect to it. The key is told this once.</para>
/// </summary>
[Cmdlet(VerbsCommon.New, "ScramjetAccessKey", SupportsShouldProcess = true)]
[OutputType(typeof(ScramjetAccessKey))]
public sealed class NewScramjetAccessKeyCommand : AccessKeyCmdlet
{
    /// <summary>
    /// <para type="description">What the key is for. It is what Get-ScramjetAccessKey shows of it.</para>
    /// </summary>
    [Parameter(Mandatory = true, HelpMessage = "What the key is for.", Position = 0)]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string Description { get; set; } = "";

    /// <summary>
    /// <para type="description">Gives the key as a string, rather than as a SecureString. It can be read by whoever sees the screen or a transcript.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter AsPlainText { get; set; }

    private protected override void Process()
    {
        var scope = GetScope();
        var named = Space is not null;
        StartRecord(() => ForEachMeantSpaceAsync(scope, named, CreateAsync));
    }

    private async Task CreateAsync(Space space)
    {
        if (!await ConfirmAsync(space.Id, $"Create access key «{Description}»").ConfigureAwait(false))
            return;

        var answer = await ThrottledAsync(() => MiddlewareOf(space).CreateAccessKeyAsync(space.Id, Description.Trim(), StopToken)).ConfigureAwait(false);
        await WriteAsync(new ScramjetAccessKey(space.Id, Description.Trim(), answer, AsPlainText)).ConfigureAwait(false);
    }
}
