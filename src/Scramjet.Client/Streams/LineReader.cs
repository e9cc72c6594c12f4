using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.ExceptionServices;
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

    /// <summary>A byte that UTF-8 never has: the buffer is full of it behind what was read.</summary>
    private const byte Unread = 0xFF;

    private byte[] _buffer = Filled(new byte[BlockSize], 0);
    private int _start;
    private int _end;
    private bool _first = true;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Whether the line that was given last had no end: the stream's end came first.</summary>
    public bool EndsWithinLine { get; private set; }

    /// <summary>The lines that have come; empty if a block held no line's end. Null at the stream's end.</summary>
    /// <exception cref="ScramjetApiException"><c>STREAM_BROKEN</c>, after all whole lines were given.</exception>
    public async Task<IReadOnlyList<string>?> ReadAsync(CancellationToken cancellationToken = default)
    {
        _failure?.Throw();
        MakeRoom();
        int read;
        try
        {
            read = await stream.ReadAsync(_buffer, _end, _buffer.Length - _end, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException && ReadBeforeFailure() is > 0 and var before)
        {
            // A stream of chunks that are good up to one that isn't fails as a whole, with the good ones in the buffer.
            _failure = ExceptionDispatchInfo.Capture(e);
            read = before;
        }

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

    /// <summary>What has come behind the last line's end; null if nothing has. For a reading that ends before the stream does.</summary>
    public string? TakeRest()
    {
        if (_start == _end)
            return null;

        var line = Decode(_start, _end);
        _start = _end;
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

    /// <summary>How much a read that failed has put into the buffer.</summary>
    private int ReadBeforeFailure()
    {
        var end = Array.IndexOf(_buffer, Unread, _end);
        return (end < 0 ? _buffer.Length : end) - _end;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            var end = _end;
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
            Filled(_buffer, _end, end);
        }

        if (_buffer.Length - _end < BlockSize / 2)
        {
            var length = _buffer.Length;
            Array.Resize(ref _buffer, length * 2);
            Filled(_buffer, length);
        }
    }

    private static byte[] Filled(byte[] buffer, int start, int? end = null)
    {
        for (var i = start; i < (end ?? buffer.Length); i++)
            buffer[i] = Unread;
        return buffer;
    }
}
