using System;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using Scramjet.Client.Packaging;
using Scramjet.Testing;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>The content and the format of packages.</summary>
public sealed class PackagingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scramjet-pack-").FullName;

    public PackagingTests()
    {
        Write("package.json", """{ "name": "p", "version": "1.0.0", "main": "index.js" }""");
        Write("index.js", "module.exports = () => {};");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private string[] Plan() => [.. SequencePackage.Plan(_folder, cancellationToken: TestContext.Current.CancellationToken).Entries.Select(e => e.Path)];

    private byte[] Pack()
    {
        var output = new MemoryStream();
        SequencePackage.Plan(_folder, cancellationToken: TestContext.Current.CancellationToken).Write(output);
        return output.ToArray();
    }

    [Fact]
    public void The_same_content_results_in_the_same_bytes()
    {
        Write("z/b.txt", "b");
        Write("z/a.txt", "a");
        var first = Pack();
        foreach (var file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-3));
        Assert.Equal(first, Pack());
        Write("z/a.txt", "A");
        Assert.NotEqual(first, Pack());
    }

    [Fact]
    public void A_package_keeps_files_executable_permissions_and_long_names()
    {
        var longName = string.Join('/', Enumerable.Repeat("a-rather-long-folder-name", 8)) + "/Gdańsk-🚀.txt";
        Write(longName, "deep");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(_folder, "index.js"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        using var tar = new TarReader(new GZipStream(new MemoryStream(Pack()), CompressionMode.Decompress));
        var texts = new System.Collections.Generic.Dictionary<string, (string Text, UnixFileMode Mode)>();
        while (tar.GetNextEntry() is { } entry)
            texts[entry.Name] = (new StreamReader(entry.DataStream!).ReadToEnd(), entry.Mode);

        Assert.Equal([longName, "index.js", "package.json"], texts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("deep", texts[longName].Text);
        if (!OperatingSystem.IsWindows())
            Assert.Equal((Convert.ToInt32("755", 8), Convert.ToInt32("644", 8)), ((int)texts["index.js"].Mode, (int)texts[longName].Mode));
    }

    [Fact]
    public void Links_inside_the_folder_are_packed_as_links()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Links need special rights on Windows.");
        Write("node_modules/x/cli.js", "x");
        Directory.CreateDirectory(Path.Combine(_folder, "node_modules/.bin"));
        File.CreateSymbolicLink(Path.Combine(_folder, "node_modules/.bin/x"), "../x/cli.js");
        Assert.Equal(
            "../x/cli.js",
            SequencePackage.Plan(
                _folder,
                cancellationToken: TestContext.Current.CancellationToken).Entries.Single(e => e.Path == "node_modules/.bin/x").LinkTarget);
        File.CreateSymbolicLink(Path.Combine(_folder, "node_modules/.bin/y"), "../../../y");
        Assert.Equal(ErrorCodes.InvalidPackage, Assert.Throws<ScramjetException>(Plan).Code);
    }

    [Fact]
    public void Siignore_excludes_and_includes_files()
    {
        foreach (var path in new[] { "a.log", "src/a.log", "src/b.ts", "test/x.js", "test/keep.js", "docs/a.md", ".git/config", "b.tmp", "c.bak" })
            Write(path, "x");
        Write(".siignore", "# a comment\n\n*.log\ntest\n!test/keep.js\n**/*.ts\ndocs/**\n.git\n*.{tmp,bak}\n.siignore\n");
        Assert.Equal(["index.js", "package.json", "src/a.log", "test/keep.js"], Plan());
    }

    [Fact]
    public void Excluding_the_package_json_is_an_error()
    {
        Write(".siignore", "*.json\n");
        Assert.Equal(ErrorCodes.InvalidPackage, Assert.Throws<ScramjetException>(Plan).Code);
    }

    [Theory]
    [InlineData("index.js", "index.js")]
    [InlineData("./index.js", "*.js")]
    [InlineData("dist/index.js", "dist")]
    [InlineData("dist", "dist/**")]
    public void Excluding_the_main_file_is_an_error(string main, string pattern)
    {
        Write("dist/index.js", "x");
        Write("package.json", $$"""{ "name": "p", "version": "1.0.0", "main": "{{main}}" }""");
        Assert.NotEmpty(Plan());
        Write(".siignore", pattern + "\n");
        Assert.Equal(ErrorCodes.InvalidPackage, Assert.Throws<ScramjetException>(Plan).Code);
    }

    [Fact]
    public void A_main_file_that_was_not_compiled_is_an_error_that_says_so()
    {
        Write("package.json", """{ "name": "p", "version": "1.0.0", "main": "dist/index.js" }""");
        Write("tsconfig.json", "{}");
        Assert.Contains("npm run build", Assert.Throws<ScramjetException>(Plan).RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.js", "a.js", true)]
    [InlineData("*.js", "a/b.js", false)]
    [InlineData("*.js", ".a.js", false)]
    [InlineData("**/*.js", "a/b/c.js", true)]
    [InlineData("**/*.js", "c.js", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("[a-c].txt", "b.txt", true)]
    [InlineData("[!a-c].txt", "b.txt", false)]
    [InlineData("{a,b{c,d}}.x", "bd.x", true)]
    [InlineData("{a}.x", "{a}.x", true)]
    [InlineData("+(a|b).x", "abba.x", true)]
    [InlineData("!(a|b)", "c", true)]
    [InlineData("!(a|b)", "a", false)]
    [InlineData("a.b", "aXb", false)]
    [InlineData("(x", "(x", true)]
    [InlineData("[x", "[x", true)]
    public void Patterns_match_as_in_minimatch(string pattern, string path, bool fits) => Assert.Equal(fits, new GlobPattern(pattern).IsMatch(path));

    [Theory]
    [InlineData("../evil.js")]
    [InlineData("/etc/evil.js")]
    [InlineData("a/../../evil.js")]
    public void A_package_whose_paths_leave_it_is_refused(string name)
    {
        var path = Path.Combine(_folder, "evil.tar.gz");
        using (var file = File.Create(path))
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package.json") { DataStream = new MemoryStream("{\"main\":\"index.js\"}"u8.ToArray()) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) });
        }

        var error = Assert.Throws<ScramjetException>(() => SequencePackage.Check(path, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCodes.InvalidPackage, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_labelled_package_differs_only_in_its_version()
    {
        var path = RawTar.Good("labelled")
            .Pax("path", "a/żółć").Add("x", "one", mode: 0x1ED)
            .Add("././@LongLink", new string('n', 150) + "\0", 'L').Add("x", "two")
            .Pax("linkpath", "../index.js").Add("a/link", type: '2')
            .Save(_folder);
        using var source = PackageSource.FromFile(path, cancellationToken: TestContext.Current.CancellationToken);
        using var labelled = source.WithContentLabel(TestContext.Current.CancellationToken);
        Assert.Matches(@"^1\.0\.0\+sha\.[0-9a-f]{16}$", labelled.Manifest!.Version);
        Assert.Equal(source.LabelledManifest!.Version, labelled.Manifest.Version);
        Assert.Equal(Entries(source).Replace("1.0.0", labelled.Manifest.Version, StringComparison.Ordinal), Entries(labelled));
    }

    [Fact]
    public void A_package_that_changes_after_it_was_checked_is_not_labelled()
    {
        var path = RawTar.Good().Save(_folder);
        using var source = PackageSource.FromFile(path, cancellationToken: TestContext.Current.CancellationToken);
        File.WriteAllBytes(path, RawTar.Good().Add("more", "x").ToPackage());
        Assert.Equal(ErrorCodes.FileUnreadable, Assert.Throws<ScramjetException>(() => source.WithContentLabel(TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public void A_folder_that_changes_after_it_was_compared_is_not_packed()
    {
        var plan = SequencePackage.Plan(_folder, cancellationToken: TestContext.Current.CancellationToken)
            .WithContentLabel(cancellationToken: TestContext.Current.CancellationToken);
        var bytes = File.ReadAllBytes(Path.Combine(_folder, "index.js"));
        bytes[0] ^= 1;
        File.WriteAllBytes(Path.Combine(_folder, "index.js"), bytes);
        Assert.Equal(
            ErrorCodes.FileUnreadable,
            Assert.Throws<ScramjetException>(() => plan.Write(Stream.Null, cancellationToken: TestContext.Current.CancellationToken)).Code);
    }

    [Theory]
    [InlineData("#!/bin/sh\n", true)]
    [InlineData("#", false)]
    [InlineData("", false)]
    public void Without_permissions_a_script_is_executable(string text, bool isProgram)
    {
        Write("script", text);
        Assert.Equal(isProgram, PackageEntry.IsProgram(Path.Combine(_folder, "script"), mode: null));
    }

    private static string Entries(PackageSource package)
    {
        using var tar = new TarReader(new GZipStream(package.Open(), CompressionMode.Decompress));
        var text = new StringWriter();
        while (tar.GetNextEntry() is { } entry)
        {
            var content = entry.DataStream is { } data ? new StreamReader(data).ReadToEnd() : "";
            text.WriteLine(
                $"{entry.Name} {entry.EntryType} {entry.Mode} {entry.LinkName} "
                    + $"{(entry.Name == "package.json" ? string.Concat(content.Where(c => !char.IsWhiteSpace(c))) : content)}");
        }

        return text.ToString();
    }
}
