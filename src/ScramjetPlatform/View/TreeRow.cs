using System;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;
using System.Text.RegularExpressions;
using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Formatting;

/// <summary>The tree as text: the cells of its view, and whole lines of them for what is redrawn.</summary>
public static class TreeRow
{
    private const int DefaultWidth = 120;
    private const int StatusWidth = 12;
    private const int AgeWidth = 4;
    private const int PercentWidth = 4;
    private const int FixedWidth = 1 + StatusWidth + 1 + AgeWidth + 1 + PercentWidth + 1 + PercentWidth;
    private const int LeastInfo = 10;

    private static readonly (string Drawn, string Plain)[] Lines = [("├─", "|-"), ("└─", "`-"), ("│", "|"), ("…", "~")];

    /// <summary>A node's name behind the lines that lead to it.</summary>
    /// <param name="node">The node, or what came back of it from a file or another session.</param>
    /// <param name="host">The host that shows it.</param>
    /// <param name="colour">Whether it shows colours.</param>
    public static string Name(PSObject node, PSHost host, bool colour) => Name(ScramjetTreeNode.Of(node), WidthOf(host), colour);

    /// <summary>How long a node has been so.</summary>
    /// <param name="node">The node.</param>
    public static string Age(PSObject node) => Age(ScramjetTreeNode.Of(node));

    /// <summary>The CPU that a hub uses: in percent, or its load average.</summary>
    /// <param name="node">The node.</param>
    /// <param name="colour">Whether the host shows colours.</param>
    public static string Cpu(PSObject node, bool colour) => Cpu(ScramjetTreeNode.Of(node), colour);

    /// <summary>The memory that a hub uses.</summary>
    /// <param name="node">The node.</param>
    /// <param name="colour">Whether the host shows colours.</param>
    public static string Memory(PSObject node, bool colour) => Percent(ScramjetTreeNode.Of(node).MemoryPercent, colour);

    /// <summary>What else is to say of a node, as far as there is room for it. A sequence's id is whole or not there.</summary>
    /// <param name="node">The node.</param>
    /// <param name="host">The host that shows it.</param>
    /// <param name="colour">Whether it shows colours.</param>
    public static string Info(PSObject node, PSHost host, bool colour) => Info(ScramjetTreeNode.Of(node), WidthOf(host), colour);

    /// <summary>The lines that lead to a node; they go with it into a file.</summary>
    /// <param name="node">The node.</param>
    public static string Guides(ScramjetTreeNode node) => node.Guides;

    /// <summary>The text behind a node's lines; it goes with it into a file.</summary>
    /// <param name="node">The node.</param>
    public static string Label(ScramjetTreeNode node) => node.Label;

    /// <summary>The room that the longest name takes in the whole tree; it goes with each node into a file.</summary>
    /// <param name="node">The node.</param>
    public static int NameWidth(ScramjetTreeNode node) => node.NameWidth;

    /// <summary>The line above the nodes.</summary>
    internal static string Header(int nameWidth, int width, bool colour) =>
        StatusStyle.Paint($"{"Name".PadRight(NameWidth(nameWidth, width))} {"Status",-StatusWidth} {"Age",AgeWidth} {"CPU",PercentWidth} {"Mem",PercentWidth}{(RoomForInfo(nameWidth, width) > 0 ? " Info" : "")}", StatusStyle.Heading, colour);

    /// <summary>A node's line.</summary>
    internal static string Format(ScramjetTreeNode node, int width, bool colour)
    {
        var line = new Line();
        line.Add(Name(node, width, colour), NameWidth(node.NameWidth, width));
        line.Add(StatusStyle.Format(node.Status, colour), StatusWidth);
        line.Add(Age(node), AgeWidth, right: true);
        line.Add(Cpu(node, colour), PercentWidth, right: true);
        line.Add(Percent(node.MemoryPercent, colour), PercentWidth, right: true);
        line.Add(Info(node, width, colour), 0);
        return line.ToString();
    }

    /// <summary>The room for that behind the other columns; 0 where it is too little.</summary>
    internal static int RoomForInfo(int nameWidth, int width) =>
        width - 1 - NameWidth(nameWidth, width) - FixedWidth - 1 is >= LeastInfo and var room ? room : 0;

    /// <summary>A text in one line, cut to a width. What would move the cursor is left out: names and messages come from others.</summary>
    internal static string Clip(string text, int width)
    {
        var line = DisplayText.Clean(text)!;
        return line.Length <= width ? line : width < 1 ? "" : line.Substring(0, width - 1) + Plain("…");
    }

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

    private static string Name(ScramjetTreeNode node, int width, bool colour)
    {
        var label = Clip(node.Label, NameWidth(node.NameWidth, width) - node.Guides.Length);
        return StatusStyle.Paint(Plain(node.Guides), StatusStyle.Faint, colour) + StatusStyle.Paint(label, node.Level <= ScramjetTreeKind.Hub ? StatusStyle.Strong : "", colour);
    }

    private static string Age(ScramjetTreeNode node) => StatusStyle.Age(node.GetAge());

    // How many CPUs a load average is of isn't known: it has no colour.
    private static string Cpu(ScramjetTreeNode node, bool colour) =>
        node.LoadAverage is { } load ? load.ToString(load < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) : Percent(node.CpuPercent, colour);

    private static string Info(ScramjetTreeNode node, int width, bool colour)
    {
        var room = RoomForInfo(node.NameWidth, width);
        var text = node.Info ?? "";
        return node.Level == ScramjetTreeKind.Sequence && text.Length > room
            ? ""
            : StatusStyle.Paint(Clip(text, room), node.Error is not null || node.Healthy == false ? StatusStyle.Unwell : StatusStyle.Faint, colour);
    }

    private static int NameWidth(int wanted, int width) => Math.Max(10, Math.Min(wanted, width - 1 - FixedWidth));

    private static string Percent(double? percent, bool colour) => percent is { } value
        ? StatusStyle.Paint(Math.Min(999, Math.Round(value)).ToString("0", CultureInfo.InvariantCulture) + "%", value >= 90 ? StatusStyle.Unwell : value >= 75 ? StatusStyle.Changing : "", colour)
        : "";

    /// <summary>The text in what the console's encoding has.</summary>
    private static string Plain(string text)
    {
        var encoding = Console.OutputEncoding;
        if (encoding.GetString(encoding.GetBytes(text)) == text)
            return text;

        foreach (var (drawn, plain) in Lines)
            text = text.Replace(drawn, plain);
        return text;
    }

    /// <summary>Columns beside one another, with no blanks at the end.</summary>
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
