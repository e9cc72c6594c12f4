using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>
/// Splits a stream of UTF-8 bytes into lines. A line ends with LF, or at the end of the stream. A CR is part of its line, also before LF, because it can be
/// part of the data. Lines are decoded as a whole, so chunks can end within characters.
/// </summary>
public sealed class LineReader(Stream stream)
{
    private const int BlockSize = 64 * 1024;

    /// <summary>A byte that never occurs in UTF-8. It fills the unused part of the buffer.</summary>
    private const byte Unread = 0xFF;

    private byte[] _buffer = Filled(new byte[BlockSize], 0);
    private int _start;
    private int _end;
    private bool _first = true;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Gets whether the stream ended within the last line.</summary>
    public bool EndsWithinLine { get; private set; }

    /// <summary>Whether something has come behind the last line's end.</summary>
    internal bool HasRest => _start != _end;

    /// <summary>Reads the lines that have arrived. The list is empty if no line is complete yet, and null at the end of the stream.</summary>
    /// <exception cref="ScramjetApiException"><c>STREAM_BROKEN</c>, after all complete lines were returned.</exception>
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
            // If a chunk is damaged, the read fails as a whole, but the buffer already contains the chunks before it.
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

    /// <summary>
    /// Enumerates the lines as they arrive: <c>await foreach (var line in new LineReader(stream))</c>. The last line can be one without its end. To enumerate
    /// is to read: lines that were read before don't come again.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    public LineEnumerator GetAsyncEnumerator(CancellationToken cancellationToken = default) => new(this, cancellationToken);

    /// <summary>Returns the text after the last complete line, or null if there is none. Use it when reading stops before the end of the stream.</summary>
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

    /// <summary>Returns the number of bytes that a failed read has put into the buffer.</summary>
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
