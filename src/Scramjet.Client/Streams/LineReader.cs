using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>
/// Cuts a stream of UTF-8 bytes into lines, whatever the borders of its chunks: a line's end is LF, and what comes behind the last one is a
/// line too. A CR is part of its line, also before LF: nothing tells one that ends a line from one that the data had there. A line is decoded
/// once, when it is whole.
/// </summary>
public sealed class LineReader(Stream stream)
{
    private const int BlockSize = 64 * 1024;

    private byte[] _buffer = new byte[BlockSize];
    private int _start;
    private int _end;
    private bool _first = true;

    /// <summary>Whether the line that was given last had no end: the stream's end came first.</summary>
    public bool EndsWithinLine { get; private set; }

    /// <summary>The lines that have come; empty where a block held no line's end. Null at the stream's end.</summary>
    /// <exception cref="ScramjetApiException"><c>STREAM_BROKEN</c>, after all whole lines were given.</exception>
    public async Task<IReadOnlyList<string>?> ReadAsync(CancellationToken cancellationToken = default)
    {
        MakeRoom();
        var read = await stream.ReadAsync(_buffer, _end, _buffer.Length - _end, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            var rest = TakeRest();
            EndsWithinLine |= rest is not null;
            return rest is null ? null : [rest];
        }

        var searched = _end;
        _end += read;
        var lines = new List<string>();
        int newline;
        while ((newline = Array.IndexOf(_buffer, (byte)'\n', searched, _end - searched)) >= 0)
        {
            lines.Add(Decode(_start, newline));
            _start = searched = newline + 1;
        }

        return lines;
    }

    /// <summary>What has come behind the last line's end; null where nothing has. For a reading that ends before the stream does.</summary>
    public string? TakeRest()
    {
        if (_start == _end)
            return null;

        var line = Decode(_start, _end);
        _start = _end = 0;
        return line;
    }

    private string Decode(int start, int end)
    {
        if (_first)
        {
            _first = false;
            if (end - start >= 3 && _buffer[start] == 0xEF && _buffer[start + 1] == 0xBB && _buffer[start + 2] == 0xBF)
                start += 3;
        }

        return Encoding.UTF8.GetString(_buffer, start, end - start);
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_buffer.Length - _end < BlockSize / 2)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
