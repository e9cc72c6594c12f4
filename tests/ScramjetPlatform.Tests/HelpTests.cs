using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Each cmdlet has complete and correct help. The Pester suite runs its examples.</summary>
public sealed class HelpTests
{
    private static readonly string[] Names = ReadNames();

    public static TheoryData<string> Cmdlets => [.. Names];

    public static TheoryData<string> AboutTopics =>
        [
            .. Directory.GetFiles(Path.Combine(Engine.RepositoryRoot, "docs/en-US"), "about_*.md").Select(f => Path.GetFileNameWithoutExtension(f)!)
                .Order(StringComparer.Ordinal)];

    private static string Page(string name) => File.ReadAllText(Path.Combine(Engine.RepositoryRoot, "docs/en-US", name + ".md"));

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Get_Help_shows_the_page(string name)
    {
        using var engine = new Engine();
        engine.Set("name", name);
        engine.Get("$help = Get-Help $name -Full; $command = Get-Command $name");
        string Text(string script) => string.Concat(engine.Get(script).Select(o => o?.ToString()));

        Assert.NotEmpty(Text("$help.Synopsis"));
        Assert.DoesNotContain("[<CommonParameters>]", Text("$help.Synopsis"), StringComparison.Ordinal);
        Assert.NotEmpty(Text("$help.description | ForEach-Object { $_.Text }"));
        Assert.True(engine.Get("$help.examples.example").Count >= 2);

        var documented = engine.Get("$help.parameters.parameter").ToDictionary(p => p.Properties["name"].Value.ToString()!);
        var real = ((CmdletInfo)engine.Single("$command").BaseObject).Parameters.Values.Where(p => !Cmdlet.CommonParameters.Contains(p.Name)).ToArray();
        Assert.Equal(real.Select(p => p.Name).Order(), documented.Keys.Order());
        foreach (var parameter in real)
        {
            engine.Set("p", documented[parameter.Name]);
            Assert.NotEmpty(Text("$p.description | ForEach-Object { $_.Text }"));
            Assert.Equal(
                parameter.ParameterSets.Values.Any(s => s.IsMandatory),
                string.Equals(Text("$p.required"), "true", StringComparison.OrdinalIgnoreCase));
            Assert.Equal(parameter.ParameterSets.Values.Any(s => s.ValueFromPipeline), Text("$p.pipelineInput").Contains("ByValue", StringComparison.Ordinal));
            Assert.Equal(
                parameter.ParameterSets.Values.Any(s => s.ValueFromPipelineByPropertyName),
                Text("$p.pipelineInput").Contains("ByPropertyName", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Get_Help_has_the_parameter_sets_and_defaults_of_the_cmdlet(string name)
    {
        using var engine = new Engine();
        engine.Set("name", name);
        engine.Get("$help = Get-Help $name -Full");
        var command = (CmdletInfo)engine.Single("Get-Command $name").BaseObject;
        string[] Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
        var real = command.ParameterSets.Select(
            s => string.Join(' ', Sorted(s.Parameters.Select(p => p.Name).Where(p => !Cmdlet.CommonParameters.Contains(p)))));
        var shown = engine.Get("$help.syntax.syntaxItem").Select(item =>
        {
            engine.Set("item", item);
            return string.Join(' ', Sorted(engine.Get("$item.parameter | ForEach-Object { $_.name }").Select(n => n.ToString()!)));
        });
        Assert.Equal(Sorted(real), Sorted(shown));

        var fresh = Activator.CreateInstance(command.ImplementingType)!;
        foreach (var shownParameter in engine.Get("$help.parameters.parameter"))
        {
            var parameter = command.Parameters[shownParameter.Properties["name"].Value.ToString()!];
            var value = command.ImplementingType.GetProperty(parameter.Name)?.GetValue(fresh);
            var expected = value switch
            {
                _ when parameter.SwitchParameter => "False",
                null or "" or Array or 0 or int.MaxValue => "None",
                _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
            };
            Assert.Equal((parameter.Name, expected), (parameter.Name, shownParameter.Properties["defaultValue"].Value.ToString()));
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_syntax_on_the_page_is_that_of_the_cmdlet(string name)
    {
        using var engine = new Engine();
        var command = (CmdletInfo)engine.Single($"Get-Command {name}").BaseObject;

        // PlatyPS wraps long lines.
        var page = Page(name).Replace("\n ", " ", StringComparison.Ordinal);
        Assert.All(command.ParameterSets, set => Assert.Contains($"{name} {set}", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_exported_cmdlet_has_a_page_and_every_page_a_cmdlet()
    {
        using var engine = new Engine();
        var commands = engine.Get("Get-Command -Module ScramjetPlatform").Select(c => ((CmdletInfo)c.BaseObject).Name).Order().ToArray();
        Assert.Equal(commands, Names.Order());
    }

    [Theory]
    [MemberData(nameof(AboutTopics))]
    public void Get_Help_shows_the_about_topic_as_plain_text(string topic)
    {
        using var engine = new Engine();
        var text = (string)engine.Single($"Get-Help {topic}").BaseObject;
        var lines = text.Split('\n');
        Assert.Equal("TOPIC", lines[0]);
        Assert.Equal(topic, lines[1].Trim());
        Assert.Equal(["SHORT DESCRIPTION", "LONG DESCRIPTION", "EXAMPLES", "NOTE", "SEE ALSO"], lines.Skip(1).Where(l => l.Length > 0 && l[0] != ' '));
        Assert.Equal(
            File.ReadLines(Path.Combine(Engine.RepositoryRoot, "docs/en-US", topic + ".md")).ElementAt(4),
            engine.Single($"Get-Help {topic}*").Properties["Synopsis"].Value);
        Assert.All(lines, line => Assert.True(line.Length <= 80 || line.StartsWith("        ", StringComparison.Ordinal), line));

        // Windows PowerShell reads the file in the encoding of the machine.
        Assert.DoesNotContain(text, c => c is '#' or '`' or > '~');
        var see = lines.SkipWhile(l => l != "SEE ALSO").SelectMany(l => Regex.Matches(l, @"[\w-]+-Scramjet\w+|about_\w+")).Select(m => m.Value);
        Assert.All(see, name => Assert.Single(engine.Get($"Get-Help {name}")));
    }

    private static string[] ReadNames() =>
        [
            .. Directory.GetFiles(Path.Combine(Engine.RepositoryRoot, "docs/en-US"), "*-*.md").Select(f => Path.GetFileNameWithoutExtension(f)!)
                .Order(StringComparer.Ordinal)];
}
