using System.Management.Automation;
using System.Security;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Revokes an access key of a space, or all of them. Hubs that connected with it are disconnected.</summary>
[Cmdlet(VerbsCommon.Remove, "ScramjetAccessKey", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = KeySet)]
[OutputType(typeof(void))]
public sealed class RemoveScramjetAccessKeyCommand : PipedSpaceCmdlet
{
    private const string KeySet = "AccessKey";
    private const string AllSet = "All";

    [Parameter(
        Mandatory = true,
        HelpMessage = "The key that New-ScramjetAccessKey returned.",
        Position = 0,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = KeySet)]
    [SecretTransformation]
    [ValidateNotNull]
    [NoCompletion]
    public SecureString? AccessKey { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter All { get; set; }

    private protected override Task ProcessAsync()
    {
        var key = AccessKey;
        if (key is null && Piped.Value is Scramjet.Client.Model.AccessKey or ScramjetAccessKey)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"-All revokes all access keys of a space, not only '{Piped.Value}' from the pipeline.",
                "Use -All with -Space, without keys from the pipeline.");
        }

        return AccessKeys.ForEachNamedSpaceAsync(Context, Places, Space is not null, space => key is null ? RevokeAllAsync(space) : RevokeAsync(space, key));
    }

    private async Task RevokeAsync(Space space, SecureString key)
    {
        if (await ConfirmAsync(space.Id, "Revoke an access key, and disconnect the hubs that use it").ConfigureAwait(false))
            await AccessKeys.GetMiddleware(Context, space).RevokeAccessKeyAsync(space.Id, Secret.Reveal(key)!, StopToken).ConfigureAwait(false);
    }

    private async Task RevokeAllAsync(Space space)
    {
        if (!await ConfirmAsync(space.Id, "Revoke all access keys, and disconnect the hubs that use them").ConfigureAwait(false))
            return;

        var revoked = await AccessKeys.GetMiddleware(Context, space).RevokeAllAccessKeysAsync(space.Id, StopToken).ConfigureAwait(false);
        var count = revoked?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "all";
        Context.Output.PostVerbose($"{space.Id}: {count} access keys were revoked.");
    }
}
