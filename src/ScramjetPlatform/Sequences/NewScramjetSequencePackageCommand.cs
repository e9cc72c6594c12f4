using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// <para type="synopsis">Makes a sequence package (.tar.gz) of a folder.</para>
/// </summary>
[Cmdlet(VerbsCommon.New, "ScramjetSequencePackage", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(FileInfo))]
public sealed class NewScramjetSequencePackageCommand : AsyncCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string Extension = ".tar.gz";

    /// <summary>
    /// <para type="description">The folders; wildcards are permitted. Each has a package.json with a name, a version, and a main that exists. What its .siignore names is left out.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>
    /// <para type="description">The folders, without wildcards.</para>
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>
    /// <para type="description">The package's path, or a folder to put it into under the folder's name. Not given: beside the folder.</para>
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>
    /// <para type="description">What is left out beside what .siignore names: patterns in the syntax of .siignore, such as test/** or **/*.map; one with ! before it brings back what an earlier one left out.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public string[]? Exclude { get; set; }

    /// <summary>
    /// <para type="description">Replaces a package that is there already.</para>
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var folder in PathResolver.Resolve(this, Path, LiteralPath))
        {
            try
            {
                Pack(folder, TargetOf(folder));
            }
            catch (ScramjetException e)
            {
                WriteError(ErrorRecords.From(e, folder));
            }
        }
    }

    private void Pack(string folder, string target)
    {
        var package = SequencePackage.Plan(folder, Exclude, target);
        if (Directory.Exists(target) || (File.Exists(target) && !Force))
            throw new ScramjetException(ErrorCodes.AlreadyExists, $"'{target}' is there already.", "Give another -Destination, or -Force to replace it.");

        var size = package.Entries.Sum(e => e.Length);
        var what = $"Pack {package.Manifest.Name} {package.Manifest.Version}, {package.Entries.Count} files of {ByteSize.Format(size)}";
        if (!ShouldProcess($"{what}, into \"{target}\".", $"{what}, into \"{target}\"?", "Confirm", out var reason))
        {
            if (reason != ShouldProcessReason.WhatIf)
                return;

            // What would go in is what -WhatIf is asked for here.
            foreach (var entry in package.Entries)
                ShouldProcess(entry.Path, entry.LinkTarget is { } link ? $"Pack link to {link}" : $"Pack {ByteSize.Format(entry.Length)}");
            return;
        }

        var written = false;
        Run(
            () =>
            {
                Write(package, folder, target, size);
                written = true;
                return Task.CompletedTask;
            },
            folder);
        if (written)
            WriteObject(InvokeProvider.Item.Get([target], force: true, literalPath: true), true);
    }

    /// <summary>Writes beside the target first: what is half done is never seen under its name.</summary>
    private void Write(SequencePackage package, string folder, string target, long size)
    {
        var progress = new ByteProgress(PostProgress, $"Packing {folder}", size);
        var partial = $"{target}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
                package.Write(file, progress, StopToken);
            if (File.Exists(target))
                File.Delete(target);
            File.Move(partial, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScramjetException(ErrorCodes.FileUnwritable, $"'{target}' can't be written: {(e is DirectoryNotFoundException ? "its folder isn't there." : e.Message.Replace(partial, target))}", "Check the path and its permissions.", e);
        }
        finally
        {
            progress.Complete();
            if (File.Exists(partial))
                File.Delete(partial);
        }
    }

    private string TargetOf(string folder)
    {
        var name = Packages.NameOf(folder) + Extension;
        if (Destination is null)
            return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(folder.TrimEnd('/', '\\')) ?? folder, name);

        var target = GetUnresolvedProviderPathFromPSPath(Destination);
        return Directory.Exists(target) || Destination.EndsWith("/", StringComparison.Ordinal) || Destination.EndsWith("\\", StringComparison.Ordinal) ? System.IO.Path.Combine(target, name) : target;
    }
}
