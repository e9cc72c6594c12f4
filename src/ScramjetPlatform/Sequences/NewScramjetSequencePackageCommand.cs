using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Makes a sequence package (.tar.gz) of a folder.</summary>
[Cmdlet(VerbsCommon.New, "ScramjetSequencePackage", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(FileInfo))]
public sealed class NewScramjetSequencePackageCommand : AsyncCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string Extension = ".tar.gz";

    [Parameter(Mandatory = true, HelpMessage = "The path of a folder with a package.json.", Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The path of a folder with a package.json, without wildcards.", ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    [Parameter]
    [ValidateNotNull]
    public string[]? Exclude { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var folder in PathResolver.Resolve(this, Path, LiteralPath))
        {
            var target = TargetOf(folder);
            Run(() => PackAsync(folder, target), folder);
        }
    }

    private async Task PackAsync(string folder, string target)
    {
        var package = SequencePackage.Plan(folder, Exclude, target, StopToken);
        LocalFile.CheckReplaceable(target, Force);
        if (!await InvokeAsync(() => IsConfirmed(package, target)).ConfigureAwait(false))
            return;

        Write(package, folder, target);
        await WriteAsync(await InvokeAsync(() => InvokeProvider.Item.Get([target], force: true, literalPath: true).Single()).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private bool IsConfirmed(SequencePackage package, string target)
    {
        var what = $"Pack {package.Manifest.Name} {package.Manifest.Version}, {package.Entries.Count} files of {ByteSize.Format(package.Size)}";
        if (ShouldProcess($"{what}, into \"{target}\".", $"{what}, into \"{target}\"?", "Confirm", out var reason))
            return true;

        // What would go in is what -WhatIf is asked for here.
        foreach (var entry in reason == ShouldProcessReason.WhatIf ? package.Entries : [])
            ShouldProcess(entry.Path, entry.LinkTarget is { } link ? $"Pack link to {link}" : $"Pack {ByteSize.Format(entry.Length)}");
        return false;
    }

    private void Write(SequencePackage package, string folder, string target)
    {
        var progress = new ByteProgress(PostProgress, $"Packing {folder}", package.Size);
        try
        {
            LocalFile.Write(target, Force, file => package.Write(file, progress, StopToken));
        }
        finally
        {
            progress.Complete();
        }
    }

    private string TargetOf(string folder)
    {
        var name = Packages.NameOf(folder) + Extension;
        if (Destination is null)
            return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(folder.TrimEnd('/', '\\')) ?? folder, name);

        var target = FullPath(Destination);
        return Directory.Exists(target) || Destination.EndsWith("/", StringComparison.Ordinal) || Destination.EndsWith("\\", StringComparison.Ordinal) ? System.IO.Path.Combine(target, name) : target;
    }
}
