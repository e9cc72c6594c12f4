using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>PowerShell's guidelines, checked for all commands and parameters.</summary>
public sealed class GuidelineTests
{
    /// <summary>The parameters for which file names are useful completions, or whose values can be anything.</summary>
    private static readonly string[] TakingFiles = [
        "AppConfigPath", "ArgumentList", "Destination", "Exclude", "InputObject", "LiteralPath", "OutFile", "Path", "StartupConfig"];

    /// <summary>The meaning of each time limit: the first words of its description on every page.</summary>
    private static readonly (string Name, string Meaning)[] Times =
    [
        ("TimeoutSec", "Specifies the time limit for each "),
        ("WaitTimeoutSec", "Specifies how long to wait"),
        ("DurationSec", "Specifies how long to receive"),
        ("GracePeriodSec", "Specifies how long the instance gets to end by itself"),
        ("IntervalSec", "Specifies the time between two rounds"),
    ];

    private static IReadOnlyList<CmdletInfo> Commands(Engine engine) =>
        [.. engine.Get("Get-Command -Module ScramjetPlatform").Select(c => (CmdletInfo)c.BaseObject)];

    private static IEnumerable<ParameterMetadata> Own(CommandInfo command) =>
        command.Parameters.Values.Where(p => !Cmdlet.CommonParameters.Contains(p.Name) && !Cmdlet.OptionalCommonParameters.Contains(p.Name));

    /// <summary>Returns the type of a single value of a parameter.</summary>
    private static Type OneOf(Type type) => Nullable.GetUnderlyingType(type) ?? (type.IsArray ? type.GetElementType()! : type);

    [Fact]
    public void Every_mandatory_parameter_has_a_help_message_for_the_prompt()
    {
        using var engine = new Engine();

        // A mandatory switch selects a parameter set, and PowerShell doesn't prompt for it.
        var silent = Commands(engine).SelectMany(c => Own(c)
            .Where(p => !p.SwitchParameter && p.ParameterSets.Values.Any(s => s.IsMandatory && string.IsNullOrEmpty(s.HelpMessage)))
            .Select(p => $"{c.Name} -{p.Name}"));
        Assert.Empty(silent);
    }

    [Fact]
    public void Every_command_declares_its_output_types()
    {
        using var engine = new Engine();
        Assert.Empty(Commands(engine).Where(c => c.OutputType.Count == 0).Select(c => c.Name));
    }

    [Fact]
    public void Every_command_has_the_address_of_its_page()
    {
        using var engine = new Engine();
        var project = engine.Single($"(Import-PowerShellDataFile '{Engine.RepositoryRoot}/ScramjetPlatform.psd1').PrivateData.PSData.ProjectUri").BaseObject;
        Assert.All(Commands(engine), command =>
        {
            engine.Set("name", command.Name);
            var expected = $"{project}/blob/main/docs/en-US/{command.Name}.md";
            Assert.Equal(expected, engine.Single("(Get-Command $name).HelpUri").BaseObject);
            Assert.Equal(expected, engine.Single("(Get-Help $name).relatedLinks.navigationLink[0].uri").BaseObject);
        });
    }

    [Fact]
    public void A_parameter_has_the_same_type_in_all_commands()
    {
        using var engine = new Engine();
        var byName = Commands(engine).SelectMany(Own).GroupBy(p => p.Name).ToArray();
        Assert.Empty(
            byName.Where(g => g.Select(p => OneOf(p.ParameterType)).Distinct().Skip(1).Any())
                .Select(g => $"-{g.Key}: {string.Join(", ", g.Select(p => p.ParameterType.Name).Distinct())}"));

        // No two names differ only in their number.
        var names = byName.Select(g => g.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.All(names, n => Assert.DoesNotContain(n + "s", names));
    }

    [Fact]
    public void A_time_limit_has_the_same_meaning_in_all_commands()
    {
        using var engine = new Engine();
        var found = Commands(engine).SelectMany(c => Own(c).Where(p => OneOf(p.ParameterType) == typeof(double)).Select(p => (Command: c.Name, p.Name)))
            .ToArray();
        Assert.Equal(Times.Select(t => t.Name).Order(), found.Select(f => f.Name).Distinct().Order());
        Assert.All(found, f =>
        {
            engine.Set("command", f.Command);
            engine.Set("parameter", f.Name);
            var text = string.Concat(engine.Get("(Get-Help $command -Parameter $parameter).description | ForEach-Object Text"));
            Assert.StartsWith(Times.Single(t => t.Name == f.Name).Meaning, text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_path_has_a_literal_counterpart()
    {
        using var engine = new Engine();
        var without = Commands(engine).Where(c => c.Parameters.ContainsKey("Path") && !c.Parameters.ContainsKey("LiteralPath")).Select(c => c.Name);

        // These commands create the path, like New-Item, and don't expand wildcards.
        Assert.Equal(["Export-ScramjetState", "New-ScramjetSequenceProject"], without);
    }

    [Fact]
    public void File_names_are_completed_only_for_paths()
    {
        using var engine = new Engine();
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "some-file.txt"), "");
            engine.Set("folder", folder);
            engine.Get("Set-Location $folder");
            var wrong = new List<string>();
            foreach (var command in Commands(engine))
            {
                foreach (var parameter in Own(command).Where(p => !p.SwitchParameter))
                {
                    engine.Set("line", $"{command.Name} -{parameter.Name} ");
                    var offered = engine.Get(
                        "[System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches | ForEach-Object "
                            + "CompletionText");
                    if (offered.Any(o => o.ToString().Contains("some-file", StringComparison.Ordinal)) != TakingFiles.Contains(parameter.Name))
                        wrong.Add($"{command.Name} -{parameter.Name}");
                }
            }

            Assert.Empty(wrong);
        }
        finally
        {
            engine.Get("Set-Location /");
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_file_to_send_can_be_specified_with_wildcards_or_literally()
    {
        using var engine = new Engine();
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "a[1].txt"), "");
            File.WriteAllText(Path.Combine(folder, "a2.txt"), "");
            engine.Set("folder", folder);
            engine.Get("Set-Location $folder");
            string Kind(string script) => engine.Error(script).FullyQualifiedErrorId.Split(',')[0];
            Assert.Equal("BAD_PARAMETERS", Kind("Invoke-ScramjetSequence -Path a*.txt"));
            Assert.Equal("FILE_NOT_FOUND", Kind("Invoke-ScramjetSequence -Path b*.txt"));
            Assert.Equal("BAD_PARAMETERS", Kind("Send-ScramjetTopicData cities -Path a2.txt -LiteralPath a2.txt"));

            // The file was found, and the next error is the missing connection.
            foreach (var file in new[] { "-Path 'a2*'", "-LiteralPath 'a[1].txt'", "-Path 'a`[1`].txt'" })
                Assert.Equal("NOT_CONNECTED", Kind($"Send-ScramjetTopicData cities {file}"));
        }
        finally
        {
            engine.Get("Set-Location /");
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Event_names_are_completed_after_the_session_has_used_them()
    {
        using var engine = new Engine();
        engine.Set("line", "Receive-ScramjetEvent x -EventName fin");
        const string Complete = "[System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches | "
            + "ForEach-Object CompletionText";
        Assert.Empty(engine.Get(Complete));
        engine.Run("Send-ScramjetEvent x finished");
        Assert.Equal("finished", engine.Single(Complete).BaseObject);
    }
}
