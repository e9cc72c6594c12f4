using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Profiles;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the profiles of the si command line, which Connect-ScramjetPlatform -Profile can use. They are never changed.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetProfile")]
[OutputType(typeof(SiProfile))]
public sealed class GetScramjetProfileCommand : AsyncCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string[]? Name { get; set; }

    private protected override int MaxRecords => 1;

    private protected override async Task ProcessAsync()
    {
        var settings = new SiSettings();
        var patterns = Name ?? ["*"];
        var all = await Task.Run(settings.ListNames, StopToken).ConfigureAwait(false);
        foreach (var pattern in patterns)
        {
            await Context.GuardAsync(pattern, async () =>
            {
                var names = WildcardPattern.ContainsWildcardCharacters(pattern) ? new Matcher<string>("profile", pattern, n => n).Take(all) : [pattern];
                foreach (var name in names)
                    await Context.GuardAsync(name, () => WriteProfileAsync(settings, name)).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
    }

    private async Task WriteProfileAsync(SiSettings settings, string name) =>
        await WriteAsync(await Task.Run(() => settings.Read(name, StopToken), StopToken).ConfigureAwait(false)).ConfigureAwait(false);
}
