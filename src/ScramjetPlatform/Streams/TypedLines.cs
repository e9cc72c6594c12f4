using System;
using System.Management.Automation.Host;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ScramjetPlatform.Engine;
using ScramjetPlatform.View;

namespace ScramjetPlatform.Streams;

/// <summary>
/// Reads lines that a person types while a command runs. It only looks for keys that have been typed, so that it never waits for a person and Ctrl+C works at
/// once.
/// </summary>
internal sealed class TypedLines(PSHost host, PipelineOutput output)
{
    private const char EndOnUnix = '\u0004';
    private const char EndOnWindows = '\u001a';
    private const char Delete = '\u007f';

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly StringBuilder _line = new();
    private readonly Keyboard _keyboard = new(host);

    /// <summary>Reads lines until the person ends the input with Ctrl+D or Ctrl+Z, or the host turns out to have no keyboard.</summary>
    /// <param name="send">Receives a line.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Whether the person ended the input.</returns>
    public async Task<bool> ReadAsync(Func<string, Task> send, CancellationToken cancellationToken)
    {
        if (!_keyboard.IsAvailable)
            return false;

        while (true)
        {
            // The host's keyboard belongs to the pipeline thread.
            var (line, isOver) = await output.InvokeAsync(ReadKeys).ConfigureAwait(false);
            if (line is not null)
                await send(line).ConfigureAwait(false);
            else if (isOver is { } ended)
                return ended;
            else
                await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the keys that have been typed, up to the end of a line.</summary>
    private (string? Line, bool? IsOver) ReadKeys()
    {
        while (_keyboard.Read() is { } key)
        {
            switch (key)
            {
                case '\r' or '\n':
                    var line = _line.ToString();
                    _line.Clear();
                    host.UI.WriteLine();
                    return (line, null);
                case EndOnUnix or EndOnWindows when _line.Length == 0:
                    return (null, true);
                case '\b' or Delete:
                    if (_line.Length == 0)
                        break;
                    _line.Length -= _line.Length > 1 && char.IsLowSurrogate(_line[_line.Length - 1]) ? 2 : 1;
                    host.UI.Write("\b \b");
                    break;
                case '\t' or >= ' ':
                    _line.Append(key);
                    host.UI.Write(key.ToString());
                    break;
            }
        }

        return (null, _keyboard.IsAvailable ? null : false);
    }
}
