using System;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Xunit;
using static ScramjetPlatform.Tests.Engine;

namespace ScramjetPlatform.Tests;

/// <summary>Packing, publishing changes, and invalid packages.</summary>
public sealed class PackageTests(RealPlatform real)
{
    private static string[] EntriesOf(string package)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(package), CompressionMode.Decompress));
        return [.. System.Linq.Enumerable.Repeat(0, int.MaxValue).Select(_ => tar.GetNextEntry()).TakeWhile(e => e is not null).Select(e => e!.Name)];
    }

    private static string WriteTar(string folder, params (string Name, TarEntryType Type, string Content)[] entries)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".tar.gz");
        using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest), TarEntryFormat.Ustar);
        foreach (var (name, type, content) in entries)
        {
            var entry = new UstarTarEntry(type, name);
            if (type == TarEntryType.RegularFile)
                entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
            else
                entry.LinkName = content;
            tar.WriteEntry(entry);
        }

        return path;
    }

    [Fact]
    public void A_folder_becomes_a_package_that_a_hub_accepts()
    {
        using var sequence = new TestSequence();
        Directory.CreateDirectory(Path.Combine(sequence.Folder, "test"));
        sequence.Write("test/one.js", "");
        sequence.Write("notes.txt", "");
        sequence.Write("keep.map", "");
        sequence.Write(".siignore", "# not these\n*.txt\n*.map\n!keep.map\n");
        using var session = real.ConnectHub();
        session.Set("folder", sequence.Folder);
        var package = sequence.Folder + ".tar.gz";
        try
        {
            var file = session.Single("New-ScramjetSequencePackage $folder -Exclude 'test/**'");
            Assert.Equal(package, ((FileInfo)file.BaseObject).FullName);
            Assert.Equal([".siignore", "index.js", "keep.map", "package.json"], EntriesOf(package));
            var bytes = File.ReadAllBytes(package);
            Assert.Equal("ALREADY_EXISTS", Code(session.Error("New-ScramjetSequencePackage $folder")));
            session.Get("New-ScramjetSequencePackage $folder -Exclude 'test/**' -Force");
            Assert.Equal(bytes, File.ReadAllBytes(package));

            var published = session.Single("New-ScramjetSequencePackage $folder -Force | Publish-ScramjetSequence");
            Assert.Equal(sequence.Name, published.Properties["Name"].Value);
            session.Get("Get-ScramjetSequence | Where-Object Name -eq '" + sequence.Name + "' | Remove-ScramjetSequence -Force -Confirm:$false");
            Assert.Empty(session.Get($"Get-ScramjetSequence {sequence.Name}*"));
        }
        finally
        {
            File.Delete(package);
        }
    }

    [Fact]
    public void WhatIf_lists_the_files_and_writes_nothing()
    {
        using var sequence = new TestSequence();
        using var session = new Engine();
        session.Set("folder", sequence.Folder);
        Assert.Empty(session.Get("New-ScramjetSequencePackage $folder -Destination \"$folder/out.tar.gz\" -WhatIf"));
        Assert.Contains("index.js", session.Screen, StringComparison.Ordinal);
        Assert.Contains("package.json", session.Screen, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(sequence.Folder).Length);

        // A package in the folder isn't packed into itself.
        session.Get(
            "New-ScramjetSequencePackage $folder -Destination \"$folder/out.tar.gz\"; New-ScramjetSequencePackage $folder -Destination "
                + "\"$folder/out.tar.gz\" -Force");
        Assert.Equal(["index.js", "package.json"], EntriesOf(Path.Combine(sequence.Folder, "out.tar.gz")));
    }

    [Theory]
    [InlineData("""{ "version": "1.0.0", "main": "index.js" }""", "\"name\"")]
    [InlineData("""{ "name": "x", "main": "index.js" }""", "\"version\"")]
    [InlineData("""{ "name": "x", "version": "1.0.0" }""", "\"main\"")]
    [InlineData("""{ "name": "x", "version": "1.0.0", "main": "missing.js" }""", "missing.js")]
    [InlineData("""{ "name": "x", "version": "1.0.0", "main": "../index.js" }""", "outside")]
    [InlineData("""{ "name": "x", "version": "1.0.0", "main": "index.js", "engines": [] }""", "\"engines\"")]
    [InlineData("""{ "name": "x", """, "JSON")]
    public void An_invalid_package_json_is_an_error_before_anything_is_written(string json, string words)
    {
        using var sequence = new TestSequence();
        sequence.Write("package.json", json);
        using var session = new Engine();
        session.Set("folder", sequence.Folder);
        var error = session.Error("New-ScramjetSequencePackage $folder -Destination \"$folder/out.tar.gz\"");
        Assert.Equal("INVALID_PACKAGE", Code(error));
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(sequence.Folder).Length);
    }

    [Fact]
    public void Required_files_cannot_be_excluded_or_outside_of_the_folder()
    {
        using var sequence = new TestSequence();
        using var session = new Engine();
        session.Set("folder", sequence.Folder);
        Assert.Equal("INVALID_PACKAGE", Code(session.Error("New-ScramjetSequencePackage $folder -Exclude index.js")));
        Assert.Equal("INVALID_PACKAGE", Code(session.Error("New-ScramjetSequencePackage $folder -Exclude '**'")));
        Assert.Equal("INVALID_PACKAGE", Code(session.Error("New-ScramjetSequencePackage $folder -Exclude '[z-a]'")));
        File.CreateSymbolicLink(Path.Combine(sequence.Folder, "long"), new string('x', 101));
        Assert.Equal("INVALID_PACKAGE", Code(session.Error("New-ScramjetSequencePackage $folder")));
        File.Delete(Path.Combine(sequence.Folder, "long"));
        Directory.CreateDirectory(Path.Combine(sequence.Folder, "a/b"));
        File.CreateSymbolicLink(Path.Combine(sequence.Folder, "a/b/c"), "../..");
        File.CreateSymbolicLink(Path.Combine(sequence.Folder, "e"), "a/b/c/../secret");
        Assert.Equal("INVALID_PACKAGE", Code(session.Error("New-ScramjetSequencePackage $folder")));
        File.Delete(Path.Combine(sequence.Folder, "e"));
        File.CreateSymbolicLink(Path.Combine(sequence.Folder, "secrets"), "/etc");
        Assert.Equal("INVALID_PACKAGE", Code(session.Error("New-ScramjetSequencePackage $folder")));
        Assert.Equal("FILE_NOT_FOUND", Code(session.Error("New-ScramjetSequencePackage \"$folder/nowhere\"")));
        Assert.False(File.Exists(sequence.Folder + ".tar.gz"));
    }

    [Fact]
    public void Invalid_packages_are_not_sent()
    {
        const string Good = """{ "name": "bad-package", "version": "1.0.0", "main": "index.js" }""";
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        var json = ("package.json", TarEntryType.RegularFile, Good);
        var main = ("index.js", TarEntryType.RegularFile, "");
        File.WriteAllText(Path.Combine(sequence.Folder, "empty.tar.gz"), "");
        foreach (var package in new[]
        {
            Path.Combine(sequence.Folder, "empty.tar.gz"),
            WriteTar(sequence.Folder, json, main, ("/etc/passwd", TarEntryType.RegularFile, "")),
            WriteTar(sequence.Folder, json, main, ("a/../../b", TarEntryType.RegularFile, "")),
            WriteTar(sequence.Folder, json, main, ("link", TarEntryType.SymbolicLink, "/etc/passwd")),
            WriteTar(sequence.Folder, json, main, ("a/link", TarEntryType.SymbolicLink, "../../b")),
            WriteTar(sequence.Folder, json, main, ("hard", TarEntryType.HardLink, "../b")),
            WriteTar(sequence.Folder, json, main, ("a/b/c", TarEntryType.SymbolicLink, "../.."), ("e", TarEntryType.SymbolicLink, "a/b/c/../secret")),
            WriteTar(sequence.Folder, json),
            WriteTar(sequence.Folder, main),
        })
        {
            Assert.Equal("INVALID_PACKAGE", Code(session.Error($"Publish-ScramjetSequence '{package}'")));
        }

        Assert.Empty(session.Get("Get-ScramjetSequence bad-package*"));
        session.Get(
            $"Publish-ScramjetSequence '{WriteTar(sequence.Folder, json, main, ("a/link", TarEntryType.SymbolicLink, "../index.js"))}' | "
                + "Remove-ScramjetSequence -Confirm:$false");
    }

    [Fact]
    public void Only_changes_are_published()
    {
        using var sequence = new TestSequence();
        using var session = real.Connect();
        session.Set("folder", sequence.Folder);
        var first = session.Get("Publish-ScramjetSequence $folder -IfChanged");
        Assert.Equal(2, first.Count);
        Assert.All(first, s => Assert.Matches(@"^1\.2\.3\+sha\.[0-9a-f]{16}$", (string)s.Properties["Version"].Value));

        var again = session.Run("Publish-ScramjetSequence $folder -IfChanged -Verbose");
        Assert.Empty(again.Errors);
        Assert.Equal(first.Select(s => (string)s.Properties["Id"].Value).Order(), again.Output.Select(s => (string)s.Properties["Id"].Value).Order());
        Assert.DoesNotContain(again.Verbose, v => v.StartsWith("POST", StringComparison.Ordinal));

        // A package with the same content has the same label. One with an additional byte doesn't.
        var package = sequence.Folder + ".tar.gz";
        try
        {
            session.Get("New-ScramjetSequencePackage $folder | Out-Null");
            Assert.Equal(
                first.Select(s => (string)s.Properties["Id"].Value).Order(),
                session.Get($"Publish-ScramjetSequence '{package}' -IfChanged").Select(s => (string)s.Properties["Id"].Value).Order());
        }
        finally
        {
            File.Delete(package);
        }

        File.AppendAllText(Path.Combine(sequence.Folder, "index.js"), " ");
        session.Get("Publish-ScramjetSequence $folder -IfChanged -Hub sth-0 -WhatIf");
        Assert.Equal(2, session.Get($"Get-ScramjetSequence {sequence.Name}").Count);
        session.Get("Publish-ScramjetSequence $folder -IfChanged -Hub sth-0");
        Assert.Equal(3, session.Get($"Get-ScramjetSequence {sequence.Name}*").Count);

        // The running program is the one that was packed.
        session.Set(
            "i",
            session.Single("Publish-ScramjetSequence $folder -IfChanged -Hub sth-1 -Start | Wait-ScramjetInstance -Status Running -WaitTimeoutSec 60"));
        Assert.Equal(sequence.Name, session.Single("$i.SequenceName").BaseObject);
        session.Get($"Get-ScramjetSequence {sequence.Name}* | Remove-ScramjetSequence -Force -Confirm:$false");
    }

    [Fact]
    public async Task Changes_can_replace_the_existing_sequence()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        using var sequence = new TestSequence();
        using var session = platform.Connect();
        session.Set("folder", sequence.Folder);
        var id = session.Single("Publish-ScramjetSequence $folder").Properties["Id"].Value;
        Assert.Equal(id, session.Single("Publish-ScramjetSequence $folder -Update -IfChanged").Properties["Id"].Value);
        Assert.Contains("+sha.", (string)session.Single("Get-ScramjetSequence").Properties["Version"].Value, StringComparison.Ordinal);
        Assert.DoesNotContain(
            session.Run("Publish-ScramjetSequence $folder -Update -IfChanged -Verbose").Verbose,
            v => v.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("start.json", """{ "appConfig": { "city": "Gdańsk", "n": 3 }, "args": ["a", 2, true, { "x": null }] }""")]
    [InlineData("start.yaml", "# what to start with\nappConfig:\n  city: Gdańsk\n  n: 3\nargs: [a, 2, true, { x: null }]\n")]
    public void A_startup_config_is_a_file(string name, string text)
    {
        using var sequence = new TestSequence();
        sequence.Write(name, text);
        using var session = real.ConnectHub();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}'");
        session.Set("file", Path.Combine(sequence.Folder, name));
        session.Set("i", session.Single($"Start-ScramjetSequence {sequence.Name} -StartupConfig $file -Wait"));
        Assert.Equal(
            "Gdańsk 3 4 a 2 True",
            session.Single("\"$($i.AppConfig.city) $($i.AppConfig.n) $($i.ArgumentList.Count) $($i.ArgumentList[0..2])\"").BaseObject);
        Assert.Equal(
            "other",
            session.Single($"(Start-ScramjetSequence {sequence.Name} -StartupConfig $file -ArgumentList other -Wait).ArgumentList[0]").BaseObject);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
    }

    [Fact]
    public async Task A_startup_config_can_contain_all_start_options()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        using var sequence = new TestSequence();
        var id = Guid.NewGuid().ToString();
        sequence.Write(
            "start.yml",
            $"appConfig: {{ a: 1 }}\nargs: [x]\ninputTopic: in\noutputTopic: out\nlimits: {{ memory: 128, gpu: false }}\ninstanceId: {id}\n");
        sequence.Write("config.yaml", "b: [1, 3.14159265358979, 'three', '4', 1e3]\n");
        using var session = platform.Connect();
        session.Set("folder", sequence.Folder);
        session.Get(
            "Publish-ScramjetSequence $folder | Start-ScramjetSequence -StartupConfig \"$folder/start.yml\" -AppConfigPath \"$folder/config.yaml\" "
                + "-OutputTopic other");
        Assert.Equal(
            JObject.Parse($$"""
                {
                  "appConfig": { "b": [1, 3.14159265358979, "three", "4", 1000.0] }, "args": ["x"], "outputTopic": "other", "inputTopic": "in",
                  "limits": { "memory": 128, "gpu": false }, "instanceId": "{{id}}"
                }
                """),
            Assert.Single(platform.Hubs[0].Starts),
            JToken.EqualityComparer);
    }

    [Theory]
    [InlineData("bad.yaml", "a: [1, 2\nb: }", "YAML: line")]
    [InlineData("twice.yaml", "args: [1]\nargs: [2]", "YAML: line")]
    [InlineData("infinite.yaml", "appConfig: { a: .inf }", "YAML")]
    [InlineData("loop.yaml", "appConfig: &x\n  y: *x\n", "YAML")]
    [InlineData("bad.json", "{ \"args\": [", "JSON")]
    [InlineData("list.json", "[]", "object")]
    [InlineData("unknown.json", """{ "arguments": [] }""", "'arguments'")]
    [InlineData("type.yaml", "args: text", "'args' isn't a list")]
    [InlineData("id.yaml", "instanceId: short", "36")]
    [InlineData("limits.yaml", "limits: { memroy: 128 }", "'memroy' isn't a limit")]
    public void An_invalid_startup_config_starts_nothing(string name, string text, string words)
    {
        using var sequence = new TestSequence();
        sequence.Write(name, text);
        using var session = real.ConnectHub();
        var error = session.Error($"Start-ScramjetSequence hello -StartupConfig '{Path.Combine(sequence.Folder, name)}'");
        Assert.Equal("BAD_PARAMETERS", Code(error));
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.Equal("FILE_NOT_FOUND", Code(session.Error($"Start-ScramjetSequence hello -StartupConfig '{sequence.Folder}/nothing.yaml'")));
    }

    [Fact]
    public void A_restart_keeps_the_start_options_on_a_real_hub()
    {
        using var sequence = new TestSequence();
        using var session = real.ConnectHub();
        session.Set("sequence", session.Single($"Publish-ScramjetSequence '{sequence.Folder}'"));
        session.Set("old", session.Single("$sequence | Start-ScramjetSequence -AppConfig @{ city = 'Gdynia' } -ArgumentList a, 2 -Wait"));
        Assert.Empty(session.Get("$old | Restart-ScramjetInstance -WhatIf"));
        session.Set("new", session.Single("$old | Restart-ScramjetInstance -Wait"));
        Assert.Equal("Running Gdynia a 2", session.Single("\"$($new.Status) $($new.AppConfig.city) $($new.ArgumentList)\"").BaseObject);
        Assert.Equal(session.Single("$new.Id").BaseObject, session.Single($"(Get-ScramjetInstance -Sequence {sequence.Name} -Status Running).Id").BaseObject);

        // An ended instance is started again with its known options.
        session.Set("old", session.Single("$new | Stop-ScramjetInstance -Force -Wait -PassThru"));
        Assert.Equal("Gdynia", session.Single("($old | Restart-ScramjetInstance -Wait).AppConfig.city").BaseObject);
        session.Get($"Remove-ScramjetSequence {sequence.Name} -Force -Confirm:$false");
        Assert.Equal("NOT_FOUND", Code(session.Error("$old | Restart-ScramjetInstance")));
    }

    [Fact]
    public async Task A_restart_keeps_the_id_if_the_hub_supports_it()
    {
        await using var platform = await AdminPlatform.StartAsync(1, "alpha");
        platform.Hubs[0].Second = TimeSpan.FromMilliseconds(10);
        platform.Hubs[0].AddSequence("hello");
        using var session = platform.Connect();
        session.Set("old", session.Single("Start-ScramjetSequence hello -InputTopic in -OutputTopic out -Limits @{ memory = 64 } -ArgumentList x"));
        session.Set("new", session.Single("$old | Restart-ScramjetInstance"));
        Assert.True((bool)session.Single("$old.Id -eq $new.Id").BaseObject);
        Assert.Equal("in out 64 x", session.Single("\"$($new.InputTopic) $($new.OutputTopic) $($new.Limits.memory) $($new.ArgumentList)\"").BaseObject);
    }
}
