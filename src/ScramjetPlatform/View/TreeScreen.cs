using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Host;
using System.Text;
using ScramjetPlatform.Formatting;

namespace ScramjetPlatform.View;

/// <summary>
/// Shows round after round: in place on a screen of its own, where the host has one, else one below the other. For the pipeline thread.
/// </summary>
internal sealed class TreeScreen
{
    private const string Escape = "\u001b[";
    private const string OwnScreen = Escape + "?1049h" + Escape + "?25l";
    private const string BackFromIt = Escape + "H" + Escape + "J" + Escape + "?1049l" + Escape + "?25h";
    private const string BeginFrame = Escape + "?2026h" + Escape + "H";
    private const string EndFrame = Escape + "J" + Escape + "?2026l";
    private const string EndLine = Escape + "K";
    private const int LeastHeight = 6;

    private readonly PSHost _host;
    private readonly bool _colour;
    private IReadOnlyList<string> _last = [];
    private bool _open;

    public TreeScreen(PSHost host, bool colour)
    {
        _host = host;
        InPlace = HasScreen(host);
        _colour = colour && InPlace;
    }

    /// <summary>Whether rounds take each other's place.</summary>
    public bool InPlace { get; }

    /// <summary>Shows a round.</summary>
    /// <param name="title">What it is.</param>
    /// <param name="summary">How much there is.</param>
    /// <param name="problems">What failed.</param>
    /// <param name="nodes">The tree.</param>
    public void Draw(string title, string summary, IEnumerable<Exception> problems, IReadOnlyList<ScramjetTreeNode> nodes)
    {
        var width = TreeRow.WidthOf(_host);
        var lines = new List<string> { StatusStyle.Paint(TreeRow.Clip(title, width - 1), StatusStyle.Strong, _colour), TreeRow.Clip(summary, width - 1) };

        // What a node's own line tells needs no line of its own.
        var told = new HashSet<Exception>(nodes.Where(n => TreeRow.RoomForInfo(n.NameWidth, width) > 0).Select(n => n.Error).OfType<Exception>());
        lines.AddRange(problems.Where(p => !told.Contains(p)).Select(p => StatusStyle.Paint(TreeRow.Clip(ScramjetTreeNode.DescribeError(p), width - 1), StatusStyle.Unwell, _colour)));
        lines.Add("");
        if (nodes.Count > 0)
            lines.Add(TreeRow.Header(nodes[0].NameWidth, width, _colour));
        lines.AddRange(nodes.Select(n => TreeRow.Format(n, width, _colour)));
        _last = lines;

        if (InPlace)
            Redraw(lines);
        else
            Append(lines);
    }

    /// <summary>Gives the host's screen back as it was, with the last round below.</summary>
    public void Close()
    {
        if (!_open)
            return;

        _open = false;
        _host.UI.Write(BackFromIt);
        Append(_last);
    }

    private void Redraw(IReadOnlyList<string> lines)
    {
        var height = _host.UI.RawUI.WindowSize.Height;
        var frame = new StringBuilder(_open ? "" : OwnScreen).Append(BeginFrame);
        var shown = lines.Count <= height ? lines.Count : height - 1;
        frame.Append(string.Join("\r\n", lines.Take(shown).Select(l => l + EndLine)));
        if (shown < lines.Count)
            frame.Append("\r\n").Append(StatusStyle.Paint($"and {lines.Count - shown} more lines: narrow it with -Space, -Hub or -Level", StatusStyle.Faint, _colour)).Append(EndLine);
        _open = true;
        _host.UI.Write(frame.Append(EndFrame).ToString());
    }

    private void Append(IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
            _host.UI.WriteLine(line);
        _host.UI.WriteLine("");
    }

    private static bool HasScreen(PSHost host)
    {
        try
        {
            // pwsh says yes for its console even where the output goes into a file.
            return host.UI.SupportsVirtualTerminal
                && host.UI.RawUI.WindowSize is { Height: >= LeastHeight, Width: >= 40 }
                && !(host.Name == "ConsoleHost" && Console.IsOutputRedirected);
        }
        catch (Exception)
        {
            return false;
        }
    }
}
