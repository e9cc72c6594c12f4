using System.Collections.Generic;
using System.Management.Automation;
using Scramjet.Client;
using Scramjet.Client.Profiles;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets the profiles of the si command line, which Connect-ScramjetPlatform -Profile can use. They are read, and never written.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetProfile")]
[OutputType(typeof(SiProfile))]
public sealed class GetScramjetProfileCommand : AsyncCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var settings = new SiSettings();
        var all = ReadLocal(_ => settings.ListNames());
        foreach (var name in Name ?? ["*"])
        {
            IEnumerable<string> names = [name];
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                try
                {
                    names = new Matcher<string>("profile", name, n => n).Take(all);
                }
                catch (ScramjetException e)
                {
                    WriteError(ErrorRecords.From(e, name));
                    continue;
                }
            }

            foreach (var found in names)
            {
                try
                {
                    WriteObject(ReadLocal(cancellationToken => settings.Read(found, cancellationToken)));
                }
                catch (ScramjetException e)
                {
                    WriteError(ErrorRecords.From(e, found));
                }
            }
        }
    }
}
