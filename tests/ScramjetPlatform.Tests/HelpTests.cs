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

/// <summary>A platform of its own: the examples stop and remove all that they find.</summary>
public sealed class ExamplePlatform : IAsyncLifetime
{
    private LocalPlatform? _platform;

    public LocalPlatform Platform => _platform ?? throw new InvalidOperationException("The platform is not up.");

    public async ValueTask InitializeAsync()
    {
        var options = new LocalPlatformOptions();
        options.Spaces.Add("local");
        _platform = await LocalPlatform.StartAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
    }
}

/// <summary>Help is part of each cmdlet: complete, true to it, and with examples that run as they stand.</summary>
public sealed class HelpTests(ExamplePlatform examples) : IClassFixture<ExamplePlatform>, IDisposable
{
    // The examples' current location: it has the samples where the repository has them, and what examples write goes away with it.
    private readonly string _location = Directory.CreateTempSubdirectory("scramjet-help-").FullName;

    private static readonly string[] Names = ReadNames();

    public static TheoryData<string> Cmdlets => [.. Names];

    public void Dispose() => Directory.Delete(_location, recursive: true);

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
            Assert.Equal(parameter.ParameterSets.Values.Any(s => s.IsMandatory), string.Equals(Text("$p.required"), "true", StringComparison.OrdinalIgnoreCase));
            Assert.Equal(parameter.ParameterSets.Values.Any(s => s.ValueFromPipeline), Text("$p.pipelineInput").Contains("ByValue", StringComparison.Ordinal));
            Assert.Equal(parameter.ParameterSets.Values.Any(s => s.ValueFromPipelineByPropertyName), Text("$p.pipelineInput").Contains("ByPropertyName", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_syntax_on_the_page_is_the_cmdlets(string name)
    {
        using var engine = new Engine();
        var command = (CmdletInfo)engine.Single($"Get-Command {name}").BaseObject;
        var page = Page(name);
        Assert.All(command.ParameterSets, set => Assert.Contains($"{name} {set}", page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_examples_run_as_they_stand(string name)
    {
        using var engine = new Engine();
        engine.Set("uri", examples.Platform.BaseUri);
        engine.Set("hubUri", examples.Platform.Hubs[0].BaseUri);
        engine.Set("token", examples.Platform.Token);
        CopySamples();
        engine.Set("location", _location);
        engine.Get("""
            $ExecutionContext.SessionState.Path.SetLocation($location) | Out-Null
            Connect-ScramjetPlatform $uri $token
            foreach ($hub in Get-ScramjetHub) {
                if (-not ($hub | Get-ScramjetSequence hello -ErrorAction SilentlyContinue)) { $hub | ForEach-Object { Publish-ScramjetSequence docs/samples/hello -Hub $_ } | Out-Null }
                if (-not (Get-ScramjetInstance -Hub $hub -Sequence hello -Status Running)) { Get-ScramjetSequence hello -Hub $hub.Id | Start-ScramjetSequence -Wait | Out-Null }
            }
            """);
        foreach (var example in Examples(name))
        {
            var result = engine.Run(example);
            Assert.True(result.Errors.Count == 0, $"{example}\n{string.Join("\n", result.Errors.Select(e => $"{e.FullyQualifiedErrorId}: {e}"))}");
        }

        if (name == "Connect-ScramjetPlatform" || name == "Disconnect-ScramjetPlatform")
            return;
        engine.Get("Get-ScramjetInstance -Space local -Hub * | Stop-ScramjetInstance -Force -Wait -ErrorAction SilentlyContinue; Get-ScramjetSequence e* -Space local -Hub * | Remove-ScramjetSequence -Force -Confirm:$false");
    }

    [Fact]
    public void Every_exported_cmdlet_has_a_page_and_every_page_a_cmdlet()
    {
        using var engine = new Engine();
        var commands = engine.Get("Get-Command -Module ScramjetPlatform").Select(c => ((CmdletInfo)c.BaseObject).Name).Order().ToArray();
        Assert.Equal(commands, Names.Order());
    }

    [Fact]
    public void The_about_topic_is_there()
    {
        Assert.Contains("## LONG DESCRIPTION", File.ReadAllText(Path.Combine(Engine.RepositoryRoot, "bin/en-US/about_ScramjetPlatform.help.txt")), StringComparison.Ordinal);
    }

    private void CopySamples()
    {
        var samples = Path.Combine(Engine.RepositoryRoot, "docs/samples");
        foreach (var file in Directory.EnumerateFiles(samples, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_location, "docs/samples", Path.GetRelativePath(samples, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static IEnumerable<string> Examples(string name) => Regex.Matches(Page(name).Split("## EXAMPLES")[1].Split("## PARAMETERS")[0], "```powershell\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value);

    private static string[] ReadNames() => [.. Directory.GetFiles(Path.Combine(Engine.RepositoryRoot, "docs/en-US"), "*-*.md").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];
}
