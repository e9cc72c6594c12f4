using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Publish-ScramjetSequence -IfChanged: the label identifies the content, and nothing else.</summary>
public sealed class ContentLabelTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scramjet-label-").FullName;
    private readonly TestSequence _sequence = new();
    private AdminPlatform _platform = null!;
    private Engine _session = null!;

    public async ValueTask InitializeAsync()
    {
        _platform = await AdminPlatform.StartAsync(2, "alpha");
        _session = _platform.Connect();
        Directory.CreateDirectory(Path.Combine(_sequence.Folder, "lib/empty"));
        _sequence.Write("lib/żółć.js", "module.exports = 1;");
        _sequence.Write("run.sh", "#!/bin/sh\necho hello\n");
        _sequence.Write("large.bin", new string('x', 300_000));
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _platform.DisposeAsync();
        _sequence.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Returns the version that a folder or a package has on a hub.</summary>
    private string Label(string path)
    {
        _session.Set("path", path);
        return (string)_session.Single("Publish-ScramjetSequence $path -IfChanged -Hub sth-0").Properties["Version"].Value;
    }

    private static void SkipOnWindows()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no permission bits and no links without special rights.");
    }

    private void SetModes(string files, string programs)
    {
        foreach (var file in Directory.GetFiles(_sequence.Folder, "*", SearchOption.AllDirectories))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32(file.EndsWith(".sh", StringComparison.Ordinal) ? programs : files, 8));
        }
    }

    [Fact]
    public void The_label_depends_on_no_permission_except_the_executable_one()
    {
        SkipOnWindows();
        SetModes("644", "755");
        var label = Label(_sequence.Folder);
        Assert.Matches(@"^1\.2\.3\+sha\.[0-9a-f]{16}$", label);
        SetModes("664", "775");
        Assert.Equal(label, Label(_sequence.Folder));
        SetModes("400", "700");
        Assert.Equal(label, Label(_sequence.Folder));
        SetModes("644", "644");
        Assert.NotEqual(label, Label(_sequence.Folder));
    }

    [Fact]
    public void Each_change_of_the_content_changes_the_label()
    {
        SkipOnWindows();
        var labels = new List<string> { Label(_sequence.Folder) };
        _sequence.Write("index.js", "module.exports = () => {}; ");
        labels.Add(Label(_sequence.Folder));
        File.Move(Path.Combine(_sequence.Folder, "run.sh"), Path.Combine(_sequence.Folder, "walk.sh"));
        labels.Add(Label(_sequence.Folder));
        File.CreateSymbolicLink(Path.Combine(_sequence.Folder, "link"), "index.js");
        labels.Add(Label(_sequence.Folder));
        File.Delete(Path.Combine(_sequence.Folder, "link"));
        File.CreateSymbolicLink(Path.Combine(_sequence.Folder, "link"), "walk.sh");
        labels.Add(Label(_sequence.Folder));
        Assert.Equal(labels.Count, labels.Distinct().Count());

        // Empty folders, times and the location make no difference.
        Directory.CreateDirectory(Path.Combine(_sequence.Folder, "another/empty/one"));
        File.SetLastWriteTimeUtc(Path.Combine(_sequence.Folder, "index.js"), DateTime.UtcNow.AddDays(-3));
        Assert.Equal(labels[^1], Label(_sequence.Folder));
    }

    [Theory]
    [InlineData("gnu", "--sort=name")]
    [InlineData("gnu", "--sort=inode --owner=someone --group=others --mtime=2020-01-01")]
    [InlineData("pax", "--pax-option=comment=hello")]
    [InlineData("ustar", "--mode=go+w")]
    public async Task A_package_of_GNU_tar_has_the_same_label(string format, string options)
    {
        SkipOnWindows();
        var longFolder = string.Join('/', Enumerable.Repeat("a-rather-long-folder-name", 6));
        Directory.CreateDirectory(Path.Combine(_sequence.Folder, longFolder));
        _sequence.Write(longFolder + "/file.js", "deep");
        File.CreateSymbolicLink(Path.Combine(_sequence.Folder, "lib/link"), "../index.js");
        await RunAsync("ln", "index.js", "second-name.js");
        SetModes("644", "755");

        var package = Path.Combine(_folder, "by-tar.tar.gz");
        await RunAsync("tar", ["-czf", package, "--format", format, .. options.Split(' '), "."]);
        Assert.Equal(Label(_sequence.Folder), Label(package));

        // A package that was created from it has the same label.
        _session.Set("path", package);
        Assert.Equal(Label(_sequence.Folder), _session.Single("Publish-ScramjetSequence $path -IfChanged -Hub sth-1").Properties["Version"].Value);
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _sequence.Folder, RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, errors);
    }

    [Fact]
    public void A_package_of_another_writer_with_another_order_has_the_same_label()
    {
        SkipOnWindows();
        SetModes("644", "755");
        var package = Path.Combine(_folder, "by-net.tar.gz");
        using (var tar = new TarWriter(new GZipStream(File.Create(package), CompressionLevel.SmallestSize)))
        {
            foreach (var file in Directory.GetFiles(_sequence.Folder, "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal))
                tar.WriteEntry(file, "./" + Path.GetRelativePath(_sequence.Folder, file));
        }

        Assert.Equal(Label(_sequence.Folder), Label(package));
        _session.Set("target", _folder + "/");
        Assert.Equal(
            Label(_sequence.Folder),
            Label((string)_session.Single($"New-ScramjetSequencePackage '{_sequence.Folder}' $target").Properties["FullName"].Value));
    }

    [Fact]
    public void Nothing_is_packed_if_nothing_has_changed()
    {
        _session.Set("path", _sequence.Folder);
        var first = _session.Run("Publish-ScramjetSequence $path -IfChanged");
        Assert.Empty(first.Errors);
        Assert.Equal(2, first.Output.Count);
        Assert.Contains(first.Progress, p => p.Activity.StartsWith("Packing", StringComparison.Ordinal));

        // One hub still has it, the other doesn't. The other one gets it, and the package that is sent is the one that was compared.
        var again = _session.Run("Publish-ScramjetSequence $path -IfChanged -Update");
        Assert.Equal(2, again.Output.Count);
        Assert.Contains(again.Progress, p => p.Activity.StartsWith("Comparing", StringComparison.Ordinal));
        Assert.DoesNotContain(again.Progress, p => p.Activity.StartsWith("Packing", StringComparison.Ordinal));
        Assert.DoesNotContain(again.Progress, p => p.Activity.StartsWith("Publishing", StringComparison.Ordinal));
        _session.Get("Get-ScramjetSequence -Hub sth-1 | Remove-ScramjetSequence -Confirm:$false");
        var third = _session.Run("Publish-ScramjetSequence $path -IfChanged");
        Assert.Equal(first.Output.Select(o => o.Properties["Version"].Value), third.Output.Select(o => o.Properties["Version"].Value));
        Assert.Single(
            third.Progress,
            p => p.Activity.StartsWith("Publishing", StringComparison.Ordinal) && p.RecordType == System.Management.Automation.ProgressRecordType.Completed);
    }
}
