using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Profiles;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Removes saved connections. Open connections and secrets stay.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "ScramjetPlatform", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class UnregisterScramjetPlatformCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "Names of saved connections.", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SavedPlatformCompleter))]
    public string[] Name { get; set; } = [];

    private protected override int MaxRecords => 1;

    private protected override async Task ProcessAsync()
    {
        var names = Name;
        var platforms = new SavedPlatforms();
        foreach (var name in names)
            await Context.GuardAsync(name, () => RemoveAsync(platforms, name)).ConfigureAwait(false);
    }

    private async Task RemoveAsync(SavedPlatforms platforms, string name)
    {
        var matcher = new Matcher<SavedPlatform>("saved connection", name, p => p.Name);
        var found = matcher.Take(await Task.Run(() => platforms.List(StopToken), StopToken).ConfigureAwait(false));
        if (matcher.IsOpen)
        {
            throw new ScramjetException(
                ErrorCodes.NotFound,
                $"There is no saved connection '{name}'.",
                new SiSettings().ListNames().Contains(name, StringComparer.Ordinal)
                    ? $"It is a profile of si. Remove it with: si config profile remove {name}."
                    : "See Get-ScramjetProfile.");
        }

        foreach (var platform in found)
        {
            if (await ConfirmAsync($"{platform.Name} ({platform.Address})", "Remove saved connection").ConfigureAwait(false))
                await Task.Run(() => platforms.Remove(platform.Name, StopToken), StopToken).ConfigureAwait(false);
        }
    }
}
