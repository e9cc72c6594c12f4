using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace ScramjetPlatform.HelpBuilder;

/// <summary>A cmdlet's page in PlatyPS's markdown, taken apart.</summary>
internal sealed partial class HelpPage
{
    private const string Default = " (Default)";
    private const string OnlineVersionField = "HelpUri:";

    private readonly Dictionary<string, List<string>> _sections = new(StringComparer.OrdinalIgnoreCase);

    private HelpPage(string name) => Name = name;

    public string Name { get; }

    /// <summary>Where the page is on the web: what Get-Help -Online opens.</summary>
    public string OnlineVersion { get; private set; } = "";

    public string Synopsis => string.Join(" ", Paragraphs(_sections["SYNOPSIS"]));

    public IReadOnlyList<string> Description => Paragraphs(_sections["DESCRIPTION"]);

    public IReadOnlyList<(string Title, string Code, IReadOnlyList<string> Remarks)> Examples =>
        [.. Parts("EXAMPLES").Select(p => (p.Title, CodeOf(p.Lines), Paragraphs(WithoutCode(p.Lines))))];

    public IReadOnlyList<HelpParameter> Parameters =>
        [
            .. Parts("PARAMETERS").Where(p => p.Title.StartsWith('-'))
                .Select(p => new HelpParameter(p.Title[1..], Paragraphs(WithoutCode(p.Lines)), CodeOf(p.Lines)))];

    public IReadOnlyList<(string Type, string Text)> Inputs => [.. Parts("INPUTS").Select(p => (p.Title, string.Join(" ", Paragraphs(p.Lines))))];

    public IReadOnlyList<(string Type, string Text)> Outputs => [.. Parts("OUTPUTS").Select(p => (p.Title, string.Join(" ", Paragraphs(p.Lines))))];

    public IReadOnlyList<string> RelatedLinks =>
        [.. _sections.GetValueOrDefault("RELATED LINKS", []).Select(l => Link().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];

    /// <summary>The parameter sets in the syntax section, the default one first.</summary>
    public IReadOnlyList<string> Sets =>
        [
            .. Parts("SYNTAX").Select(p => p.Title).OrderByDescending(t => t.EndsWith(Default, StringComparison.Ordinal))
                .Select(t => t.Replace(Default, "", StringComparison.Ordinal))];

    /// <summary>Reads a page.</summary>
    /// <exception cref="FormatException">A section is missing.</exception>
    public static HelpPage Read(string path)
    {
        var page = new HelpPage(Path.GetFileNameWithoutExtension(path));
        List<string>? section = null;
        var inCode = false;
        foreach (var line in File.ReadLines(path))
        {
            inCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!inCode && line.StartsWith("## ", StringComparison.Ordinal))
                page._sections[line[3..].Trim()] = section = [];
            else if (section is not null)
                section.Add(line);
            else if (line.StartsWith(OnlineVersionField, StringComparison.Ordinal))
                page.OnlineVersion = line[OnlineVersionField.Length..].Trim();
        }

        foreach (var wanted in new[] { "SYNOPSIS", "SYNTAX", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS" })
        {
            if (!page._sections.ContainsKey(wanted))
                throw new FormatException($"{path} has no section {wanted}.");
        }

        return page;
    }

    private List<(string Title, List<string> Lines)> Parts(string section)
    {
        var parts = new List<(string Title, List<string> Lines)>();
        var inCode = false;
        foreach (var line in _sections[section])
        {
            inCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!inCode && line.StartsWith("### ", StringComparison.Ordinal))
                parts.Add((line[4..].Trim(), []));
            else if (parts.Count > 0)
                parts[^1].Lines.Add(line);
        }

        return parts;
    }

    private static string CodeOf(List<string> lines) =>
        string.Join(
            "\n",
            lines.SkipWhile(l => !l.StartsWith("```", StringComparison.Ordinal)).Skip(1).TakeWhile(l => !l.StartsWith("```", StringComparison.Ordinal)));

    private static List<string> WithoutCode(List<string> lines)
    {
        var inCode = false;
        return lines.Where(line =>
        {
            var fence = line.StartsWith("```", StringComparison.Ordinal);
            inCode ^= fence;
            return !inCode && !fence;
        }).ToList();
    }

    private static List<string> Paragraphs(List<string> lines)
    {
        var paragraphs = new List<string>();
        var open = false;
        foreach (var line in lines)
        {
            if (line.Trim().Length == 0)
            {
                open = false;
                continue;
            }

            if (open && !line.StartsWith("- ", StringComparison.Ordinal))
                paragraphs[^1] += " " + line.Trim();
            else
                paragraphs.Add(line.Trim());
            open = true;
        }

        return paragraphs;
    }

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();
}
