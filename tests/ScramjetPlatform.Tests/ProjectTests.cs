using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>New sequences run without changes and do what their README.md says, on a real hub.</summary>
public sealed class ProjectTests(RealPlatform real) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("scramjet-project-").FullName;

    public static MatrixTheoryData<string, string> Templates => new(["JavaScript", "TypeScript", "Python"], ["Transformer", "Generator", "Consumer"]);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Engine Connect(int hub = 1)
    {
        var engine = real.ConnectHub(hub);
        engine.Get($"Set-Location '{_root}'");
        return engine;
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task The_steps_of_the_readme_work(string language, string kind)
    {
        if (language == "Python")
            await RequirePythonAsync();

        var name = $"new-{language}-{kind}-{Guid.NewGuid().ToString("N")[..12]}".ToLowerInvariant();
        using var session = Connect();
        var folder = Assert.IsType<DirectoryInfo>(session.Single($"New-ScramjetSequenceProject ./{name} {language} {kind}").BaseObject);
        Assert.Equal(Path.Combine(_root, name), folder.FullName);

        session.Get($"Set-Location '{folder.FullName}'");
        var readme = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "README.md"), TestContext.Current.CancellationToken);
        var steps = Regex.Matches(readme, "```powershell\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(kind == "Generator" ? 2 : 3, steps.Length);
        try
        {
            var tried = session.Run(steps[0]);
            var kept = session.Run(steps[^1]);
            Assert.Empty(tried.Errors.Concat(kept.Errors));
            var text = kind == "Generator" ? null : session.Run(steps[1]);
            Assert.Empty(text?.Errors ?? []);
            switch (kind)
            {
                case "Transformer":
                    Assert.Equal(["Hi, Ada!", "Hi, Grace!"], tried.Output.Select(o => o.Properties["greeting"].Value));
                    Assert.Equal(["Hello, Ada!", "Hello, Grace!"], text!.Output.Select(o => o.Properties["greeting"].Value));
                    Assert.Equal([null, "Hello, Ada!", "Hello, Grace!"], kept.Output.Select(o => o.Properties["greeting"]?.Value));
                    break;
                case "Generator":
                    Assert.Equal(["1", "2", "3"], tried.Output.Select(o => o.Properties["n"].Value.ToString()));
                    Assert.Equal(["1", "2"], kept.Output.Select(o => o.Properties["n"].Value.ToString()));
                    Assert.All(tried.Output, o => Assert.Matches(@"^\d{4}-\d\d-\d\dT", o.Properties["time"].Value.ToString()));
                    break;
                case "Consumer":
                    Assert.Empty(tried.Output.Concat(kept.Output));
                    Assert.Empty(text!.Output);
                    Assert.Contains(tried.Verbose, v => v.Contains("200 items so far", StringComparison.Ordinal));
                    Assert.Contains(tried.Verbose, v => v.Contains("250 items received", StringComparison.Ordinal));
                    Assert.Contains(text.Verbose, v => v.Contains("3 items received", StringComparison.Ordinal));
                    break;
            }

            Assert.Equal(name, session.Single($"Get-ScramjetSequence {name}").Properties["Name"].Value);
        }
        finally
        {
            session.Run($"Get-ScramjetSequence {name}* | Remove-ScramjetSequence -Force -Confirm:$false");
        }
    }

    [Theory]
    [InlineData("JavaScript")]
    [InlineData("TypeScript")]
    [InlineData("Python")]
    public async Task Programs_accept_text_objects_bytes_and_no_input(string language)
    {
        if (language == "Python")
            await RequirePythonAsync();

        using var session = Connect();
        session.Get(
            $"New-ScramjetSequenceProject ./greet {language}; New-ScramjetSequenceProject ./count {language} Consumer; New-ScramjetSequenceProject ./tick "
                + $"{language} Generator");
        string[] Greetings(string input) =>
            [
                .. session.Get($"{input} | Invoke-ScramjetSequence -Path ./greet -RemoveAfter")
                    .Select(o => $"{o.Properties["name"]?.Value}: {o.Properties["greeting"].Value}")];
        Assert.Equal(["Ada: Hello, Ada!", "Zażółć 🚀: Hello, Zażółć 🚀!"], Greetings("'Ada', '', 'Zażółć 🚀'"));
        Assert.Equal(
            ["Ada: Hello, Ada!", "Grace: Hello, Grace!"],
            Greetings("\"Ada`r`nGr\", \"ace`r`n\" | ForEach-Object { , [System.Text.Encoding]::UTF8.GetBytes($_) }"));
        Assert.Equal(["Ada: Hello, Ada!", ": Hello!", "Grace: Hello, Grace!"], Greetings("@{ name = 'Ada' }, @{ n = 1 }, 'Grace'"));
        Assert.Equal(["1: Hello, 1!", "2: Hello, 2!"], Greetings("1, 2"));
        Assert.Empty(Greetings("@()"));
        Assert.Empty(session.Get("Invoke-ScramjetSequence -Path ./greet -RemoveAfter"));

        string Last(string input) =>
            Assert.Single(
                session.Run($"{input}Invoke-ScramjetSequence -Path ./count -RemoveAfter -Verbose").Verbose,
                v => v.Contains("items received", StringComparison.Ordinal));
        Assert.Contains("2 items received", Last("'one', 'two' | "), StringComparison.Ordinal);
        Assert.Contains("3 items received", Last("1, 'two', @{ three = 3 } | "), StringComparison.Ordinal);
        Assert.Contains("0 items received", Last(""), StringComparison.Ordinal);

        // Long enough to open its output on a busy machine: a Python runner of 0.18 exits with its program.
        Assert.Equal(
            ["1", "2"],
            session.Get("Invoke-ScramjetSequence -Path ./tick -RemoveAfter -ArgumentList 2, 2000").Select(o => o.Properties["n"].Value.ToString()));
        Assert.Equal(
            ["1", "2"],
            session.Get("'text' | Invoke-ScramjetSequence -Path ./tick -RemoveAfter -ArgumentList 2, 2000").Select(o => o.Properties["n"].Value.ToString()));
    }

    [Theory]
    [InlineData("Transformer")]
    [InlineData("Consumer")]
    public async Task A_Python_program_that_fails_ends_with_an_error(string kind)
    {
        await RequirePythonAsync();
        using var session = Connect();
        session.Get($"New-ScramjetSequenceProject ./failing Python {kind}");
        var program = Path.Combine(_root, "failing/main.py");
        await File.WriteAllTextAsync(
            program,
            (await File.ReadAllTextAsync(program, TestContext.Current.CancellationToken))
                .Replace("        # ", "        if item == 'spoiled': raise ValueError(item)\n        # ", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var result = session.Run("'Ada', 'spoiled' | Invoke-ScramjetSequence -Path ./failing -RemoveAfter");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("INSTANCE_FAILED,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("spoiled", string.Concat(result.Warnings) + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_are_sent_to_Python_without_a_content_type()
    {
        await RequirePythonAsync();
        using var session = Connect();
        session.Get("New-ScramjetSequenceProject ./objects Python");
        Assert.Equal(
            "Hello, Gdańsk!",
            session.Single("@{ name = 'Gdańsk' } | Invoke-ScramjetSequence -Path ./objects -RemoveAfter").Properties["greeting"].Value);
    }

    [Fact]
    public void A_new_project_can_be_piped_to_Publish()
    {
        using var session = Connect();
        var instance = session.Single(
            "New-ScramjetSequenceProject ./chain-of-three Js Gen -Description 'Ticks' | Publish-ScramjetSequence | Start-ScramjetSequence");
        Assert.Equal("Instance", instance.BaseObject.GetType().Name);
        session.Get("Remove-ScramjetSequence chain-of-three -Force -Confirm:$false");
    }

    [Fact]
    public void A_hub_without_Python_accepts_a_Python_sequence()
    {
        using var session = Connect();
        var sequence = session.Single("New-ScramjetSequenceProject ./snake py | Publish-ScramjetSequence");
        Assert.Equal("snake", sequence.Properties["Name"].Value);
        session.Get("Remove-ScramjetSequence snake -Confirm:$false");
    }

    [Fact]
    public void Several_projects_are_created_from_literal_names_in_the_pipeline()
    {
        using var session = Connect();
        Assert.Equal(["a[1]", "b*"], session.Get("'a[1]', 'b*' | New-ScramjetSequenceProject -Language ts").Select(o => ((DirectoryInfo)o.BaseObject).Name));
        Assert.True(File.Exists(Path.Combine(_root, "a[1]/src/index.ts")));
    }

    [Fact]
    public void A_scoped_name_is_quoted_in_the_readme()
    {
        using var session = Connect();
        session.Get("New-ScramjetSequenceProject ./scoped -Name '@me/hello'");
        Assert.Contains("Invoke-ScramjetSequence '@me/hello'", File.ReadAllText(Path.Combine(_root, "scoped/README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_lists_the_files_and_creates_none()
    {
        using var session = Connect();
        var text = session.Render("New-ScramjetSequenceProject ./deep/tick TypeScript -WhatIf");
        Assert.All(
            new[] { ".siignore", "README.md", "dist/index.js", "package.json", "src/index.ts", "tsconfig.json" },
            f => Assert.Contains(f, text, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void A_folder_that_is_not_empty_is_not_changed_without_Force()
    {
        using var session = Connect();
        session.Get("New-ScramjetSequenceProject ./used");
        File.WriteAllText(Path.Combine(_root, "used/index.js"), "mine");
        var error = session.Error("New-ScramjetSequenceProject ./used");
        Assert.StartsWith("ALREADY_EXISTS,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceExists, error.CategoryInfo.Category);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_root, "used/index.js")));
        Assert.Contains("index.js (replaced)", session.Render("New-ScramjetSequenceProject ./used -Force -WhatIf"), StringComparison.Ordinal);
        session.Single("New-ScramjetSequenceProject ./used -Force");
        Assert.NotEqual("mine", File.ReadAllText(Path.Combine(_root, "used/index.js")));
    }

    [Fact]
    public void Invalid_names_and_paths_are_errors()
    {
        using var session = Connect();
        Assert.StartsWith(
            "BAD_PARAMETERS,",
            session.Error("'x', 'y' | New-ScramjetSequenceProject -Name 'Not Good'").FullyQualifiedErrorId,
            StringComparison.Ordinal);
        Assert.StartsWith("BAD_PARAMETERS,", session.Error("New-ScramjetSequenceProject env:/x").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("JavaScript, TypeScript, Python", session.Error("New-ScramjetSequenceProject ./x cobol").ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    private static async Task RequirePythonAsync()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("A hub runs Python by /usr/bin/env, which Windows has not.");
        Assert.SkipWhen(RealPlatform.IsRelease, "A release runs Python only if the packages of its runner are installed, which the tests don't do.");

        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]))!;
            await python.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (python.ExitCode != 0)
                Assert.Skip("This machine's python3 is older than 3.8, or doesn't run.");
        }
        catch (Win32Exception)
        {
            Assert.Skip("This machine has no python3.");
        }
    }
}
