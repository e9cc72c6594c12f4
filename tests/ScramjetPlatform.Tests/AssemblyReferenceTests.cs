using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>
/// Windows PowerShell 5.1 can't run here, but it can be known that it finds each assembly that the module refers to. .NET Framework takes no other version
/// than the one that is asked for, and nothing redirects a module's references: what isn't there exactly must come from ModuleDependencies.
/// </summary>
public sealed class AssemblyReferenceTests
{
    private static readonly string Module = Path.Combine(Engine.RepositoryRoot, "bin");

    /// <summary>What .NET Framework 4.7.2, the least that the manifest asks for, and Windows PowerShell 5.1 have. .NET Framework takes its own assemblies in any version up to its own.</summary>
    private static readonly Dictionary<string, Version> Framework = new(StringComparer.Ordinal)
    {
        ["mscorlib"] = new(4, 0, 0, 0),
        ["netstandard"] = new(2, 0, 0, 0),
        ["System"] = new(4, 0, 0, 0),
        ["System.Core"] = new(4, 0, 0, 0),
        ["System.Management.Automation"] = new(3, 0, 0, 0),
        ["System.Numerics"] = new(4, 0, 0, 0),
        ["System.Runtime"] = new(4, 1, 2, 0),
        ["System.Xml"] = new(4, 0, 0, 0),
    };

    [Fact]
    public void Windows_PowerShell_finds_every_assembly_that_what_ships_refers_to()
    {
        var shipped = Directory.GetFiles(Module, "*.dll", SearchOption.AllDirectories).Select(Read).ToArray();
        Assert.Contains(shipped, a => a.Name == "ScramjetPlatform");
        var missing = shipped.SelectMany(a => a.References.Where(r => !IsFound(r, shipped)).Select(r => $"{a.Name} refers to {r.Name} {r.Version}"));
        Assert.Empty(missing);
    }

    [Fact]
    public void Nothing_ships_that_nothing_refers_to()
    {
        var shipped = Directory.GetFiles(Module, "*.dll", SearchOption.AllDirectories).Select(Read).ToArray();
        var wanted = shipped.SelectMany(a => a.References).Select(r => r.Name).Append("ScramjetPlatform").ToHashSet(StringComparer.Ordinal);
        Assert.Empty(shipped.Where(a => !wanted.Contains(a.Name)).Select(a => a.Name));
    }

    private static bool IsFound(AssemblyName reference, IEnumerable<Shipped> shipped) =>
        (Framework.TryGetValue(reference.Name!, out var own) && reference.Version <= own)
        || shipped.Any(a => a.Name == reference.Name && (a.IsAnsweredByName ? a.Version >= reference.Version : a.Version == reference.Version));

    private static Shipped Read(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        var definition = metadata.GetAssemblyDefinition();
        return new Shipped(
            metadata.GetString(definition.Name),
            definition.Version,
            Path.GetFileName(Path.GetDirectoryName(file)) == "dependencies",
            [.. metadata.AssemblyReferences.Select(r => metadata.GetAssemblyReference(r).GetAssemblyName())]);
    }

    /// <summary>An assembly of the module.</summary>
    /// <param name="IsAnsweredByName">Whether ModuleDependencies gives it to who asks for its name, in whatever version.</param>
    private sealed record Shipped(string Name, Version Version, bool IsAnsweredByName, IReadOnlyList<AssemblyName> References);
}
