using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The rules of docs/architecture.md for the code of the module.</summary>
public sealed class ArchitectureTests
{
    /// <summary>The folders of the module, from the bottom up. A file can use its own layer and those below it.</summary>
    private static readonly string[][] Layers = [
        ["Model"], ["View", "Conversion"], ["Binding"], ["Engine"], ["Scope"], ["Streams", "Completion"], ["Commands"]];

    private static readonly string Source = Path.Combine(Engine.RepositoryRoot, "src", "ScramjetPlatform");

    private static readonly Regex Declaration = new(@"^(?:public|internal) (?:\w+ )*?(?:class|struct|enum|interface) (\w+)", RegexOptions.Multiline);

    private static readonly Regex NotCode = new("""//.*|"(?:\\.|[^"\\])*"|\[OutputType.*""");

    private static Assembly Module(Engine engine) => ((CmdletInfo)engine.Single("Get-Command Get-ScramjetHub").BaseObject).ImplementingType.Assembly;

    private static IEnumerable<(string Folder, string Name, string Text)> Files() => Directory.GetDirectories(Source)
        .Where(folder => Path.GetFileName(folder) is not ("bin" or "obj"))
        .SelectMany(
            folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
                .Select(file => (Path.GetFileName(folder), Path.GetFileName(file), File.ReadAllText(file))));

    private static bool IsCmdlet(Type? type) => type is not null && (typeof(Cmdlet).IsAssignableFrom(type) || IsCmdlet(type.DeclaringType));

    private static IEnumerable<Type> TypesOf(Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetFields(All).Select(f => f.FieldType)
            .Concat(type.GetProperties(All).Select(p => p.PropertyType))
            .Concat(type.GetMethods(All).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)))
            .Concat(type.GetConstructors(All).SelectMany(c => c.GetParameters().Select(p => p.ParameterType)));
    }

    [Fact]
    public void A_cmdlet_has_at_most_two_base_classes_of_the_module()
    {
        using var engine = new Engine();
        var module = Module(engine);
        static IEnumerable<Type> Bases(Type? type)
        {
            for (; type is not null; type = type.BaseType)
                yield return type;
        }

        var cmdlets = module.GetTypes().Where(t => !t.IsAbstract && typeof(Cmdlet).IsAssignableFrom(t)).ToArray();
        Assert.NotEmpty(cmdlets);
        Assert.Empty(cmdlets.Where(t => Bases(t.BaseType).Count(b => b.Assembly == module) > 2).Select(t => t.Name));

        // No class declares a parameter of its base class again.
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        Assert.Empty(cmdlets.SelectMany(t => Bases(t)
            .SelectMany(b => b.GetProperties(Declared).Where(p => p.IsDefined(typeof(ParameterAttribute), false)).Select(p => p.Name))
            .GroupBy(name => name)
            .Where(g => g.Count() > 1)
            .Select(g => $"{t.Name}.{g.Key}")));
    }

    [Fact]
    public void Only_cmdlets_know_cmdlets()
    {
        using var engine = new Engine();
        var others = Module(engine).GetTypes().Where(t => !IsCmdlet(t)).ToArray();
        Assert.NotEmpty(others);
        Assert.Empty(others.Where(t => TypesOf(t).Any(u => typeof(Cmdlet).IsAssignableFrom(u))).Select(t => t.FullName));
    }

    [Fact]
    public void A_file_uses_its_own_layer_and_the_ones_below()
    {
        var files = Files().ToArray();
        var order = Layers.SelectMany((layer, i) => layer.Select(folder => (folder, i))).ToDictionary(l => l.folder, l => l.i);
        Assert.Equal(order.Keys.Order(), files.Select(f => f.Folder).Distinct().Order());

        var layerOf = files
            .SelectMany(f => Declaration.Matches(f.Text).Select(m => (Type: m.Groups[1].Value, Layer: order[f.Folder])))
            .GroupBy(t => t.Type)
            .ToDictionary(g => g.Key, g => g.Min(t => t.Layer));
        var wrong = files.SelectMany(f => Regex.Matches(NotCode.Replace(f.Text, ""), @"(?<![\w.])[A-Z]\w+(?! =)(?=[\s.<>(?)\[,;])")
            .Select(m => m.Value)
            .Distinct()
            .Where(name => layerOf.TryGetValue(name, out var layer) && layer > order[f.Folder])
            .Select(name => $"{f.Folder}/{f.Name} uses {name}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_namespace_of_an_internal_type_is_its_folder()
    {
        // Users see the types of the root namespace, and scripts and pages can use the references by their first namespace.
        var wrong = Files().Where(f => f.Folder is not ("Model" or "Commands") && !f.Text.Contains("\npublic ", StringComparison.Ordinal)
            && !f.Text.Contains($"\nnamespace ScramjetPlatform.{f.Folder};", StringComparison.Ordinal));
        Assert.Empty(wrong.Select(f => $"{f.Folder}/{f.Name}"));
    }

    [Fact]
    public void The_client_knows_no_PowerShell()
    {
        var sources = Directory.GetFiles(Path.Combine(Engine.RepositoryRoot, "src", "Scramjet.Client"), "*.cs", SearchOption.AllDirectories);
        Assert.DoesNotContain(sources, f => File.ReadAllText(f).Contains("System.Management.Automation", StringComparison.Ordinal));
    }
}
