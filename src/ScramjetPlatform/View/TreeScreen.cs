using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Host;
using System.Text;
using ScramjetPlatform.Formatting;

namespace ScramjetPlatform.View;

/// <summary>
/// Shows the tree repeatedly: in place on an alternate screen if the host supports it, otherwise one below the other. Use it on the pipeline thread.
/// </summary>
internal sealed class TreeScreen
{
    private const string Escape = "\u001b[";
    private const string OpenScreen = Escape + "?1049h" + Escape + "?25l";
    private const string CloseScreen = Escape + "H" + Escape + "J" + Escape + "?1049l" + Escape + "?25h";
    private const string BeginFrame = Escape + "?2026h" + Escape + "H";
    private const string EndFrame = Escape + "J" + Escape + "?2026l";
    private const string EndLine = Escape + "K";
    private const string Unchanged = "  ";
    private const int MinHeight = 6;

    private readonly PSHost _host;
    private readonly Keyboard _keyboard;
    private readonly bool _color;
    private IReadOnlyList<string> _last = [];
    private bool _open;

    public TreeScreen(PSHost host, bool color)
    {
        _host = host;
        InPlace = HasScreen(host);
        _keyboard = new Keyboard(host);
        _color = color && InPlace;
    }

    /// <summary>Whether each tree replaces the one before.</summary>
    public bool InPlace { get; }

    /// <summary>Gets whether the host can read keys.</summary>
    public bool HasKeys => InPlace && _keyboard.IsAvailable;

    /// <summary>Shows a tree.</summary>
    /// <param name="title">The title.</param>
    /// <param name="summary">The numbers of objects.</param>
    /// <param name="problems">The errors.</param>
    /// <param name="nodes">The nodes.</param>
    public void Draw(string title, string summary, IEnumerable<Exception> problems, IReadOnlyList<ScramjetTreeNode> nodes)
    {
        var width = TreeRow.WidthOf(_host);
        var lines = new List<string> { StatusStyle.Paint(TreeRow.Clip(title, width - 1), StatusStyle.Strong, _color), TreeRow.Clip(summary, width - 1) };

        // An error that is shown on its node doesn't need a separate line.
        var shown = new HashSet<Exception>(
            nodes.Where(n => TreeRow.RoomForInfo(n.NameWidth, width - Unchanged.Length) > 0).Select(n => n.Error).OfType<Exception>());
        foreach (var problem in problems.Where(p => !shown.Contains(p)))
            lines.Add(StatusStyle.Paint(TreeRow.Clip(ScramjetTreeNode.DescribeError(problem), width - 1), StatusStyle.Bad, _color));
        lines.Add("");
        if (nodes.Count > 0)
            lines.Add(Unchanged + TreeRow.Header(nodes[0].NameWidth, width - Unchanged.Length, _color));
        lines.AddRange(nodes.Select(n => Mark(n.Change) + TreeRow.Format(n, width - Unchanged.Length, _color)));
        _last = lines;

        if (InPlace)
            Redraw(lines);
        else
            Append(lines);
    }

    /// <summary>Reads the keys that were typed, and returns whether one of them is q. Ctrl+C stops the pipeline by itself.</summary>
    public bool ReadQuit()
    {
        while (_keyboard.Read() is { } key)
        {
            if (key is 'q' or 'Q')
                return true;
        }

        return false;
    }

    /// <summary>Restores the host's screen and writes the last tree below it.</summary>
    public void Close()
    {
        if (!_open)
            return;

        _open = false;
        _host.UI.Write(CloseScreen);
        Append(_last);
    }

    private string Mark(TreeChange change) => change switch
    {
        TreeChange.Added => StatusStyle.Paint("+", StatusStyle.Good, _color) + " ",
        TreeChange.Changed => StatusStyle.Paint("*", StatusStyle.Changing, _color) + " ",
        TreeChange.Removed => StatusStyle.Paint("-", StatusStyle.Bad, _color) + " ",
        _ => Unchanged,
    };

    private void Redraw(IReadOnlyList<string> lines)
    {
        var height = _host.UI.RawUI.WindowSize.Height;
        var frame = new StringBuilder(_open ? "" : OpenScreen).Append(BeginFrame);
        var shown = lines.Count <= height ? lines.Count : height - 1;
        frame.Append(string.Join("\r\n", lines.Take(shown).Select(l => l + EndLine)));
        if (shown < lines.Count)
            {
            var hint = $"and {lines.Count - shown} more lines: use -Space, -Hub or -Depth to show fewer";
            frame.Append("\r\n").Append(StatusStyle.Paint(hint, StatusStyle.Faint, _color)).Append(EndLine);
        }
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
            // In pwsh, the property is true for the console even if the output is redirected to a file.
            return host.UI.SupportsVirtualTerminal
                && host.UI.RawUI.WindowSize is { Height: >= MinHeight, Width: >= 40 }
                && !ConsoleOutput.IsRedirected(host);
        }
        catch (Exception)
        {
            return false;
        }
    }
}
