using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace ScramjetPlatform.HelpBuilder;

/// <summary>Writes pages in the form that Get-Help reads.</summary>
internal static class Maml
{
    private static readonly XNamespace Help = "http://msh";
    private static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XDocument From(IEnumerable<HelpPage> pages) => new(
        new XDeclaration("1.0", "utf-8", null),
        new XElement(Help + "helpItems",
            new XAttribute("schema", "maml"),
            new XAttribute(XNamespace.Xmlns + "maml", Text),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            pages.Select(From)));

    private static XElement From(HelpPage page)
    {
        var parts = page.Name.Split('-', 2);
        return new XElement(Command + "command",
            new XElement(Command + "details",
                new XElement(Command + "name", page.Name),
                new XElement(Command + "verb", parts[0]),
                new XElement(Command + "noun", parts[1]),
                Description([page.Synopsis])),
            Description(page.Description),
            new XElement(Command + "syntax", page.Sets.Select(set => new XElement(Command + "syntaxItem",
                new XElement(Text + "name", page.Name),
                page.Parameters.Select(p => (Parameter: p, Facts: p.In(set))).Where(p => p.Facts is not null)
                    .OrderBy(p => p.Facts!.Position, StringComparer.Ordinal).Select(p => Parameter(p.Parameter, p.Facts!, described: false))))),
            new XElement(Command + "parameters", page.Parameters.Select(p => Parameter(p, p.Anywhere, described: true))),
            new XElement(Command + "inputTypes", page.Inputs.Select(i => new XElement(Command + "inputType", Type(i.Type), Description([i.Text])))),
            new XElement(Command + "returnValues", page.Outputs.Select(o => new XElement(Command + "returnValue", Type(o.Type), Description([o.Text])))),
            new XElement(Command + "examples", page.Examples.Select(e => new XElement(Command + "example",
                new XElement(Text + "title", $"------- {e.Title} -------"),
                new XElement(Dev + "code", e.Code),
                new XElement(Dev + "remarks", Paragraphs(e.Remarks))))),
            new XElement(Command + "relatedLinks",
                page.OnlineVersion.Length == 0 ? null : Link("Online Version:", page.OnlineVersion),
                page.RelatedLinks.Select(l => Link(l, ""))));
    }

    /// <summary>A parameter; in the syntax without its description, which Get-Help takes from the list of parameters.</summary>
    private static XElement Parameter(HelpParameter parameter, HelpParameter.InSet facts, bool described) => new(Command + "parameter",
        new XAttribute("required", Lower(facts.IsRequired)),
        new XAttribute("variableLength", Lower(parameter.Type.EndsWith("[]", StringComparison.Ordinal))),
        new XAttribute("globbing", Lower(parameter.Wildcards)),
        new XAttribute("pipelineInput", facts.PipelineInput),
        new XAttribute("position", facts.Position.ToLower(CultureInfo.InvariantCulture)),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Text + "name", parameter.Name),
        described ? Description(parameter.Description) : null,
        parameter.IsSwitch
            ? null
            : new XElement(Command + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", "false"), parameter.Type),
        described ? Type(parameter.Type) : null,
        described ? new XElement(Dev + "defaultValue", parameter.Default) : null);

    private static XElement Link(string text, string uri) =>
        new(Text + "navigationLink", new XElement(Text + "linkText", text), new XElement(Text + "uri", uri));

    private static XElement Type(string name) => new(Dev + "type", new XElement(Text + "name", name), new XElement(Text + "uri"));

    private static XElement Description(IEnumerable<string> paragraphs) => new(Text + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Where(p => p.Length > 0).Select(p => new XElement(Text + "para", p));

    private static string Lower(bool value) => value ? "true" : "false";
}
