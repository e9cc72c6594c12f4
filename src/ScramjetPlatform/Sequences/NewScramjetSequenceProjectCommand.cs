using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Sequences;

namespace ScramjetPlatform;

/// <summary>Makes the folder of a new sequence: a small program that runs as it is, to begin with.</summary>
[Cmdlet(VerbsCommon.New, "ScramjetSequenceProject", SupportsShouldProcess = true)]
[OutputType(typeof(DirectoryInfo))]
public sealed class NewScramjetSequenceProjectCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The path of the folder to make.", Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter(Position = 1)]
    [LanguageTransformation]
    public SequenceLanguage Language { get; set; } = SequenceLanguage.JavaScript;

    [Parameter(Position = 2)]
    public SequenceKind Kind { get; set; } = SequenceKind.Transformer;

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? Name { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? Description { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            if (Name is not null)
                SequenceProject.CheckName(Name);
        }
        catch (ScramjetException e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, Name));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var folder in PathResolver.Resolve(this, null, [Path]))
            Run(() => WriteAsync(folder), folder);
    }

    private async Task WriteAsync(string folder)
    {
        var project = SequenceProject.Plan(folder, Language, Kind, Name, Description, Force, name => ProjectUsage.For(Language, Kind, name));
        var files = string.Join(", ", project.Files.Select(static f => f.Exists ? $"{f} (replaced)" : f.Path));
        if (!await ConfirmAsync($"{project.Folder}: {files}", $"Create {Language} {Kind.ToString().ToLowerInvariant()}").ConfigureAwait(false))
            return;

        project.Write();

        // As Get-Item gives it, with all that the table of folders shows.
        await WriteAsync(await InvokeAsync(() => InvokeProvider.Item.Get([project.Folder], force: true, literalPath: true).Single()).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
