using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Http;
using Scramjet.Client.Profiles;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>Saves the address of a platform or a hub under a name, and where its access token is. The token itself is never saved.</summary>
[Cmdlet(VerbsLifecycle.Register, "ScramjetPlatform", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ScramjetProfile))]
public sealed class RegisterScramjetPlatformCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The name to save it under.", Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, HelpMessage = "The address of the platform or the hub.", Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [NoCompletion]
    public Uri? Uri { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? AccessTokenVariable { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? SecretName { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? Vault { get; set; }

    [Parameter]
    [ValidateRange(0.001d, 86400d)]
    [NoCompletion]
    public double? TimeoutSec { get; set; }

    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override int MaxRecords => 1;

    private protected override async Task ProcessAsync()
    {
        var platform = new SavedPlatform(CheckName(Name), CheckAddress(Uri!))
        {
            TokenVariable = AccessTokenVariable,
            SecretName = SecretName,
            Vault = Vault,
            TimeoutSec = TimeoutSec,
            SkipCertificateCheck = SkipCertificateCheck,
        };
        if (platform is { TokenVariable: not null, SecretName: not null } or { Vault: not null, SecretName: null })
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                platform.Vault is null ? "Both -AccessTokenVariable and -SecretName are given." : "-Vault is given without -SecretName.",
                "Specify where the access token is: -AccessTokenVariable, or -SecretName with or without -Vault.");
        }

        if (!await ConfirmAsync(platform.Name, $"Save the connection to {platform.Address}").ConfigureAwait(false))
            return;

        var platforms = new SavedPlatforms();
        await Task.Run(() => platforms.Save(platform, Force, StopToken), StopToken).ConfigureAwait(false);
        if (new SiSettings().ListNames().Contains(platform.Name, StringComparer.OrdinalIgnoreCase))
        {
            Context.Output.PostWarning(
                $"There is also a profile '{platform.Name}' of si. Connect-ScramjetPlatform uses the saved connection; for the profile, use -Profile with "
                    + "its path.");
        }

        if (PassThru)
            await WriteAsync(new ScramjetProfile(platform, platforms.Path)).ConfigureAwait(false);
    }

    private static string CheckName(string name) =>
        new ServerAddress(name).IsWord && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) && !WildcardPattern.ContainsWildcardCharacters(name)
        ? name
        : throw new ScramjetException(
            ErrorCodes.BadParameters,
            $"'{name}' can't be the name of a saved connection: it could be an address.",
            "Specify a name without white space, wildcards, dots, colons and slashes.");

    /// <summary>The address as it was given, if it is one.</summary>
    private static string CheckAddress(Uri uri)
    {
        var address = new ServerAddress(uri.OriginalString);
        foreach (var candidate in address.Candidates(hasToken: false).SelectMany(c => c))
            ScramjetTransport.CheckAddress(candidate);
        return uri.OriginalString.Trim();
    }
}
