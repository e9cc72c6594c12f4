using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Makes the folder of a new sequence: a small program that runs as it is, to begin with.</para>
/// </summary>
[Cmdlet(VerbsCommon.New, "ScramjetSequenceProject", SupportsShouldProcess = true)]
[OutputType(typeof(DirectoryInfo))]
public sealed class NewScramjetSequenceProjectCommand : AsyncCmdlet
{
    /// <summary>
    /// <para type="description">The folder to make, with the folders above it. It may be there already, and empty.</para>
    /// </summary>
    [Parameter(Mandatory = true, HelpMessage = "The path of the folder to make.", Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>
    /// <para type="description">The program's language: JavaScript, TypeScript or Python, or js, ts or py for short. Default: JavaScript.</para>
    /// </summary>
    [Parameter(Position = 1)]
    [LanguageTransformation]
    public SequenceLanguage Language { get; set; } = SequenceLanguage.JavaScript;

    /// <summary>
    /// <para type="description">What the program does: a Transformer takes objects or lines of text in and puts objects out, a Generator only puts out, a Consumer only takes in. Default: Transformer.</para>
    /// </summary>
    [Parameter(Position = 2)]
    public SequenceKind Kind { get; set; } = SequenceKind.Transformer;

    /// <summary>
    /// <para type="description">The sequence's name, as npm takes it: lower-case letters, digits and - . _, with or without a scope. Not given: made of the folder's name.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? Name { get; set; }

    /// <summary>
    /// <para type="description">What the sequence does, for its package.json and README.md. Not given: what the template does.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [NoCompletion]
    public string? Description { get; set; }

    /// <summary>
    /// <para type="description">Takes a folder that isn't empty, and replaces the files in it that have the names of the template's. All others stay as they are.</para>
    /// </summary>
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
        var project = SequenceProject.Plan(folder, Language, Kind, Name, Description, Force);
        var files = string.Join(", ", project.Files.Select(static f => f.Exists ? $"{f} (replaced)" : f.Path));
        if (!await ConfirmAsync($"{project.Folder}: {files}", $"Create {Language} {Kind.ToString().ToLowerInvariant()}").ConfigureAwait(false))
            return;

        project.Write();

        // As Get-Item gives it, with all that the table of folders shows.
        await WriteAsync(await InvokeAsync(() => InvokeProvider.Item.Get([project.Folder], force: true, literalPath: true).Single()).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
