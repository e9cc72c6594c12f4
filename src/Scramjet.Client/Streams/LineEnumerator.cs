using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Streams;

/// <summary>
/// The lines of a <see cref="LineReader"/>, for <c>await foreach</c>. The language binds it by its members: the interface <c>IAsyncEnumerable</c> isn't part of
/// .NET Standard 2.0.
/// </summary>
public sealed class LineEnumerator
{
    private readonly LineReader _reader;
    private readonly CancellationToken _cancellationToken;
    private IReadOnlyList<string> _lines = [];
    private int _at = -1;

    internal LineEnumerator(LineReader reader, CancellationToken cancellationToken)
    {
        _reader = reader;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Gets the line.</summary>
    public string Current => _lines[_at];

    /// <summary>Moves to the next line, and waits until it has arrived. Returns false at the end of the stream.</summary>
    /// <exception cref="ScramjetApiException"><c>STREAM_BROKEN</c>, after all complete lines.</exception>
    public async Task<bool> MoveNextAsync()
    {
        _at++;
        while (_at >= _lines.Count)
        {
            if (await _reader.ReadAsync(_cancellationToken).ConfigureAwait(false) is not { } lines)
                return false;
            (_lines, _at) = (lines, 0);
        }

        return true;
    }
}
