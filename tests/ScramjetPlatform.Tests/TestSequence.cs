using System;
using System.IO;
using Scramjet.Testing;

namespace ScramjetPlatform.Tests;

/// <summary>The folder of a sequence for one test, with a unique name.</summary>
public sealed class TestSequence : IDisposable
{
    private const string Waits = "module.exports = async function() { await new Promise(resolve => setTimeout(resolve, 600000)); };";
    private const string EndsOnStop = "module.exports = async function() { "
        + "await new Promise(resolve => { this.addStopHandler(resolve); setTimeout(resolve, 600000); }); };";

    public TestSequence(string code = Waits)
        : this(code, "index.js")
    {
    }

    private TestSequence(string code, string main)
    {
        Name = "test-" + Guid.NewGuid().ToString("N")[..12];
        Folder = Directory.CreateTempSubdirectory("scramjet-test-").FullName;
        WriteManifest("1.2.3", main);
        Write(main, code);
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>Creates a sequence whose program ends when requested to.</summary>
    public static TestSequence Stoppable() => new(EndsOnStop);

    /// <summary>Creates a sequence with a sample or one of <see cref="TestPrograms"/>, for real hubs and the stand-in.</summary>
    public static TestSequence Of(string program) => new(TestPrograms.Code(program, Engine.RepositoryRoot), program + ".js");

    /// <summary>Writes its package.json.</summary>
    public void WriteManifest(string version, string main, string? name = null) =>
        Write("package.json", $$"""{ "name": "{{name ?? Name}}", "version": "{{version}}", "main": "{{main}}", "engines": { "node": ">=16" } }""");

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder, file), text);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
