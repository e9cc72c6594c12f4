using System;
using System.IO;
using System.Linq;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Packaging;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>New sequences: their files and names, and that nothing is written partly.</summary>
public sealed class SequenceProjectTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("scramjet-project-").FullName;

    public static TheoryData<SequenceLanguage, SequenceKind, string> Templates
    {
        get
        {
            var data = new TheoryData<SequenceLanguage, SequenceKind, string>();
            foreach (var kind in Enum.GetValues<SequenceKind>())
            {
                data.Add(SequenceLanguage.JavaScript, kind, "index.js");
                data.Add(SequenceLanguage.TypeScript, kind, "dist/index.js");
                data.Add(SequenceLanguage.Python, kind, "main.py");
            }

            return data;
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder(string name) => Path.Combine(_root, name);

    private string[] Everything() =>
        [
            .. Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_root, f).Replace('\\', '/'))
                .Order(StringComparer.Ordinal)];

    private static SequenceProject Plan(
        string folder,
        string? name = null,
        string? description = null,
        bool overwrite = false,
        SequenceLanguage language = SequenceLanguage.JavaScript) =>
        SequenceProject.Plan(folder, language, SequenceKind.Transformer, name, description, overwrite);

    private static JObject Manifest(SequenceProject project) => JObject.Parse(project.Files.Single(f => f.Path == "package.json").Text);

    private static string Code(Action action) => Assert.Throws<ScramjetException>(action).Code;

    [Theory]
    [MemberData(nameof(Templates))]
    public void Each_template_can_be_packed_and_its_package_contains_what_a_hub_needs(SequenceLanguage language, SequenceKind kind, string main)
    {
        var project = SequenceProject.Plan(Folder("deep/er/hello"), language, kind);
        project.Write();
        Assert.Contains(".siignore", project.Files.Select(f => f.Path));
        Assert.Contains("README.md", project.Files.Select(f => f.Path));
        Assert.All(project.Files, f => Assert.DoesNotContain("{{", f.Text, StringComparison.Ordinal));
        Assert.All(project.Files, f => Assert.DoesNotContain('\r', f.Text));
        Assert.All(project.Files, f => Assert.Equal(f.Text, File.ReadAllText(f.FullPath)));

        foreach (var path in new[] { ".git/config", "node_modules/typescript/x.js", "__pycache__/main.pyc", "sub/__pycache__/x.pyc", "npm.log", "old.tar.gz" })
        {
            if (path.StartsWith("node_modules", StringComparison.Ordinal) && language != SequenceLanguage.TypeScript)
                continue;
            if (path.Contains("__pycache__", StringComparison.Ordinal) && language != SequenceLanguage.Python)
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(project.Folder, path))!);
            File.WriteAllText(Path.Combine(project.Folder, path), "x");
        }

        var package = SequencePackage.Plan(project.Folder, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(new[] { main, "package.json" }.Order(StringComparer.Ordinal), package.Entries.Select(e => e.Path));
        Assert.Equal(("hello", "1.0.0", main), (package.Manifest.Name, package.Manifest.Version, package.Manifest.Main));
        Assert.Single(package.Manifest.Engines);
    }

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("My Sequence", "my-sequence")]
    [InlineData("Café (2)", "caf-2")]
    [InlineData("_private.v2", "private.v2")]
    [InlineData("żółć", "sequence")]
    [InlineData("node_modules", "sequence")]
    public void The_name_is_derived_from_the_folder(string folder, string name)
    {
        var project = Plan(Folder(folder));
        Assert.Equal(name, project.Name);
        Assert.Equal(name, (string?)Manifest(project)["name"]);
    }

    [Fact]
    public void A_folder_name_that_is_too_long_is_not_used() => Assert.Equal("sequence", Plan(Folder(new string('a', 215))).Name);

    [Theory]
    [InlineData("")]
    [InlineData("Hello")]
    [InlineData("two words")]
    [InlineData(".hidden")]
    [InlineData("-option")]
    [InlineData("a/b")]
    [InlineData("@scope/")]
    [InlineData("hello\n")]
    [InlineData("node_modules")]
    public void A_name_that_npm_would_reject_is_an_error(string name) => Assert.Equal(ErrorCodes.BadParameters, Code(() => Plan(Folder("x"), name)));

    [Fact]
    public void The_readme_describes_how_to_run_the_sequence_if_a_text_is_specified()
    {
        static string Readme(Func<string, string>? usage) =>
            SequenceProject.Plan("x", SequenceLanguage.Python, SequenceKind.Consumer, "@me/hello", "Counts.", overwrite: true, usage)
                .Files.Single(f => f.Path == "README.md").Text;

        Assert.StartsWith("# @me/hello\n\nCounts.\n\nRun @me/hello.\n\n## Files\n", Readme(name => $"Run {name}."), StringComparison.Ordinal);
        Assert.StartsWith("# @me/hello\n\nCounts.\n\n## Files\n", Readme(null), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_description_is_kept_as_it_is()
    {
        const string description = "Says \"hi\" \\ {{name}} $1\nand more: zażółć";
        var project = Plan(Folder("x"), description: description);
        Assert.Equal(description, (string?)Manifest(project)["description"]);
        Assert.Contains(description, project.Files.Single(f => f.Path == "README.md").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_empty_is_rejected_and_an_empty_one_is_not()
    {
        Directory.CreateDirectory(Folder("x"));
        Plan(Folder("x")).Write();
        Assert.Equal(ErrorCodes.AlreadyExists, Code(() => Plan(Folder("x"))));
        Assert.Equal(ErrorCodes.AlreadyExists, Code(() => Plan(Folder("x/index.js"), overwrite: true)));
    }

    [Fact]
    public void Overwriting_replaces_only_files_of_the_template()
    {
        Directory.CreateDirectory(Folder("x"));
        File.WriteAllText(Folder("x/mine.js"), "mine");
        File.WriteAllText(Folder("x/index.js"), "old");
        var project = Plan(Folder("x"), overwrite: true);
        Assert.Equal(["index.js"], project.Files.Where(f => f.Exists).Select(f => f.Path));
        project.Write();
        Assert.Equal("mine", File.ReadAllText(Folder("x/mine.js")));
        Assert.NotEqual("old", File.ReadAllText(Folder("x/index.js")));
        Assert.Equal(["x", "x/.siignore", "x/README.md", "x/index.js", "x/mine.js", "x/package.json"], Everything());
    }

    [Fact]
    public void If_a_file_cannot_be_written_the_previous_state_is_restored()
    {
        Directory.CreateDirectory(Folder("x/tsconfig.json"));
        File.WriteAllText(Folder("x/package.json"), "old");
        var before = Everything();
        Assert.Equal(ErrorCodes.FileUnwritable, Code(() => Plan(Folder("x"), overwrite: true, language: SequenceLanguage.TypeScript).Write()));
        Assert.Equal(before, Everything());
        Assert.Equal("old", File.ReadAllText(Folder("x/package.json")));
    }

    [Fact]
    public void Created_folders_are_removed_after_a_failure()
    {
        var project = Plan(Folder("a/b/c"));
        File.WriteAllText(Folder("a"), "in the way");
        Assert.Equal(ErrorCodes.FileUnwritable, Code(project.Write));
        Assert.Equal(["a"], Everything());

        project = Plan(Folder("d/e"), language: SequenceLanguage.TypeScript);
        Directory.CreateDirectory(Folder("d/e/tsconfig.json"));
        Assert.Equal(ErrorCodes.FileUnwritable, Code(project.Write));
        Assert.Equal(["a", "d", "d/e", "d/e/tsconfig.json"], Everything());
    }
}
