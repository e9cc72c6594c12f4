using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client.Profiles;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Gets the saved connections and the profiles of the si command line, which Connect-ScramjetPlatform takes by name.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetProfile")]
[OutputType(typeof(ScramjetProfile))]
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
        var patterns = Name ?? ["*"];
        var settings = new SiSettings();
        IReadOnlyList<ScramjetProfile> saved = [];
        await Context.GuardAsync(null, async () => saved = await Task.Run(ListSaved, StopToken).ConfigureAwait(false)).ConfigureAwait(false);
        var names = await Task.Run(settings.ListNames, StopToken).ConfigureAwait(false);
        foreach (var pattern in patterns)
            await Context.GuardAsync(pattern, () => WriteAsync(settings, pattern, saved, names)).ConfigureAwait(false);
    }

    private IReadOnlyList<ScramjetProfile> ListSaved()
    {
        var platforms = new SavedPlatforms();
        return [.. platforms.List(StopToken).Select(p => new ScramjetProfile(p, platforms.Path))];
    }

    private async Task WriteAsync(SiSettings settings, string pattern, IReadOnlyList<ScramjetProfile> saved, IReadOnlyList<string> names)
    {
        var matches = new Matcher<ScramjetProfile>("saved connection", pattern, p => p.Name).Take(saved);
        foreach (var profile in matches)
            await WriteAsync(profile).ConfigureAwait(false);

        // A name that only si may know is looked up there, so that the error says what there is.
        IReadOnlyList<string> ofSi = WildcardPattern.ContainsWildcardCharacters(pattern) ? new Matcher<string>("profile", pattern, n => n).Take(names)
            : matches.Count > 0 && !names.Contains(pattern, StringComparer.Ordinal) ? []
            : [pattern];
        foreach (var name in ofSi)
        {
            await Context.GuardAsync(name, async () =>
            {
                var profile = await Task.Run(() => settings.Read(name, StopToken), StopToken).ConfigureAwait(false);
                await WriteAsync(new ScramjetProfile(profile)).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
    }
}
