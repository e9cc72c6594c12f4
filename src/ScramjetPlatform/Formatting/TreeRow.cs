using System;
using System.Globalization;
using System.Management.Automation.Host;
using System.Text;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Formatting;

/// <summary>The tree as text, a line for each node: for its view, and for what is redrawn.</summary>
public static class TreeRow
{
    internal const int DefaultWidth = 120;

    private const int StatusWidth = 12;
    private const int AgeWidth = 4;
    private const int PercentWidth = 4;
    private const int FixedWidth = 2 + StatusWidth + 1 + AgeWidth + 1 + PercentWidth + 1 + PercentWidth;
    private const int LeastDetails = 10;

    private static readonly (string Drawn, string Plain)[] Lines = [("├─", "|-"), ("└─", "`-"), ("│", "|"), ("…", "~")];

    /// <summary>A node's line, as wide as the host shows.</summary>
    /// <param name="node">The node.</param>
    /// <param name="host">The host.</param>
    /// <param name="colour">Whether views have colours.</param>
    public static string Format(ScramjetTreeNode node, PSHost host, bool colour) =>
        Format(node, WidthOf(host), colour && host.UI.SupportsVirtualTerminal, PlainOnly());

    /// <summary>The line above the nodes.</summary>
    /// <param name="node">One of the nodes.</param>
    /// <param name="host">The host.</param>
    /// <param name="colour">Whether views have colours.</param>
    public static string Header(ScramjetTreeNode node, PSHost host, bool colour) =>
        Header(node.NameWidth, WidthOf(host), colour && host.UI.SupportsVirtualTerminal);

    internal static string Header(int nameWidth, int width, bool colour)
    {
        var text = $"{"Name".PadRight(NameWidth(nameWidth, width))}  {"Status",-StatusWidth} {"Age",AgeWidth} {"CPU",PercentWidth} {"Mem",PercentWidth}";
        return StatusStyle.Paint(RoomForDetails(nameWidth, width) > 0 ? text + "  Details" : text, StatusStyle.Heading, colour);
    }

    internal static string Format(ScramjetTreeNode node, int width, bool colour, bool plainOnly)
    {
        var nameWidth = NameWidth(node.NameWidth, width);
        var label = Clip(node.Label, nameWidth - node.Guides.Length);
        var age = node.Since is { } since ? StatusStyle.Age(since, node.Until ?? node.AskedAt) : "";
        var line = new Line(colour);
        line.Add(node.Guides, StatusStyle.Faint);
        line.Add(label, node.Kind <= ScramjetTreeKind.Hub ? StatusStyle.Strong : "");
        line.Skip(nameWidth - node.Guides.Length - label.Length + 2);
        line.Add(node.Status ?? "", StatusStyle.CodeOf(node.Status));
        line.Skip(StatusWidth - (node.Status?.Length ?? 0) + 1 + AgeWidth - age.Length);
        line.Add(age);
        AddPercent(line, node.Load?.CurrentLoad);
        AddPercent(line, MemoryOf(node.Load));

        // A sequence's id is whole or not there.
        var room = RoomForDetails(node.NameWidth, width);
        if (room > 0 && node.Details is { Length: > 0 } details && !(node.Kind == ScramjetTreeKind.Sequence && details.Length > room))
        {
            line.Skip(2);
            line.Add(Clip(details, room), node.Error is not null || node.Healthy == false ? StatusStyle.Unwell : StatusStyle.Faint);
        }

        var text = line.ToString();
        foreach (var (drawn, plain) in plainOnly ? Lines : [])
            text = text.Replace(drawn, plain);
        return text;
    }

    /// <summary>The room for the details behind the other columns; 0 where it is too little.</summary>
    internal static int RoomForDetails(int nameWidth, int width) => width - 1 - NameWidth(nameWidth, width) - FixedWidth - 2 is >= LeastDetails and var room ? room : 0;

    /// <summary>A text cut to a width.</summary>
    internal static string Clip(string text, int width) => text.Length <= width ? text : width < 1 ? "" : text.Substring(0, width - 1) + "…";

    /// <summary>The width of the host's lines.</summary>
    internal static int WidthOf(PSHost host)
    {
        try
        {
            return host.UI.RawUI.BufferSize.Width is > 0 and var width ? width : DefaultWidth;
        }
        catch (Exception)
        {
            // A host without a screen has its own ways to say so.
            return DefaultWidth;
        }
    }

    /// <summary>Whether the console's encoding lacks the lines.</summary>
    internal static bool PlainOnly()
    {
        var encoding = Console.OutputEncoding;
        return Array.Exists(Lines, l => encoding.GetString(encoding.GetBytes(l.Drawn)) != l.Drawn);
    }

    private static int NameWidth(int wanted, int width) => Math.Max(10, Math.Min(wanted, width - 1 - FixedWidth));

    private static double? MemoryOf(LoadCheck? load) => load is { MemoryUsed: { } used, MemoryFree: { } free } && used + free > 0 ? 100.0 * used / (used + free) : null;

    private static void AddPercent(Line line, double? percent)
    {
        var text = percent is { } value ? Math.Min(999, Math.Round(value)).ToString("0", CultureInfo.InvariantCulture) + "%" : "";
        line.Skip(1 + PercentWidth - text.Length);
        line.Add(text, percent >= 90 ? StatusStyle.Unwell : percent >= 75 ? StatusStyle.Changing : "");
    }

    /// <summary>A line that never ends in blanks.</summary>
    private sealed class Line(bool colour)
    {
        private readonly StringBuilder _text = new();
        private int _blanks;

        public void Skip(int blanks) => _blanks += blanks;

        public void Add(string text, string code = "")
        {
            if (text.Length == 0)
                return;

            _text.Append(' ', _blanks).Append(StatusStyle.Paint(text, code, colour));
            _blanks = 0;
        }

        public override string ToString() => _text.ToString();
    }
}
