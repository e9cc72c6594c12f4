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
/// Windows PowerShell 5.1 can't run here, but these tests check that it finds each assembly that the module references. .NET Framework loads only the exact
/// version, and the module's references aren't redirected, so ModuleDependencies must provide every other assembly.
/// </summary>
public sealed class AssemblyReferenceTests
{
    private static readonly string Module = Path.Combine(Engine.RepositoryRoot, "bin");

    /// <summary>
    /// The assemblies of .NET Framework 4.7.2, the minimum in the manifest, and of Windows PowerShell 5.1. .NET Framework loads its own assemblies in any
    /// version up to its own.
    /// </summary>
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
    public void Windows_PowerShell_finds_every_referenced_assembly()
    {
        var shipped = Directory.GetFiles(Module, "*.dll", SearchOption.AllDirectories).Select(Read).ToArray();
        Assert.Contains(shipped, a => a.Name == "ScramjetPlatform");
        var missing = shipped.SelectMany(a => a.References.Where(r => !IsFound(r, shipped)).Select(r => $"{a.Name} refers to {r.Name} {r.Version}"));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_shipped_assembly_is_referenced()
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
    /// <param name="IsAnsweredByName">Whether ModuleDependencies provides it for its name in any version.</param>
    private sealed record Shipped(string Name, Version Version, bool IsAnsweredByName, IReadOnlyList<AssemblyName> References);
}
