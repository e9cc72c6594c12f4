using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The tables that compare `si` and the JavaScript clients with this module are correct and complete.</summary>
public sealed class TableTests
{
    private const string CommandLine = "si.md";
    private const string Client = "client.md";
    private const string None = "none";

    private static readonly Assembly ClientAssembly = Assembly.LoadFrom(Path.Combine(Engine.RepositoryRoot, "bin/Scramjet.Client.dll"));

    public static TheoryData<string, string, int> Rows
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var row in Read(CommandLine).Concat(Read(Client)))
                data.Add(row.Page, row.Cells[0], row.Line);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_is_complete_and_its_commands_exist(string page, string first, int line)
    {
        var row = Read(page).Single(r => r.Line == line);
        Assert.Equal(first, row.Cells[0]);
        Assert.Equal(row.Header.Count, row.Cells.Count);
        Assert.All(row.Cells, cell => Assert.NotEmpty(cell));
        Assert.Empty(row.Code("This module", "Cmdlet").Concat(row.Code("Note").Where(NamesACommand)).SelectMany(DocumentedScript.Faults));
        Assert.All(row.Code("C#"), code => Assert.True(Exists(code), $"There is no {code}."));

        // If there is no equivalent, the note gives the reason.
        foreach (var column in row.Header.Intersect(["This module", "C#", "Cmdlet"]))
            Assert.True(row[column] == None || row.Code(column).Any(), $"{column}: {row[column]}");
    }

    [Fact]
    public void Each_command_of_si_is_in_the_table_once()
    {
        var commands = Read(CommandLine).SelectMany(r => r.Code("`si`")).ToArray();
        Assert.All(commands, c => Assert.StartsWith("si ", c, StringComparison.Ordinal));
        Assert.Equal(commands.Distinct(), commands);
        Assert.InRange(commands.Length, 100, 1000);
    }

    [Fact]
    public void Each_method_of_a_JavaScript_client_is_in_the_table_once() =>
        Assert.All(Read(Client).Where(r => r.Header[0] == "JavaScript").GroupBy(r => (r.Section, r.Cells[0])), g => Assert.Single(g));

    [Fact]
    public void Every_cmdlet_is_in_the_table()
    {
        var named = Read(CommandLine).Concat(Read(Client)).SelectMany(r => r.Code("This module", "Cmdlet")).SelectMany(DocumentedScript.CmdletsIn);
        Assert.Empty(DocumentedScript.Cmdlets.Except(named, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_async_method_of_the_clients_is_in_the_table()
    {
        var named = Read(Client).SelectMany(r => r.Code("C#"));
        var client = ClientAssembly.GetType("Scramjet.Client.Api.ApiClient", throwOnError: true)!;
        var methods = ClientAssembly.GetExportedTypes().Where(t => client.IsAssignableFrom(t) && !t.IsAbstract)
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
                .Where(m => typeof(Task).IsAssignableFrom(m.ReturnType))
                .Select(m => $"{t.Name}.{m.Name}")).ToArray();
        Assert.NotEmpty(methods);
        Assert.Empty(methods.Except(named, StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_of_commands_links_the_page_of_every_cmdlet()
    {
        using var engine = new Engine();
        var table = File.ReadAllText(Path.Combine(Engine.RepositoryRoot, "docs/commands.md"));
        var names = engine.Get("(Get-Command -Module ScramjetPlatform).Name").Select(n => (string)n.BaseObject).ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"(en-US/{name}.md)", table, StringComparison.Ordinal));
    }

    /// <summary>A note can also have code that isn't a command: options, routes, properties.</summary>
    private static bool NamesACommand(string code) => Regex.IsMatch(code, @"\b[A-Z][a-z]+-[A-Z]\w+");

    /// <summary>Returns whether there is a type for `new Type(...)`, or a public member for `Type.Member`.</summary>
    private static bool Exists(string code)
    {
        if (Regex.Match(code, @"^new (\w+)\(") is { Success: true } made)
            return Type(made.Groups[1].Value) is { } type && type.GetConstructors().Length > 0;
        return code.Split('.') is [var name, var member]
            && Type(name)?.GetMember(member, BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy).Length > 0;
    }

    private static Type? Type(string name) => ClientAssembly.GetExportedTypes().SingleOrDefault(t => t.Name == name);

    private static IEnumerable<Row> Read(string page)
    {
        IReadOnlyList<string>? header = null;
        var section = "";
        // A script writes the table of daily jobs, and runs its commands.
        var isWritten = false;
        foreach (var (text, line) in File.ReadLines(Path.Combine(Engine.RepositoryRoot, "docs", page)).Select((t, i) => (t, i + 1)))
        {
            isWritten = text == "<!-- daily jobs -->" || (isWritten && text != "<!-- end of daily jobs -->");
            if (isWritten)
                continue;

            if (text.StartsWith('#'))
                section = text;
            if (!text.StartsWith('|'))
                header = null;
            else if (header is null)
                header = Cells(text);
            else if (!text.StartsWith("|---", StringComparison.Ordinal))
                yield return new Row(page, section, line, header, Cells(text));
        }
    }

    private static List<string> Cells(string line) =>
        [.. Regex.Split(line.Trim().Trim('|'), @"(?<!\\)\|").Select(c => c.Trim().Replace(@"\|", "|", StringComparison.Ordinal))];

    private sealed record Row(string Page, string Section, int Line, IReadOnlyList<string> Header, IReadOnlyList<string> Cells)
    {
        public string this[string column] => Cells[Header.ToList().IndexOf(column)];

        /// <summary>Returns the code in these columns, if the table has them.</summary>
        public IEnumerable<string> Code(params string[] columns) =>
            columns.Where(Header.Contains).SelectMany(c => Regex.Matches(this[c], "`([^`]+)`").Select(m => m.Groups[1].Value));
    }
}
