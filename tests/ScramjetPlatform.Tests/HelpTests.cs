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

    public static TheoryData<string> AboutTopics => [.. Directory.GetFiles(Path.Combine(Engine.RepositoryRoot, "docs/en-US"), "about_*.md").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Guides => ["README.md", .. AboutTopics.Select(t => $"docs/en-US/{t.Data}.md")];

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
    public void Get_Help_has_the_cmdlets_sets_and_defaults(string name)
    {
        using var engine = new Engine();
        engine.Set("name", name);
        engine.Get("$help = Get-Help $name -Full");
        var command = (CmdletInfo)engine.Single("Get-Command $name").BaseObject;
        string[] Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
        var real = command.ParameterSets.Select(s => string.Join(' ', Sorted(s.Parameters.Select(p => p.Name).Where(p => !Cmdlet.CommonParameters.Contains(p)))));
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
        CopySamples();
        using var engine = Connect(_location);
        foreach (var example in Examples(name))
        {
            var result = engine.Run(example);
            Assert.True(result.Errors.Count == 0, $"{example}\n{string.Join("\n", result.Errors.Select(e => $"{e.FullyQualifiedErrorId}: {e}"))}");
        }

        foreach (var hub in examples.Platform.Hubs)
            examples.Platform.ReconnectHub("local", hub.Id);
        engine.Get("Connect-ScramjetPlatform $uri -AccessToken $token");
        engine.Get("Get-ScramjetInstance -Space local -Hub * | Stop-ScramjetInstance -Force -Wait -ErrorAction SilentlyContinue; Get-ScramjetSequence e* -Space local -Hub * | Remove-ScramjetSequence -Force -Confirm:$false");
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
        Assert.Equal(File.ReadLines(Path.Combine(Engine.RepositoryRoot, "docs/en-US", topic + ".md")).ElementAt(4), engine.Single($"Get-Help {topic}*").Properties["Synopsis"].Value);
        Assert.All(lines, line => Assert.True(line.Length <= 80 || line.StartsWith("        ", StringComparison.Ordinal), line));

        // Windows PowerShell reads the file in the machine's own encoding.
        Assert.DoesNotContain(text, c => c is '#' or '`' or > '~');
        var see = lines.SkipWhile(l => l != "SEE ALSO").SelectMany(l => Regex.Matches(l, @"[\w-]+-Scramjet\w+|about_\w+")).Select(m => m.Value);
        Assert.All(see, name => Assert.Single(engine.Get($"Get-Help {name}")));
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void The_code_in_a_guide_is_valid_and_names_what_there_is(string path)
    {
        var blocks = DocumentedScript.BlocksIn(Path.Combine(Engine.RepositoryRoot, path));
        Assert.NotEmpty(blocks);
        Assert.Empty(blocks.SelectMany(DocumentedScript.Faults));
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void The_code_in_a_guide_runs(string path)
    {
        var folder = Directory.CreateTempSubdirectory("scramjet-guide-").FullName;
        try
        {
            CopySample("hello", folder, "my-sequence");
            CopySample("ping", folder, "ping");
            CopySample("grep", folder, "grep");
            CopySample("double", folder, "enrich");
            File.WriteAllText(Path.Combine(folder, "lines.txt"), "one\ntwo\n");
            using var engine = Connect(folder);
            engine.Get("Publish-ScramjetSequence grep, enrich");
            var statements = DocumentedScript.BlocksIn(Path.Combine(Engine.RepositoryRoot, path)).SelectMany(DocumentedScript.Runnable).ToArray();
            Assert.NotEmpty(statements);
            foreach (var statement in statements)
            {
                // The local hubs are of 0.18: what they can't do, they say.
                var errors = engine.Run(Localize(statement)).Errors.Where(e => !e.FullyQualifiedErrorId.StartsWith("NOT_SUPPORTED,", StringComparison.Ordinal)).ToArray();
                Assert.True(errors.Length == 0, $"{statement}\n{string.Join("\n", errors.Select(e => $"{e.FullyQualifiedErrorId}: {e}"))}");
            }
        }
        finally
        {
            using var last = Connect(Engine.RepositoryRoot);
            last.Get("""
                Get-ScramjetInstance | Stop-ScramjetInstance -Force -Wait -ErrorAction SilentlyContinue
                Get-ScramjetSequence | Where-Object Name -ne hello | Remove-ScramjetSequence -Force -Confirm:$false
                """);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The local platform's addresses in the place of those that the guides have.</summary>
    private string Localize(string statement) => statement
        .Replace("https://api.scramjet.cloud/api/v1", examples.Platform.BaseUri.AbsoluteUri, StringComparison.Ordinal)
        .Replace("http://127.0.0.1:8000/api/v1", examples.Platform.Hubs[0].BaseUri.AbsoluteUri, StringComparison.Ordinal)
        .Replace("http://127.0.0.1:11000/api/v1", examples.Platform.MultiManagerUri.AbsoluteUri, StringComparison.Ordinal);

    private static void CopySample(string sample, string folder, string name)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Engine.RepositoryRoot, "docs/samples", sample)))
            File.WriteAllText(Path.Combine(target, Path.GetFileName(file)), File.ReadAllText(file).Replace($"\"name\": \"{sample}\"", $"\"name\": \"{name}\"", StringComparison.Ordinal));
    }

    /// <summary>A session on the platform, where both hubs have the sequence hello, and run it.</summary>
    private Engine Connect(string location)
    {
        var engine = new Engine();
        engine.Set("uri", examples.Platform.BaseUri);
        engine.Set("hubUri", examples.Platform.Hubs[0].BaseUri);
        engine.Set("multiManagerUri", examples.Platform.MultiManagerUri);
        engine.Set("token", examples.Platform.Token);
        engine.Set("location", location);
        engine.Set("hello", Path.Combine(Engine.RepositoryRoot, "docs/samples/hello"));
        engine.Get("""
            $ExecutionContext.SessionState.Path.SetLocation($location) | Out-Null
            Connect-ScramjetPlatform $uri -AccessToken $token
            foreach ($hub in Get-ScramjetHub) {
                if (-not ($hub | Get-ScramjetSequence hello -ErrorAction SilentlyContinue)) { $hub | ForEach-Object { Publish-ScramjetSequence $hello -Hub $_ } | Out-Null }
                if (-not (Get-ScramjetInstance -Hub $hub -Sequence hello -Status Running)) { Get-ScramjetSequence hello -Hub $hub.Id | Start-ScramjetSequence -Wait | Out-Null }
            }
            """);
        return engine;
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
