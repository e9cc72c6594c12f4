using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ScramjetPlatform.View;

/// <summary>Draws the picture of flows as SVG, with colors for light and dark pages.</summary>
internal static class FlowPicture
{
    private const double Margin = 20;
    private const double Padding = 14;
    private const double TitleSize = 14;
    private const double DetailSize = 11;

    /// <summary>The width of a character of a monospaced font, as a part of its size. Texts are fitted to it, whichever font is used.</summary>
    private const double CharacterWidth = 0.6;

    private const int MaxColumns = 44;

    private const string Style = """

        .ground { fill: #ffffff }
        text { font-family: ui-monospace, "Cascadia Mono", Consolas, Menlo, "DejaVu Sans Mono", monospace; text-anchor: middle; fill: #1f2328 }
        .title { font-size: 14px }
        .detail { font-size: 11px; fill: #59636e }
        .instance rect { fill: #ddf4ff; stroke: #0969da }
        .hub rect { fill: #f6f8fa; stroke: #59636e }
        .topic rect { fill: #fff8c5; stroke: #9a6700 }
        .open rect { stroke-dasharray: 5 4 }
        .line { fill: none; stroke: #59636e; stroke-width: 1.5 }
        .head { fill: #59636e }
        @media (prefers-color-scheme: dark) {
          .ground { fill: #0d1117 }
          text { fill: #f0f6fc }
          .detail { fill: #9198a1 }
          .instance rect { fill: #121d2f; stroke: #4493f8 }
          .hub rect { fill: #151b23; stroke: #9198a1 }
          .topic rect { fill: #272115; stroke: #d29922 }
          .line { stroke: #9198a1 }
          .head { fill: #9198a1 }
        }

        """;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    /// <summary>Draws the graph.</summary>
    public static string Svg(FlowGraph graph)
    {
        var layout = new FlowLayout(graph, SizeOf);
        var (width, height) = (layout.Width + 2 * Margin, layout.Height + 2 * Margin);
        var root = new XElement(
            s_svg + "svg",
            new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"),
            Attribute("width", width),
            Attribute("height", height),
            new XAttribute("role", "img"),
            new XElement(s_svg + "title", "The flow of topics"),
            new XElement(s_svg + "style", Style),
            new XElement(
                s_svg + "defs",
                new XElement(
                    s_svg + "marker",
                    new XAttribute("id", "head"),
                    new XAttribute("viewBox", "0 0 10 10"),
                    Attribute("refX", 9),
                    Attribute("refY", 5),
                    Attribute("markerWidth", 7),
                    Attribute("markerHeight", 7),
                    new XAttribute("orient", "auto"),
                    new XElement(s_svg + "path", new XAttribute("class", "head"), new XAttribute("d", "M 0 0 L 10 5 L 0 10 z")))),
            new XElement(s_svg + "rect", new XAttribute("class", "ground"), new XAttribute("width", "100%"), new XAttribute("height", "100%")),
            layout.Lines.Select(Line),
            layout.Nodes.Select(Node));
        return root.ToString();
    }

    /// <summary>A line from the side of a node to the side of another. It is straight in the columns, and curved between them.</summary>
    private static XElement Line(FlowLayout.Place[] places)
    {
        var isBack = places[0].Column > places[places.Length - 1].Column;
        double Out(FlowLayout.Place place) => Margin + (isBack ? place.Sides.Left : place.Sides.Right);
        double In(FlowLayout.Place place) => Margin + (isBack ? place.Sides.Right : place.Sides.Left);
        var (first, last) = (places[0], places[places.Length - 1]);
        var path = new StringBuilder($"M {Number(Margin + (isBack ? first.Left : first.Right))} {Y(first)}");
        for (var i = 1; i < places.Length; i++)
        {
            var (from, to) = (Out(places[i - 1]), In(places[i]));
            var half = Number((from + to) / 2);
            path.Append($" H {Number(from)} C {half} {Y(places[i - 1])} {half} {Y(places[i])} {Number(to)} {Y(places[i])}");
        }

        path.Append($" H {Number(Margin + (isBack ? last.Right : last.Left))}");

        return new XElement(
            s_svg + "path",
            new XAttribute("class", "line"),
            new XAttribute("d", path.ToString()),
            new XAttribute("marker-end", "url(#head)"));

        static string Y(FlowLayout.Place place) => Number(Margin + place.Middle);
    }

