using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Formatting;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>Creates a sequence package (.tar.gz) from a folder.</summary>
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

    [Parameter(
        Mandatory = true,
        HelpMessage = "The path of a folder with a package.json, without wildcards.",
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = LiteralPathSet)]
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

    private protected override int MaxRecords => 1;

    private protected override async Task ProcessAsync()
    {
        var packages = Paths.Resolve(Path, LiteralPath, Context.Report).Select(folder => (Folder: folder, Target: TargetOf(folder))).ToArray();
        foreach (var (folder, target) in packages)
            await Context.GuardAsync(folder, () => Task.Run(() => PackAsync(folder, target))).ConfigureAwait(false);
    }

    private async Task PackAsync(string folder, string target)
    {
        var package = SequencePackage.Plan(folder, Exclude, target, StopToken);
        LocalFile.CheckReplaceable(target, Force);
        if (!await Context.Output.InvokeAsync(() => IsConfirmed(package, target)).ConfigureAwait(false))
            return;

        ByteProgress.Show(Context.Output.PostProgress, $"Packing {folder}", package.Size, progress =>
        {
            LocalFile.Write(target, Force, file => package.Write(file, progress, StopToken));
            return true;
        });
        await WriteAsync(await Context.Output.InvokeAsync(() => GetItem(target)).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private bool IsConfirmed(SequencePackage package, string target)
    {
        var what = $"Pack {package.Manifest.Name} {package.Manifest.Version}, {package.Entries.Count} files of {ByteSize.Format(package.Size)}";
        if (ShouldProcess($"{what}, into \"{target}\".", $"{what}, into \"{target}\"?", "Confirm", out var reason))
            return true;

        // With -WhatIf, list the files.
        foreach (var entry in reason == ShouldProcessReason.WhatIf ? package.Entries : [])
            ShouldProcess(entry.Path, entry.LinkTarget is { } link ? $"Pack link to {link}" : $"Pack {ByteSize.Format(entry.Length)}");
        return false;
    }

    private string TargetOf(string folder)
    {
        var name = Packages.NameOf(folder) + Extension;
        if (Destination is null)
            return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(folder.TrimEnd('/', '\\')) ?? folder, name);

        var target = ResolveOnePath(null, Destination);
        var isFolder = Directory.Exists(target) || Destination.EndsWith("/", StringComparison.Ordinal) || Destination.EndsWith("\\", StringComparison.Ordinal);
        return isFolder ? System.IO.Path.Combine(target, name) : target;
    }
}
