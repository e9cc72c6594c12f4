using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace ScramjetPlatform.Tests;

/// <summary>PowerShell in the docs: held against the commands that there are, and cut into what can be run one by one.</summary>
internal static class DocumentedScript
{
    /// <summary>Commands of modules that the tests' engine comes without: PowerShell's own ones, and SecretManagement.</summary>
    private static readonly HashSet<string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        "Add-Content", "ConvertFrom-Json", "ConvertTo-Json", "Export-Csv", "Format-List", "Format-Table", "Get-Content", "Get-Date", "Get-Secret",
        "Group-Object", "Import-Csv", "Invoke-RestMethod", "Measure-Object", "New-Guid", "Read-Host", "Select-Object", "Set-Content", "Set-Secret", "Sort-Object", "Start-ThreadJob",
        "Write-Warning",
    };

    private static readonly Lazy<Dictionary<string, CommandInfo>> Here = new(() =>
    {
        using var engine = new Engine();
        var commands = engine.Get("Get-Command -CommandType Cmdlet").Select(c => (CommandInfo)c.BaseObject).ToDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var command in commands.Values)
            _ = command.Parameters;
        return commands;
    });

    /// <summary>The module's cmdlets.</summary>
    public static IReadOnlyList<string> Cmdlets => [.. Here.Value.Values.Where(c => c.ModuleName == "ScramjetPlatform").Select(c => c.Name).Order(StringComparer.Ordinal)];

    /// <summary>What is wrong with a script: syntax errors, and commands and parameters that don't exist.</summary>
    public static IReadOnlyList<string> Faults(string script)
    {
        var ast = Parser.ParseInput(script, out _, out var errors);
        return [.. errors.Select(e => e.Message), .. Commands(ast).SelectMany(Faults)];
    }

    /// <summary>The module's cmdlets that a script names.</summary>
    public static IEnumerable<string> CmdletsIn(string script) =>
        Commands(Parser.ParseInput(script, out _, out _)).Select(c => c.GetCommandName()).Where(n => n is not null && n.Contains("-Scramjet", StringComparison.Ordinal));

    /// <summary>
    /// The statements of a script that can be run one by one here: those whose commands the engine has, that come to an end by themselves, and that use
    /// nothing of a statement that can't be run. Environment variables and profiles are the whole process's: a script that has them stays unrun.
    /// </summary>
    public static IEnumerable<string> Runnable(string script)
    {
        if (script.Contains("$env:", StringComparison.Ordinal) || script.Contains("Profile", StringComparison.Ordinal))
            yield break;

        var missing = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in ((ScriptBlockAst)Parser.ParseInput(script, out _, out _)).EndBlock.Statements)
        {
            if (Variables(statement).Any(missing.Contains) || Commands(statement).Any(c => !CanRun(c)))
                missing.UnionWith(statement.FindAll(a => a is AssignmentStatementAst, true).SelectMany(a => Variables(((AssignmentStatementAst)a).Left)));
            else
                yield return statement.Extent.Text;
        }
    }

    /// <summary>A page's code in PowerShell: what is fenced as such, or, in an about topic, what is indented.</summary>
    public static IReadOnlyList<string> BlocksIn(string path)
    {
        var page = File.ReadAllText(path);
        return Path.GetFileName(path).StartsWith("about_", StringComparison.Ordinal)
            ? [.. Regex.Matches(page, @"(?<=\n\n)(?:    .*\n|\n(?=    ))+").Select(m => m.Value.Replace("\n    ", "\n", StringComparison.Ordinal).Trim())]
            : [.. Regex.Matches(page, "```powershell\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value)];
    }

    private static bool CanRun(CommandAst ast) =>
        (ast.GetCommandName() is not { } name || (Here.Value.ContainsKey(name) && name != "Import-Module"))
        && !ast.CommandElements.OfType<CommandParameterAst>().Any(p => p.ParameterName is "Follow" or "Watch");

    private static IEnumerable<string> Variables(Ast ast) => ast.FindAll(a => a is VariableExpressionAst, searchNestedScriptBlocks: true).Select(a => ((VariableExpressionAst)a).VariablePath.UserPath);

    private static IEnumerable<CommandAst> Commands(Ast ast) => ast.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>();

    private static IEnumerable<string> Faults(CommandAst ast)
    {
        var name = ast.GetCommandName();
        if (name is null || Elsewhere.Contains(name))
            return [];
        if (name.StartsWith("./", StringComparison.Ordinal))
            return File.Exists(Path.Combine(Engine.RepositoryRoot, name)) ? [] : [$"There is no file {name}."];
        if (!Here.Value.TryGetValue(name, out var command))
            return [$"There is no command {name}."];
        return ast.CommandElements.OfType<CommandParameterAst>()
            .Where(p => !command.Parameters.Values.Any(known => known.Aliases.Append(known.Name).Contains(p.ParameterName, StringComparer.OrdinalIgnoreCase)))
            .Select(p => $"{name} has no -{p.ParameterName}.");
    }
}
