using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation.Language;
using System.Threading;

namespace ScramjetPlatform.Tests;

/// <summary>Compares PowerShell in the docs with the existing commands.</summary>
internal static class DocumentedScript
{
    /// <summary>The only command of a module that isn't part of PowerShell: SecretManagement.</summary>
    private const string Elsewhere = "Get-Secret";

    private static readonly Engine Session = new();
    private static readonly Lock Gate = new();
    private static readonly ConcurrentDictionary<string, string[]> Known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The module's cmdlets.</summary>
    public static IReadOnlyList<string> Cmdlets => Ask("Get-Command -Module ScramjetPlatform | ForEach-Object Name");

    /// <summary>Returns what is wrong with a script: syntax errors, and commands and parameters that don't exist.</summary>
    public static IReadOnlyList<string> Faults(string script)
    {
        var ast = Parser.ParseInput(script, out _, out var errors);
        return [.. errors.Select(e => e.Message), .. Commands(ast).SelectMany(Faults)];
    }

    /// <summary>Returns the module's cmdlets in a script.</summary>
    public static IEnumerable<string> CmdletsIn(string script) =>
        Commands(Parser.ParseInput(script, out _, out _)).Select(c => c.GetCommandName())
            .Where(n => n is not null && n.Contains("-Scramjet", StringComparison.Ordinal));

    private static IEnumerable<CommandAst> Commands(Ast ast) => ast.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>();

    private static IEnumerable<string> Faults(CommandAst ast)
    {
        var name = ast.GetCommandName();
        if (name is null or Elsewhere)
            return [];
        if (name.StartsWith("./", StringComparison.Ordinal))
            return File.Exists(Path.Combine(Engine.RepositoryRoot, name)) ? [] : [$"There is no file {name}."];
        var known = Known.GetOrAdd(
            name,
            n => Ask($"Get-Command '{n}' -ErrorAction Ignore | ForEach-Object {{ $_.Name; $_.Parameters.Values | ForEach-Object {{ $_.Name; $_.Aliases }} }}"));
        if (known.Length == 0)
            return [$"There is no command {name}."];
        return ast.CommandElements.OfType<CommandParameterAst>()
            .Where(p => !known.Contains(p.ParameterName, StringComparer.OrdinalIgnoreCase))
            .Select(p => $"{name} has no -{p.ParameterName}.");
    }

    private static string[] Ask(string script)
    {
        lock (Gate)
            return [.. Session.Get(script).Select(o => (string)o.BaseObject)];
    }
}