    private static XElement Node(FlowLayout.Place place)
    {
        var node = place.Node!;
        var (title, detail) = Texts(node);
        var (left, top, middle) = (Margin + place.Left, Margin + place.Top, Margin + place.Left + place.Width / 2);
        var corner = node.Kind == FlowNodeKind.Topic ? place.Height / 2 : 4;
        var name = node.Kind.ToString().ToLowerInvariant() + (node.IsOpen ? " open" : "");
        return new XElement(
            s_svg + "g",
            new XAttribute("class", name),
            new XElement(s_svg + "title", Valid(string.Join(", ", new[] { node.Title, node.Group, node.Detail }.OfType<string>()))),
            new XElement(
                s_svg + "rect",
                Attribute("x", left),
                Attribute("y", top),
                Attribute("width", place.Width),
                Attribute("height", place.Height),
                Attribute("rx", corner)),
            Text("title", title, TitleSize, middle, top + (detail is null ? 19 : 20)),
            detail is null ? null : Text("detail", detail, DetailSize, middle, top + 36));
    }

    private static XElement Text(string name, string text, double size, double x, double y) => new(
        s_svg + "text",
        new XAttribute("class", name),
        Attribute("x", x),
        Attribute("y", y),
        text.Length == 0 ? null : Attribute("textLength", Columns(text) * size * CharacterWidth),
        text.Length == 0 ? null : new XAttribute("lengthAdjust", "spacingAndGlyphs"),
        text);

    private static (double Width, double Height) SizeOf(FlowNode node)
    {
        var (title, detail) = Texts(node);
        var width = Math.Max(Columns(title) * TitleSize, Columns(detail ?? "") * DetailSize) * CharacterWidth;

        // A topic's ends are round.
        var padding = node.Kind == FlowNodeKind.Topic ? Padding * 1.5 : Padding;
        return (Math.Max(width, 40) + 2 * padding, detail is null ? 29 : 46);
    }

    private static (string Title, string? Detail) Texts(FlowNode node)
    {
        var details = new[] { node.Kind == FlowNodeKind.Hub ? null : node.Group, node.Detail }.OfType<string>().ToArray();
        return (Fit(node.Title), details.Length == 0 ? null : Fit(string.Join(" · ", details)));
    }

    private static string Fit(string text)
    {
        text = Valid(text);
        if (Columns(text) <= MaxColumns)
            return text;
        var length = 0;
        for (var columns = 0; ; length++)
        {
            columns += WidthOf(text[length]);
            if (columns >= MaxColumns)
                break;
        }

        return text.Substring(0, length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length) + "…";
    }

    private static int Columns(string text) => text.Sum(WidthOf);

    /// <summary>The columns that a character takes. The two of a pair take one each.</summary>
    private static int WidthOf(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0
        : c is >= '\u1100' and <= '\u115f' or >= '\u2e80' and <= '\ua4cf' or >= '\uac00' and <= '\ud7a3' or >= '\uf900' and <= '\ufaff'
            or >= '\ufe30' and <= '\ufe6f' or >= '\uff00' and <= '\uff60' or >= '\uffe0' and <= '\uffe6' ? 2
        : 1;

    /// <summary>Replaces the characters that XML can't contain.</summary>
    private static string Valid(string text) =>
        string.Concat(text.Select((c, i) => XmlConvert.IsXmlChar(c) || IsPair(text, i) || (i > 0 && IsPair(text, i - 1)) ? c : '\ufffd'));

    private static bool IsPair(string text, int index) => index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);

    private static XAttribute Attribute(string name, double value) => new(name, Number(value));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
