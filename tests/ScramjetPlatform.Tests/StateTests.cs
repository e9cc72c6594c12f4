using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>State files, on a hub: what differs, what is made of it, and what is written.</summary>
public sealed class StateTests(RealPlatform real) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scramjet-state-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Brief(FakeHub hub) => hub.Second = TimeSpan.FromMilliseconds(20);

    private static string Text(PSObject change, string property) => change.Properties[property].Value?.ToString() ?? "";

    /// <summary>The actions and kinds of changes, such as "Add Instance", without the order.</summary>
    private static string[] Plan(IEnumerable<PSObject> changes) => [.. changes.Select(c => $"{Text(c, "Action")} {Text(c, "Kind")}").Order()];

    private static string[] Differences(IEnumerable<PSObject> changes) =>
        [.. changes.SelectMany(c => ((IEnumerable)c.Properties["Differences"].Value).Cast<object>().Select(d => d.ToString()!)).Order()];

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Hello(TestSequence sequence, string instances, string name = "state.yaml") => Write(name, $"""
        sequences:
          hello:
            path: {sequence.Folder}
            instances:
        {instances}
        """);

    [Theory]
    [EachHub]
    public async Task What_is_missing_is_added_and_then_all_is_the_same(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", Hello(sequence, """
                - {count: 2, args: [Hi, 2], appConfig: {a: {b: 1.50}}}
                - {appConfig: {a: 3}}
            """));
        string[] all = ["Add Instance", "Add Instance", "Add Instance", "Add Sequence"];
        var compared = session.Get("Compare-ScramjetState $file");
        Assert.Equal(all, Plan(compared));
        Assert.All(compared, c => Assert.Equal(sequence.Name, Text(c, "Name")));

        // The plan is the same with -WhatIf, and nothing is done.
        var before = session.Screen.Length;
        Assert.Equal(all, Plan(session.Get("Sync-ScramjetState $file -WhatIf")));
        Assert.Equal(all.Length, session.Screen[before..].Split("What if:").Length - 1);
        Assert.Equal(all, Plan(session.Get("Compare-ScramjetState $file")));

        var done = session.Get("Sync-ScramjetState $file");
        Assert.Equal(all, Plan(done));
        Assert.All(done, c => Assert.Equal("Done", Text(c, "Result")));
        Assert.Equal(3, session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running").Count);

        // Another session doesn't know what this one has started the instances with.
        using var other = hub.Connect();
        other.Set("file", session.Single("$file").ToString());
        string[] same = ["Same Instance", "Same Instance", "Same Instance", "Same Sequence"];
        Assert.Equal(same, Plan(other.Get("Compare-ScramjetState $file")));
        var again = other.Get("Sync-ScramjetState $file");
        Assert.Equal(same, Plan(again));
        Assert.All(again, c => Assert.Equal("None", Text(c, "Result")));
        Assert.Equal(3, session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running").Count);
    }

    [Theory]
    [EachHub]
    public async Task Changed_settings_are_seen_by_another_session_and_replaced_one_by_one(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", Hello(sequence, """
                - {args: [a], appConfig: {level: 1}}
                - {args: [b]}
            """));
        session.Get("Sync-ScramjetState $file");
        var kept = session.Single($"Get-ScramjetInstance {sequence.Name} | Where-Object {{ $_.ArgumentList[0] -eq 'b' }}").Properties["Id"].Value;

        using var other = hub.Connect();
        other.Set("file", Hello(sequence, """
                - {args: [b]}
                - {args: [a], appConfig: {level: 2}}
            """));
        string[] plan = ["Change Instance", "Same Instance", "Same Sequence"];
        var compared = other.Get("Compare-ScramjetState $file");
        Assert.Equal(plan, Plan(compared));
        var difference = Assert.Single(Differences(compared));
        if (which == TestHub.Npm)
            Assert.Equal("appConfig.level: 1 -> 2", difference);

        var done = other.Get("Sync-ScramjetState $file -GracePeriodSec 0.1");
        Assert.Equal(plan, Plan(done));
        Assert.Equal(["Done", "None", "None"], done.Select(c => Text(c, "Result")).Order());
        Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(other.Get("Compare-ScramjetState $file")));
        var running = other.Get($"Get-ScramjetInstance {sequence.Name} -Status Running");
        Assert.Equal(2, running.Count);
        Assert.Contains(kept, running.Select(i => i.Properties["Id"].Value));
    }

    [Theory]
    [EachHub]
    public async Task Changed_content_replaces_the_sequence_and_what_runs_of_it(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", Hello(sequence, "    - {count: 2}"));
        session.Get("Sync-ScramjetState $file");
        sequence.Write("more.txt", "more");
        string[] plan = ["Change Instance", "Change Instance", "Change Sequence"];
        Assert.Equal(plan, Plan(session.Get("Compare-ScramjetState $file")));
        var done = session.Get("Sync-ScramjetState $file -GracePeriodSec 0.1");
        Assert.Equal(plan, Plan(done));
        Assert.All(done, c => Assert.Equal("Done", Text(c, "Result")));
        var now = session.Single($"Get-ScramjetSequence {sequence.Name}");
        Assert.Equal(Text(done.Single(c => Text(c, "Kind") == "Sequence"), "NewId"), Text(now, "Id"));
        Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
    }

    [Theory]
    [EachHub]
    public async Task New_content_that_does_not_run_is_removed_and_the_old_keeps_running(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", Hello(sequence, "    - {}"));
        session.Get("Sync-ScramjetState $file");
        var running = Text(session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running"), "Id");
        sequence.Write("broken.js", TestPrograms.Code("throws", Engine.RepositoryRoot));
        sequence.Write("package.json", $$"""{ "name": "{{sequence.Name}}", "version": "2.0.0", "main": "broken.js", "engines": { "node": ">=16" } }""");
        if (which == TestHub.StandIn)
            sequence.Write("package.json", $$"""{ "name": "{{sequence.Name}}", "version": "2.0.0", "main": "throws.js", "engines": { "node": ">=16" } }""");
        if (which == TestHub.StandIn)
            sequence.Write("throws.js", "");

        var result = session.Run("Sync-ScramjetState $file");
        Assert.Equal(["Change Instance", "Change Sequence"], Plan(result.Output));
        Assert.All(result.Output, c => Assert.Equal("Failed", Text(c, "Result")));
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, e => Assert.Equal("INSTANCE_FAILED", Engine.Code(e)));
        Assert.Contains("The old one keeps running", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Single(session.Get($"Get-ScramjetSequence {sequence.Name}"));
        Assert.Equal(running, Text(session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running"), "Id"));
    }

    [Theory]
    [EachHub]
    public async Task An_instance_that_ends_at_once_does_not_replace_one_that_runs(TestHub which)
    {
        Assert.SkipWhen(which == TestHub.Npm, "A hub of 0.18 keeps an instance running for ten seconds after its program has returned.");
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", Hello(sequence, "    - {}"));
        session.Get("Sync-ScramjetState $file");
        var running = Text(session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running"), "Id");
        sequence.Write("end.js", "module.exports = async function() { this.exitTimeout = 100; return ''; };");
        sequence.Write("package.json", $$"""{ "name": "{{sequence.Name}}", "version": "2.0.0", "main": "end.js", "engines": { "node": ">=16" } }""");

        var result = session.Run("Sync-ScramjetState $file");
        Assert.Equal(["Change Instance", "Change Sequence"], Plan(result.Output));
        Assert.All(result.Output, c => Assert.Equal("Failed", Text(c, "Result")));
        Assert.All(result.Errors, e => Assert.Equal("INSTANCE_FAILED", Engine.Code(e)));
        Assert.Equal(running, Text(session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running"), "Id"));
    }

    [Theory]
    [EachHub]
    public async Task What_was_killed_is_started_again_and_what_is_too_many_is_stopped(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", Hello(sequence, "    - {count: 2, args: [x]}"));
        session.Get("Sync-ScramjetState $file");
        session.Get($"@(Get-ScramjetInstance {sequence.Name})[0] | Stop-ScramjetInstance -Force -Wait");
        Assert.Equal(["Add Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        session.Get("Sync-ScramjetState $file");
        Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));

        Hello(sequence, "    - {count: 1, args: [x]}");
        Assert.Equal(["Remove Instance", "Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        session.Get("Sync-ScramjetState $file -GracePeriodSec 0.1");
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        Assert.Single(session.Get($"Get-ScramjetInstance {sequence.Name} -Status Running"));
    }

    [Theory]
    [EachHub]
    public async Task An_instance_that_was_started_by_hand_is_taken_if_it_is_as_the_file_says(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Get($"$s = Publish-ScramjetSequence '{sequence.Folder}' -IfChanged");
        session.Get("$i = $s | Start-ScramjetSequence -ArgumentList x -AppConfig @{ a = 1 } -Wait");
        session.Set("file", Hello(sequence, "    - {args: [x], appConfig: {a: 1}}"));
        var compared = session.Get("Compare-ScramjetState $file");
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(compared));
        Assert.Equal(Text(session.Single("$i"), "Id"), Text(compared.Single(c => Text(c, "Kind") == "Instance"), "Id"));

        // Without a list of instances, the file isn't about them, but they follow their sequence.
        Write("state.yaml", $"sequences: {{hello: {{path: {sequence.Folder}}}}}");
        Assert.Equal(["Same Sequence"], Plan(session.Get("Compare-ScramjetState $file")));
        sequence.Write("more.txt", "more");
        Assert.Equal(["Change Instance", "Change Sequence"], Plan(session.Get("Sync-ScramjetState $file -GracePeriodSec 0.1")));
        var now = session.Single($"Get-ScramjetInstance {sequence.Name} -Status Running");
        session.Set("now", now);
        Assert.Equal("x 1", session.Single("\"$($now.ArgumentList) $($now.AppConfig.a)\"").ToString());
    }

    [Theory]
    [EachHub]
    public async Task An_exported_state_is_the_same_in_every_format(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("folder", sequence.Folder);
        session.Get("""
            $s = Publish-ScramjetSequence $folder
            $null = $s | Start-ScramjetSequence -Wait
            $config = @{ text = 'a: "b" ${env:X} # c'; yes = 'true'; number = 1.50; none = $null; list = 1, (2, @()), @{ 'a b' = "it's" }; 'ä' = "`n" }
            $null = $s | Start-ScramjetSequence -Wait -AppConfig $config -ArgumentList '1', 1, $null, (1, (2, 3)), ''
            """);
        foreach (var extension in new[] { "yaml", "yml", "json", "psd1" })
        {
            session.Set("file", Path.Combine(_folder, "out." + extension));
            var result = session.Run("Export-ScramjetState $file");
            Assert.Empty(result.Errors);
            Assert.Equal("out." + extension, Text(Assert.Single(result.Output), "Name"));
            var compared = session.Get($"Compare-ScramjetState $file -Prune | Where-Object Name -eq {sequence.Name}");
            Assert.Equal(["Same Instance", "Same Instance", "Same Sequence"], Plan(compared));
        }

        var error = session.Error("Export-ScramjetState $file");
        Assert.Equal("ALREADY_EXISTS", Engine.Code(error));
        session.Get("Export-ScramjetState $file -Force");
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Instances_whose_configuration_is_not_known_are_exported_with_their_fingerprint(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", Hello(sequence, "    - {name: first, args: [x], appConfig: {a: 1}}"));
        session.Get("Sync-ScramjetState $file");

        using var other = hub.Connect();
        other.Set("out", Path.Combine(_folder, "out.yaml"));
        var result = other.Run("Export-ScramjetState $out");
        Assert.Empty(result.Errors);
        Assert.Contains("doesn't have the configuration", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Contains("fingerprint: ", File.ReadAllText(Path.Combine(_folder, "out.yaml")), StringComparison.Ordinal);
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(other.Get($"Compare-ScramjetState $out | Where-Object Name -eq {sequence.Name}")));

        // It can't be started.
        other.Get($"Get-ScramjetInstance {sequence.Name} | Stop-ScramjetInstance -Force -Wait");
        var sync = other.Run($"Sync-ScramjetState $out | Where-Object Name -eq {sequence.Name}");
        Assert.Equal(["Add Instance", "Same Sequence"], Plan(sync.Output));
        var error = Assert.Single(sync.Errors, e => e.ToString().Contains(sequence.Name, StringComparison.Ordinal));
        Assert.Contains($"sequences.{sequence.Name}.instances[0].fingerprint", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [EachHub(Only10 = true)]
    public async Task Topics_are_created_and_replaced_and_used(TestHub which)
    {
        await using var hub = await HubUnderTest.StartAsync(which, real, Brief);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        var (topic, input) = (hub.NewTopic(), hub.NewTopic());
        session.Set("file", Write("state.json", $$"""
            {
                "sequences": { "hello": { "path": "{{sequence.Folder}}", "instances": [{ "inputTopic": "{{input}}", "limits": { "memory": 256 } }] } },
                "topics": { "{{topic}}": { "contentType": "text/plain" } }
            }
            """));
        Assert.Equal(["Add Instance", "Add Sequence", "Add Topic"], Plan(session.Get("Sync-ScramjetState $file")));
        Assert.Equal("text/plain", Text(session.Single($"Get-ScramjetTopic {topic}"), "ContentType"));
        Assert.Equal(input, Text(session.Single($"Get-ScramjetInstance {sequence.Name}"), "InputTopic"));
        Assert.Equal(["Same Instance", "Same Sequence", "Same Topic"], Plan(session.Get("Compare-ScramjetState $file")));

        Write("state.json", $$"""{ "topics": { "{{topic}}": {} } }""");
        var compared = session.Get("Compare-ScramjetState $file");
        Assert.Equal(["Change Topic"], Plan(compared));
        Assert.Equal("contentType: text/plain -> application/x-ndjson", Assert.Single(Differences(compared)));
        session.Get("Sync-ScramjetState $file");
        Assert.Equal("application/x-ndjson", Text(session.Single($"Get-ScramjetTopic {topic}"), "ContentType"));
    }

    [Fact]
    public async Task What_a_hub_of_018_can_not_do_is_an_error_and_the_rest_is_done()
    {
        await using var hub = await HubUnderTest.StartAsync(TestHub.Npm, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Set("file", Hello(sequence, "    - {inputTopic: test-in}\n    - {args: [x]}\ntopics: {test-made: {}}"));
        var result = session.Run("Sync-ScramjetState $file");
        Assert.Equal(["Add Instance", "Add Sequence"], Plan(result.Output));
        Assert.Equal(["NOT_SUPPORTED", "NOT_SUPPORTED"], result.Errors.Select(Engine.Code));
        Assert.Contains(result.Errors, e => e.ToString().StartsWith("sequences.hello.instances[0]: ", StringComparison.Ordinal));
        Assert.Contains(result.Errors, e => e.ToString().StartsWith("topics.test-made: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_come_from_the_environment_and_are_not_shown()
    {
        await using var hub = await HubUnderTest.StartAsync(TestHub.Npm, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        var variable = $"TEST_{sequence.Name[5..].ToUpperInvariant()}";
        session.Set("file", Hello(sequence, "    - {appConfig: {login: 'me:${env:" + variable + "}', text: '$${env:NO}'}}"));
        var error = session.Error("Compare-ScramjetState $file");
        Assert.Equal("BAD_PARAMETERS", Engine.Code(error));
        Assert.Contains(
            $"sequences.hello.instances[0].appConfig.login: the environment variable '{variable}' isn't set",
            error.ToString(),
            StringComparison.Ordinal);

        Environment.SetEnvironmentVariable(variable, "first-secret");
        session.Get("Sync-ScramjetState $file");
        var config = (IDictionary)session.Single($"Get-ScramjetInstance {sequence.Name}").Properties["AppConfig"].Value;
        Assert.Equal("me:first-secret", config["login"]);
        Assert.Equal("${env:NO}", config["text"]);

        Environment.SetEnvironmentVariable(variable, "second-secret");
        var compared = session.Get("Compare-ScramjetState $file -Verbose -Debug 4>&1 5>&1");
        Assert.Contains(compared, c => c.ToString().StartsWith("Change instance", StringComparison.Ordinal));
        Assert.DoesNotContain("first-secret", session.Render("Compare-ScramjetState $file"), StringComparison.Ordinal);
        Assert.DoesNotContain("second-secret", session.Render("Sync-ScramjetState $file -WhatIf"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exported_file_has_references_in_place_of_secrets()
    {
        await using var hub = await HubUnderTest.StartAsync(TestHub.Npm, real);
        using var session = hub.Connect();
        var sequence = hub.Sequence("wait");
        session.Get($"$null = Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -AppConfig @{{ db = @{{ password = 'hunter2' }} }} -Wait");
        session.Set("file", Path.Combine(_folder, "out.json"));
        var variable = $"{sequence.Name.Replace('-', '_').ToUpperInvariant()}_DB_PASSWORD";
        var result = session.Run("Export-ScramjetState $file");
        Assert.Contains(variable, string.Concat(result.Warnings), StringComparison.Ordinal);
        var text = File.ReadAllText(Path.Combine(_folder, "out.json"));
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Contains($"${{env:{variable}}}", text, StringComparison.Ordinal);

        Environment.SetEnvironmentVariable(variable, "hunter2");
        var changes = session.Run("Compare-ScramjetState $file").Output.Where(c => Text(c, "Name") == sequence.Name);
        Assert.Equal(["Same Instance", "Same Sequence"], Plan(changes));
        session.Get("Export-ScramjetState $file -Force -IncludeSecret");
        Assert.Contains("hunter2", File.ReadAllText(Path.Combine(_folder, "out.json")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "out.json")));
    }

    [Theory]
    [InlineData("a.yaml", "sequenzes: {}", "sequenzes: this key is unknown")]
    [InlineData("a.yaml", "sequences: [a]", "sequences: names with values")]
    [InlineData("a.yaml", "sequences: {x: {path: x, hub: y}}", "sequences.x.hub: this key is unknown")]
    [InlineData("a.yaml", "sequences: {x: {path: x, Hubs: y}}", "sequences.x.Hubs: this key is unknown")]
    [InlineData("a.yaml", "sequences: {x: {}}", "sequences.x: the sequence has neither")]
    [InlineData("a.yaml", "sequences: {x: {path: nowhere}}", "sequences.x.path: ")]
    [InlineData("a.yaml", "sequences: {x: {path: x, version: 1.0.0}}", "sequences.x.version: ")]
    [InlineData("a.yaml", "sequences: {x: {version: a, instances: [{hubs: 5}]}}", "sequences.x.instances[0].hubs: ")]
    [InlineData("a.yaml", "sequences: {x: {version: a, instances: [{}, {hubs: [a, '[']}]}}", "sequences.x.instances[1].hubs: ")]
    [InlineData("a.json", """{"sequences": {"x.y": {"version": "a", "instances": [{"count": -1}]}}}""", "sequences.'x.y'.instances[0].count: ")]
    [InlineData("a.json", """{"sequences": {"x": {"version": "a", "instances": [{"args": "a"}]}}}""", "sequences.x.instances[0].args: a list is required")]
    [InlineData("a.psd1", "@{ sequences = @{ x = @{ version = 'a'; instances = @(@{ appConfig = 1 }) } } }", "sequences.x.instances[0].appConfig: ")]
    [InlineData("a.psd1", "@{ sequences = @{ x = @{ version = 'a'; instances = @(@{ order = 'last' }) } } }", "sequences.x.instances[0].order: ")]
    [InlineData("a.psd1", "@{ topics = $(Remove-Item x) }", "line 1, column 13")]
    [InlineData("a.psd1", "@{ topics = \"$env:HOME\" }", "can only have constants")]
    [InlineData("a.psd1", "Get-Date", "isn't one hashtable")]
    [InlineData("a.psd1", "@{ topics = @{ }", "line 1")]
    [InlineData("a.yaml", "topics: {t: {contentType: nothing}}", "topics.t.contentType: ")]
    [InlineData("a.yaml", "a: b: c", "isn't valid YAML")]
    [InlineData("a.txt", "", "its extension")]
    public void A_file_with_an_error_is_refused_with_the_place_of_the_error(string name, string text, string expected)
    {
        using var session = real.ConnectHub();
        session.Set("file", Write(name, text));
        foreach (var command in new[] { "Compare-ScramjetState $file", "Sync-ScramjetState $file" })
        {
            var result = session.Run(command);
            Assert.Empty(result.Output);
            var error = Assert.Single(result.Errors);
            Assert.Equal("caught", session.Single($"try {{ {command} }} catch {{ 'caught' }}").ToString());
            Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
            Assert.Contains(name, error.ToString(), StringComparison.Ordinal);
            Assert.Contains(Engine.Code(error), new[] { "BAD_PARAMETERS", "FILE_NOT_FOUND" });
            Assert.False(string.IsNullOrEmpty(error.ErrorDetails?.RecommendedAction));
        }
    }

    [Fact]
    public void A_list_of_one_text_in_a_data_file_stays_a_list()
    {
        using var session = real.ConnectHub();
        using var sequence = TestSequence.Of("wait");
        session.Set("file", Write("a.psd1", $$"""
            @{
                hubs      = '*'
                sequences = @{ x = @{ path = '{{sequence.Folder}}'; instances = @(@{ args = @('one'); appConfig = @{ a = @(@(1), 2) } }) } }
            }
            """));
        var change = session.Get("Compare-ScramjetState $file").Single(c => Text(c, "Kind") == "Instance");
        Assert.StartsWith("args [\"one\"], appConfig {\"a\":", Text(change, "Description"), StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_in_a_file_are_relative_to_the_file()
    {
        using var session = real.ConnectHub();
        using var sequence = TestSequence.Of("wait");
        foreach (var file in Directory.GetFiles(sequence.Folder))
            File.Copy(file, Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "programs", "one")).FullName, Path.GetFileName(file)));
        session.Set("file", Write("state.yaml", "sequences: {x: {path: programs/one}}"));
        var change = Assert.Single(session.Get("Set-Location /; Compare-ScramjetState $file"));
        Assert.Equal(sequence.Name, Text(change, "Name"));
    }
}
