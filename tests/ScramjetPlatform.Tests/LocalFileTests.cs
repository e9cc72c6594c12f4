using System;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Local files: those that aren't regular files, those that expand to too much, and large ones.</summary>
public sealed class LocalFileTests : IAsyncLifetime
{
    private readonly TestSequence _sequence = new();
    private readonly Engine _session = new();

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsWindows())
            await RunAsync("mkfifo", "pipe", "pipe.json");
        _session.Set("folder", _sequence.Folder);
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        _sequence.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _sequence.Folder })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private static void SkipOnWindows()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no pipes and no devices in folders.");
    }

    private void Refused(string command, string code, string words)
    {
        var error = _session.Error(command);
        Assert.StartsWith(code + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.NotNull(error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public async Task A_pipe_is_rejected_by_every_command_that_reads_a_file()
    {
        SkipOnWindows();
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        platform.Hubs[0].AddInstance(platform.Hubs[0].AddSequence("hello"), id: "an-instance");
        _session.Get($"Connect-ScramjetPlatform {platform.Platform.BaseUri} -AccessToken {platform.Platform.Token}");
        Refused("Publish-ScramjetSequence $folder/pipe", "FILE_UNREADABLE", "is a pipe");
        Refused("Publish-ScramjetSequence $folder/pipe -IfChanged", "FILE_UNREADABLE", "is a pipe");
        Refused("Publish-ScramjetStoreItem $folder/pipe", "FILE_UNREADABLE", "is a pipe");
        Refused("Invoke-ScramjetSequence -Path $folder/pipe -Hub sth-0", "FILE_UNREADABLE", "is a pipe");
        Refused("Publish-ScramjetSequence $folder", "INVALID_PACKAGE", "'pipe' in");
        Refused("Start-ScramjetSequence hello -StartupConfig $folder/pipe", "FILE_UNREADABLE", "is a pipe");
        Refused("Start-ScramjetSequence hello -AppConfigPath $folder/pipe", "FILE_UNREADABLE", "is a pipe");
        Refused("Send-ScramjetInput an-instance -Path $folder/pipe", "FILE_UNREADABLE", "is a pipe");
        Refused("Connect-ScramjetPlatform -Profile $folder/pipe.json", "FILE_UNREADABLE", "is a pipe");
        Refused("Get-ScramjetProfile $folder/pipe.json", "FILE_UNREADABLE", "is a pipe");
        Refused("New-ScramjetSequencePackage $folder -Exclude 'pipe*' -Destination $folder/pipe -Force", "FILE_UNWRITABLE", "is a pipe");
    }

    [Theory]
    [InlineData("Start-ScramjetSequence hello -StartupConfig /dev/zero")]
    [InlineData("Start-ScramjetSequence hello -AppConfigPath /dev/random")]
    [InlineData("Connect-ScramjetPlatform -Profile /dev/zero")]
    [InlineData("Publish-ScramjetSequence /dev/zero")]
    [InlineData("Send-ScramjetInput an-instance -Path /dev/zero")]
    public async Task A_device_is_rejected(string command)
    {
        SkipOnWindows();
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        platform.Hubs[0].AddInstance(platform.Hubs[0].AddSequence("hello"), id: "an-instance");
        _session.Get($"Connect-ScramjetPlatform {platform.Platform.BaseUri} -AccessToken {platform.Platform.Token}");
        Refused(command, "FILE_UNREADABLE", "is a device");
    }

    [Fact]
    public async Task Only_files_folders_and_links_of_a_folder_are_packed()
    {
        SkipOnWindows();
        Refused("New-ScramjetSequencePackage $folder", "INVALID_PACKAGE", "'pipe' in");
        _sequence.Write(".siignore", "pipe*\n");
        File.Delete(Path.Combine(_sequence.Folder, "package.json"));
        await RunAsync("mkfifo", "package.json");
        Refused("New-ScramjetSequencePackage $folder", "FILE_UNREADABLE", "is a pipe");
        File.Delete(Path.Combine(_sequence.Folder, "package.json"));
        Directory.CreateDirectory(Path.Combine(_sequence.Folder, "package.json"));
        Refused("New-ScramjetSequencePackage $folder", "FILE_UNREADABLE", "is a folder");
        Directory.Delete(Path.Combine(_sequence.Folder, "package.json"));
        _sequence.Write("package.json", new string(' ', 5_000_000));
        Refused("New-ScramjetSequencePackage $folder", "INVALID_PACKAGE", "too large");
        _sequence.Write("package.json", """{ "name": "p", "version": "1.0.0", "main": "index.js" }""");

        File.Delete(Path.Combine(_sequence.Folder, ".siignore"));
        await RunAsync("mkfifo", ".siignore");
        Refused("New-ScramjetSequencePackage $folder", "FILE_UNREADABLE", "is a pipe");
        File.Delete(Path.Combine(_sequence.Folder, ".siignore"));
        File.CreateSymbolicLink(Path.Combine(_sequence.Folder, ".siignore"), "nowhere");
        Refused("New-ScramjetSequencePackage $folder", "FILE_NOT_FOUND", ".siignore");
        File.Delete(Path.Combine(_sequence.Folder, ".siignore"));

        _sequence.Write(".siignore", "pipe*\n");
        _sequence.Write("a\u001b[2Jb", "");
        Refused("New-ScramjetSequencePackage $folder", "INVALID_PACKAGE", "'a\\u001b[2Jb'");
        File.Delete(Path.Combine(_sequence.Folder, "a\u001b[2Jb"));

        // A package.json that is a link is packed as its target.
        Directory.CreateDirectory(Path.Combine(_sequence.Folder, "config"));
        File.Move(Path.Combine(_sequence.Folder, "package.json"), Path.Combine(_sequence.Folder, "config/package.json"));
        File.CreateSymbolicLink(Path.Combine(_sequence.Folder, "package.json"), "config/package.json");
        _session.Get("New-ScramjetSequencePackage $folder $folder/out.tar.gz");
        using var tar = new TarReader(new GZipStream(File.OpenRead(Path.Combine(_sequence.Folder, "out.tar.gz")), CompressionMode.Decompress));
        var types = Enumerable.Range(0, 4).Select(_ => tar.GetNextEntry()!).ToDictionary(e => e.Name, e => e.EntryType);
        Assert.NotEqual(TarEntryType.SymbolicLink, types["package.json"]);
    }

    [Theory]
    [InlineData(
        "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
        "1000 patterns")]
    [InlineData("x{1..2147483646}", "1000 patterns")]
    [InlineData("[z-a]", "range")]
    [InlineData("{{{{{{{{{{{{{{{{{{a,b},c},d},e},f},g},h},i},j},k},l},m},n},o},p},q},r},s}", "nested")]
    [InlineData("@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a@(a))))))))))))))))))", "nested")]
    public void The_error_for_an_invalid_pattern_contains_its_line(string pattern, string words)
    {
        _sequence.Write(".siignore", $"# what stays here\npipe*\n\n{pattern}\n*.log\n");
        Refused("New-ScramjetSequencePackage $folder", "INVALID_PACKAGE", words);
        Refused("New-ScramjetSequencePackage $folder", "INVALID_PACKAGE", "in line 4 of");
        File.Delete(Path.Combine(_sequence.Folder, ".siignore"));
        _session.Set("pattern", pattern);
        Refused("New-ScramjetSequencePackage $folder -Exclude pipe*, $pattern", "INVALID_PACKAGE", words);
    }

    [Fact]
    public void Too_many_patterns_are_rejected()
    {
        _sequence.Write(".siignore", string.Concat(Enumerable.Repeat("a-pattern-of-some-length-that-fits-nothing-{1..500}\n", 20)));
        Refused("New-ScramjetSequencePackage $folder", "INVALID_PACKAGE", "characters in total");
        Refused("New-ScramjetSequencePackage $folder", "INVALID_PACKAGE", "in line 12 of");
        _sequence.Write(".siignore", new string('#', 2_000_000));
        Refused("New-ScramjetSequencePackage $folder", "INVALID_PACKAGE", "bytes");
    }

    [Theory]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b")]
    [InlineData("+(a|aa|aaa|*(a|+(a|a?)))b")]
    [InlineData("*(*(*(*(*(a)))))b")]
    [InlineData("!(!(!(!(a*)*)*)*)b")]
    [InlineData("**/**/**/**/**/**/**/**/**/**/**/**/a/b")]
    public void Patterns_that_take_exponential_time_elsewhere_are_matched(string pattern)
    {
        _sequence.Write(".siignore", "pipe*\n" + pattern + "\n");
        var folder = string.Join('/', Enumerable.Repeat("a", 40));
        Directory.CreateDirectory(Path.Combine(_sequence.Folder, folder));
        for (var i = 0; i < 50; i++)
            _sequence.Write(new string('a', 100 + i), "");
        _sequence.Write(folder + "/c", "");
        Assert.Contains("54 files", _session.Render("New-ScramjetSequencePackage $folder $folder/out.tar.gz -WhatIf"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "aliases.yaml",
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e "
            + "[*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n",
        "values")]
    [InlineData("deep.yaml", "appConfig: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "64 levels deep")]
    [InlineData("later.yaml", "appConfig: { a: *b, b: &b 1 }", "'b'")]
    [InlineData("two.yaml", "appConfig: {}\n---\nappConfig: {}\n", "more than one document")]
    [InlineData("key.yaml", "? [a, b]\n: c\n", "string")]
    public void A_configuration_that_expands_to_too_much_is_rejected(string name, string text, string words)
    {
        _sequence.Write(name, text);
        Refused($"Start-ScramjetSequence hello -StartupConfig $folder/{name}", "BAD_PARAMETERS", words);
        Refused($"Start-ScramjetSequence hello -AppConfigPath $folder/{name}", "BAD_PARAMETERS", "YAML: line");
    }

    [Fact]
    public void Aliases_of_long_texts_count_as_long_texts()
    {
        _sequence.Write("long.yaml", $"appConfig:\n  a: &a {new string('x', 1_000_000)}\n  b: [{string.Join(',', Enumerable.Repeat("*a", 100))}]\n");
        Refused("Start-ScramjetSequence hello -StartupConfig $folder/long.yaml", "BAD_PARAMETERS", "characters");
        _sequence.Write("large.json", new string(' ', 5_000_000) + "{}");
        Refused("Start-ScramjetSequence hello -StartupConfig $folder/large.json", "BAD_PARAMETERS", "bytes");
        Refused("Connect-ScramjetPlatform -Profile $folder/large.json", "INVALID_PROFILE", "bytes");
    }

    [Theory]
    [InlineData("New-ScramjetSequencePackage $folder -Exclude 'pipe*' -Destination $folder/out.tar.gz")]
    [InlineData("Publish-ScramjetSequence $folder/large.tar.gz")]
    public async Task Ctrl_C_ends_the_reading_of_large_files(string command)
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        _session.Get($"Connect-ScramjetPlatform {platform.Platform.BaseUri} -AccessToken {platform.Platform.Token}");
        if (command.StartsWith("Publish", StringComparison.Ordinal))
        {
            // The checksum at the end is wrong, but it isn't reached.
            await using var file = File.Create(Path.Combine(_sequence.Folder, "large.tar.gz"));
            var good = RawTar.Good().Add("large"u8.ToArray(), [], size: 1L << 40).ToTar(withEnd: false);
            await using var gzip = new GZipStream(file, CompressionLevel.Fastest);
            await gzip.WriteAsync(good, TestContext.Current.CancellationToken);
            var block = new byte[1 << 20];
            for (var i = 0; i < 2000; i++)
                await gzip.WriteAsync(block, TestContext.Current.CancellationToken);
        }
        else
        {
            await using var file = File.Create(Path.Combine(_sequence.Folder, "large"));
            file.SetLength(1L << 38);
        }

        var time = await _session.StopAfterAsync(command, TimeSpan.FromMilliseconds(500));
        Assert.True(time < TimeSpan.FromSeconds(5), $"Stopping took {time}.");
        Assert.Empty(Directory.GetFiles(_sequence.Folder, "out.tar.gz*"));
    }

    [Fact]
    public void An_invalid_path_is_a_typed_error()
    {
        foreach (var command in new[]
        {
            "Start-ScramjetSequence hello -StartupConfig \"a`0b\"",
            "Start-ScramjetSequence hello -StartupConfig $folder",
            "Start-ScramjetSequence hello -AppConfigPath \"a`0b\"",
            "Connect-ScramjetPlatform -Profile \"a`0/b\"",
            "Connect-ScramjetPlatform -Profile \"$folder/\"",
            "Get-ScramjetProfile \"a`0/b\"",
            "Get-ScramjetProfile \"a`0b\"",
            "New-ScramjetSequencePackage -LiteralPath \"a`0b\"",
            "New-ScramjetSequencePackage $folder -Exclude 'pipe*' -Destination \"a`0b\"",
            "New-ScramjetSequencePackage $folder -Exclude 'pipe*' -Destination $folder/pipe -Force",
            "New-ScramjetSequencePackage $folder -Exclude 'pipe*' -Destination \"$folder/no/such/folder.tar.gz\"",
            "New-ScramjetSequenceProject \"a`0b\"",
            "New-ScramjetSequenceProject $folder/index.js/x",
            "New-ScramjetSequenceProject no-drive:/x",
            "Start-ScramjetSequence hello -StartupConfig no-drive:/x",
            "Start-ScramjetSequence hello -StartupConfig env:/x",
            "Connect-ScramjetPlatform -Profile no-drive:/x",
            "New-ScramjetSequencePackage -LiteralPath no-drive:/x",
            "New-ScramjetSequencePackage no-drive:/x",
            "New-ScramjetSequencePackage env:/PATH",
            "New-ScramjetSequencePackage $folder -Exclude 'pipe*' -Destination no-drive:/x",
            "Send-ScramjetInput an-instance -Path no-drive:/x",
            "Receive-ScramjetOutput an-instance -OutFile no-drive:/x",
            "Invoke-ScramjetSequence -Path no-drive:/x",
        })
        {
            var error = _session.Error(command);
            Assert.True(error.Exception.GetType().Name == "ScramjetException", $"{command}: {error.FullyQualifiedErrorId} {error}");
        }
    }
}
