using System;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client;
using Scramjet.Client.Profiles;

namespace ScramjetPlatform;

/// <summary>Reads the access token of a saved connection from where the connection says that it is. For the pipeline thread.</summary>
/// <param name="commands">Runs the command that reads secrets.</param>
internal sealed class SavedToken(CommandInvocationIntrinsics commands)
{
    private const string SecretModule = "Microsoft.PowerShell.SecretManagement";

    /// <summary>The token; null if the connection has none.</summary>
    /// <exception cref="ScramjetException"><c>INVALID_PROFILE</c>: it isn't there, or can't be read.</exception>
    public string? Read(SavedPlatform platform)
    {
        if (platform.TokenVariable is { } variable)
        {
            return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : throw Missing(
                platform,
                $"the environment variable {variable}, which isn't set",
                "Set the variable, or use -AccessToken.");
        }

        return platform.SecretName is null ? null : Secret.Reveal(Secret.From(GetSecret(platform))) is { Length: > 0 } secret ? secret : throw Missing(
            platform,
            $"the secret {platform.SecretName}, which isn't a string, a SecureString or a credential",
            $"Save the token with: Set-Secret {platform.SecretName} (Read-Host -AsSecureString).");
    }

    private object? GetSecret(SavedPlatform platform)
    {
        try
        {
            return commands.InvokeScript(
                $"param($name, $vault) if ($vault) {{ {SecretModule}\\Get-Secret -Name $name -Vault $vault -ErrorAction Stop }} else {{ "
                    + $"{SecretModule}\\Get-Secret -Name $name -ErrorAction Stop }}",
                platform.SecretName,
                platform.Vault).FirstOrDefault();
        }
        catch (CommandNotFoundException e)
        {
            throw Missing(
                platform,
                $"the secret {platform.SecretName} with the module {SecretModule}, which isn't installed",
                $"Install it with: Install-Module {SecretModule}; or use -AccessToken.",
                e);
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            throw Missing(
                platform,
                $"the secret {platform.SecretName}, which can't be read: {e.Message.TrimEnd('.')}",
                "Check it with Get-SecretInfo, or use -AccessToken.",
                e);
        }
    }

    private static ScramjetException Missing(SavedPlatform platform, string source, string advice, Exception? e = null) =>
        new(ErrorCodes.InvalidProfile, $"The saved connection '{platform.Name}' takes its access token from {source}.", advice, e);
}
