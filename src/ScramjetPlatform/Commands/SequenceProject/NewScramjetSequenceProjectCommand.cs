using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>Creates the folder of a new sequence, with a small program that runs without changes.</summary>
[Cmdlet(VerbsCommon.New, "ScramjetSequenceProject", SupportsShouldProcess = true)]
[OutputType(typeof(DirectoryInfo))]
public sealed class NewScramjetSequenceProjectCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, HelpMessage = "The path of the folder to create.", Position = 0, ValueFromPipeline = true)]
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

    private protected override int MaxRecords => 1;

    private protected override void Begin()
    {
        try
        {
            if (Name is not null)
                SequenceProject.CheckName(Name);
        }
        catch (ScramjetException e)
        {
            throw new TerminatingError(e, Name);
        }
    }

    private protected override async Task ProcessAsync()
    {
        foreach (var folder in Paths.Resolve(null, [Path], Context.Report))
            await Context.GuardAsync(folder, () => Task.Run(() => CreateAsync(folder))).ConfigureAwait(false);
    }

    private async Task CreateAsync(string folder)
    {
        var project = SequenceProject.Plan(folder, Language, Kind, Name, Description, Force, name => ProjectUsage.For(Language, Kind, name));
        var files = string.Join(", ", project.Files.Select(static f => f.Exists ? $"{f} (replaced)" : f.Path));
        if (!await ConfirmAsync($"{project.Folder}: {files}", $"Create {Language} {Kind.ToString().ToLowerInvariant()}").ConfigureAwait(false))
            return;

        project.Write();

        // Get the item as Get-Item does, with the properties that the view of folders shows.
        await WriteAsync(await Context.Output.InvokeAsync(() => GetItem(project.Folder)).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
