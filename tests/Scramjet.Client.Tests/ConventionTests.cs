using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Api;
using Scramjet.Client.Streams;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>The conventions of the library, for all of its public types and all of its source.</summary>
public sealed partial class ConventionTests
{
    private const string Client = "src/Scramjet.Client";

    private static readonly Assembly s_client = typeof(ApiClient).Assembly;

    /// <summary>Returns the source files of folders in the repository, without those that a build creates.</summary>
    private static IEnumerable<(string File, string Text)> Sources(params string[] folders)
    {
        var root = typeof(ConventionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
        return folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(f => (File: Path.GetRelativePath(root, f).Replace('\\', '/'), Path: f))
            .Where(f => !f.File.Split('/').Any(part => part is "obj" or "bin" or "node_modules"))
            .Select(f => (f.File, File.ReadAllText(f.Path)));
    }

    /// <summary>Returns the lines that a pattern matches, with their files.</summary>
    private static IEnumerable<string> Lines(Regex pattern, params string[] folders) =>
        Sources(folders).SelectMany(s => s.Text.Split('\n').Where(l => pattern.IsMatch(l)).Select(l => $"{s.File}: {l.Trim()}"));

    private static IEnumerable<MethodInfo> Methods() => s_client.GetExportedTypes().Where(t => !typeof(Stream).IsAssignableFrom(t))
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly));

    [Fact]
    public void The_library_knows_neither_cmdlets_nor_their_parameters() => Assert.Empty(Lines(PowerShellWords(), Client));

    [Fact]
    public void A_method_that_returns_a_task_is_called_Async_and_no_other() =>
        Assert.Empty(Methods().Where(m => typeof(Task).IsAssignableFrom(m.ReturnType) != m.Name.EndsWith("Async", StringComparison.Ordinal)).Select(Name));

    [Fact]
    public void An_async_method_takes_a_cancellation_token_last() =>
        Assert.Empty(Methods()
            .Where(m => typeof(Task).IsAssignableFrom(m.ReturnType))
            .Where(m => m.GetParameters().LastOrDefault() is not { Name: "cancellationToken", IsOptional: true })

            // The language defines its form. The enumerator has the token.
            .Where(m => m.Name != nameof(LineEnumerator.MoveNextAsync))
            .Select(Name));

    [Fact]
    public void Comments_and_messages_are_free_of_quaint_phrases() => Assert.Empty(Lines(QuaintPhrases(), Client, "src/ScramjetPlatform"));

    [Fact]
    public void Lines_have_at_most_160_characters() => Assert.Empty(Lines(LongLine(), "src", "tests"));

    [Fact]
    public void Namespaces_follow_folders() => Assert.Empty(Sources(Client)
        .Where(s => !s.Text.Contains($"namespace {string.Join('.', ["Scramjet", "Client", .. s.File.Split('/')[2..^1]])};", StringComparison.Ordinal))
        .Select(s => s.File));

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    [GeneratedRegex(
        "comes? to be|Mend the|to be had|what is there|sign of life|is no matter|\\banew\\b|run on(?= where|\\.|,| while)|LastWords|Patience|wishes|" +
        "of its own accord|as it stands|as [A-Z][a-zA-Z]+ has it|is told|are told|falls? silent|fell silent|broke off|the thing itself|something is so|" +
        "whatever becomes|whatever became|took? place of|is wanted|are wanted|behind its end|no commas too many|for good[ .,;]")]
    private static partial Regex QuaintPhrases();

    [GeneratedRegex("^.{161,}$")]
    private static partial Regex LongLine();

    [GeneratedRegex(@"PowerShell|[Cc]mdlet|\b[A-Z][a-z]+-Scramjet|(""|//).*[\s""(]-[A-Z][a-z]{2,}[A-Za-z]*(?=[\s.,;:"")])")]
    private static partial Regex PowerShellWords();
}
