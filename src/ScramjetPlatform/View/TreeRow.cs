using System;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;
using System.Text.RegularExpressions;
using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Formatting;

/// <summary>Formats the tree: the cells of its view, and whole lines for a screen that is redrawn.</summary>
public static class TreeRow
{
    private const int DefaultWidth = 120;
    private const int StatusWidth = 12;
    private const int AgeWidth = 4;
    private const int PercentWidth = 4;
    private const int FixedWidth = 1 + StatusWidth + 1 + AgeWidth + 1 + PercentWidth + 1 + PercentWidth;
    private const int MinInfoWidth = 10;

    private static readonly (string Drawn, string Plain)[] Lines = [("├─", "|-"), ("└─", "`-"), ("│", "|"), ("…", "~")];

    /// <summary>Formats a node's name after its tree lines.</summary>
    /// <param name="node">The node, which can be deserialized.</param>
    /// <param name="host">The host.</param>
    /// <param name="color">Whether the host supports colors.</param>
    public static string Name(PSObject node, PSHost host, bool color) => Name(ScramjetTreeNode.Of(node), WidthOf(host), color);

    /// <summary>Formats the time since the last change of a node.</summary>
    /// <param name="node">The node.</param>
    public static string Age(PSObject node) => Age(ScramjetTreeNode.Of(node));

    /// <summary>Formats the CPU usage of a hub: a percentage, or its load average.</summary>
    /// <param name="node">The node.</param>
    /// <param name="color">Whether the host supports colors.</param>
    public static string Cpu(PSObject node, bool color) => Cpu(ScramjetTreeNode.Of(node), color);

    /// <summary>Formats the memory usage of a hub.</summary>
    /// <param name="node">The node.</param>
    /// <param name="color">Whether the host supports colors.</param>
    public static string Memory(PSObject node, bool color) => Percent(ScramjetTreeNode.Of(node).MemoryPercent, color);

    /// <summary>Formats the additional information of a node, cut to the available width. A sequence's id is omitted instead of being cut.</summary>
    /// <param name="node">The node.</param>
    /// <param name="host">The host.</param>
    /// <param name="color">Whether the host supports colors.</param>
    public static string Info(PSObject node, PSHost host, bool color) => Info(ScramjetTreeNode.Of(node), WidthOf(host), color);

    /// <summary>Returns the tree lines before a node's name, for serialization.</summary>
    /// <param name="node">The node.</param>
    public static string Guides(ScramjetTreeNode node) => node.Guides;

    /// <summary>Returns the text after a node's tree lines, for serialization.</summary>
    /// <param name="node">The node.</param>
    public static string Label(ScramjetTreeNode node) => node.Label;

    /// <summary>Returns the width of the longest name in the tree, for serialization.</summary>
    /// <param name="node">The node.</param>
    public static int NameWidth(ScramjetTreeNode node) => node.NameWidth;

    /// <summary>Formats the header line.</summary>
    internal static string Header(int nameWidth, int width, bool color)
    {
        var name = "Name".PadRight(NameWidth(nameWidth, width));
        var info = RoomForInfo(nameWidth, width) > 0 ? " Info" : "";
        return StatusStyle.Paint(
            $"{name} {"Status",-StatusWidth} {"Age",AgeWidth} {"CPU",PercentWidth} {"Mem",PercentWidth}{info}",
            StatusStyle.Heading,
            color);
    }

    /// <summary>Formats the line of a node.</summary>
    internal static string Format(ScramjetTreeNode node, int width, bool color)
    {
        var line = new Line();
        line.Add(Name(node, width, color), NameWidth(node.NameWidth, width));
        line.Add(StatusStyle.Format(node.Status, color), StatusWidth);
        line.Add(Age(node), AgeWidth, right: true);
        line.Add(Cpu(node, color), PercentWidth, right: true);
        line.Add(Percent(node.MemoryPercent, color), PercentWidth, right: true);
        line.Add(Info(node, width, color), 0);
        return line.ToString();
    }

    /// <summary>Returns the width of the last column, or 0 if there isn't enough room for it.</summary>
    internal static int RoomForInfo(int nameWidth, int width) =>
        width - 1 - NameWidth(nameWidth, width) - FixedWidth - 1 is >= MinInfoWidth and var room ? room : 0;

    /// <summary>Cuts a text to a width, in one line and without control characters, because names and messages come from servers.</summary>
    internal static string Clip(string text, int width)
    {
        var line = DisplayText.Clean(text)!;
        return line.Length <= width ? line : width < 1 ? "" : line.Substring(0, width - 1) + Plain("…");
    }

    /// <summary>Returns the width of the host's lines.</summary>
    internal static int WidthOf(PSHost host)
    {
        try
        {
            return host.UI.RawUI.BufferSize.Width is > 0 and var width ? width : DefaultWidth;
        }
        catch (Exception)
        {
            // Hosts without a screen throw different exceptions.
            return DefaultWidth;
        }
    }

    private static string Name(ScramjetTreeNode node, int width, bool color)
    {
        var label = Clip(node.Label, NameWidth(node.NameWidth, width) - node.Guides.Length);
        var style = node.Level <= ScramjetTreeKind.Hub ? StatusStyle.Strong : "";
        return StatusStyle.Paint(Plain(node.Guides), StatusStyle.Faint, color) + StatusStyle.Paint(label, style, color);
    }

    private static string Age(ScramjetTreeNode node) => StatusStyle.Age(node.GetAge());

    // A load average has no color, because the number of CPUs is unknown.
    private static string Cpu(ScramjetTreeNode node, bool color) =>
        node.LoadAverage is { } load ? load.ToString(load < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) : Percent(node.CpuPercent, color);

    private static string Info(ScramjetTreeNode node, int width, bool color)
    {
        var room = RoomForInfo(node.NameWidth, width);
        var text = node.Info ?? "";
        return node.Level == ScramjetTreeKind.Sequence && text.Length > room
            ? ""
            : StatusStyle.Paint(Clip(text, room), node.Error is not null || node.Healthy == false ? StatusStyle.Bad : StatusStyle.Faint, color);
    }

    private static int NameWidth(int wanted, int width) => Math.Max(10, Math.Min(wanted, width - 1 - FixedWidth));

    private static string Percent(double? percent, bool color)
    {
        if (percent is not { } value)
            return "";
        var style = value >= 90 ? StatusStyle.Bad : value >= 75 ? StatusStyle.Changing : "";
        return StatusStyle.Paint(Math.Min(999, Math.Round(value)).ToString("0", CultureInfo.InvariantCulture) + "%", style, color);
    }

    /// <summary>Replaces tree lines that the console's encoding doesn't support.</summary>
    private static string Plain(string text)
    {
        var encoding = Console.OutputEncoding;
        if (encoding.GetString(encoding.GetBytes(text)) == text)
            return text;

        foreach (var (drawn, plain) in Lines)
            text = text.Replace(drawn, plain);
        return text;
    }

    /// <summary>A line of columns without trailing spaces.</summary>
    private sealed class Line
    {
        private readonly StringBuilder _text = new();
        private int _blanks;

        public void Add(string cell, int width, bool right = false)
        {
            var blanks = Math.Max(0, width - StatusStyle.LengthOf(cell));
            if (right)
                _blanks += blanks;
            if (cell.Length > 0)
            {
                _text.Append(' ', _blanks).Append(cell);
                _blanks = 0;
            }

            _blanks += (right ? 0 : blanks) + 1;
        }

        public override string ToString() => _text.ToString();
    }
}
