using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Http;

namespace Scramjet.Client.Streams;

/// <summary>
/// The body of an answer as it comes. Its end is the stream's end; a connection that breaks off, or a wrong chunk, is a
/// <see cref="ScramjetApiException"/> with <c>STREAM_BROKEN</c>, after all that came before.
/// </summary>
public sealed class ApiStream : Stream
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private readonly Call _call;
    private readonly SilenceWatch _watch;
    private readonly Action _abort;
    private readonly DateTimeOffset _opened = DateTimeOffset.UtcNow;
    private TimeSpan _silence = TimeSpan.FromSeconds(2);
    private bool _isOver;

    internal ApiStream(HttpResponseMessage response, Stream body, Call call, SilenceWatch watch)
    {
        _response = response;
        _body = body;
        _call = call;
        _watch = watch;
        _abort = response.Dispose;
    }

    /// <summary>What it holds, where that is known: the answers themselves call all streams bytes.</summary>
    internal string? ContentType { get; set; }

    /// <summary>How many bytes have been read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Asked when the stream falls silent, where a server may leave it open behind its end: whether that has come.</summary>
    internal Func<CancellationToken, Task<bool>>? IsOver { get; set; }

    /// <summary>The error that the stream's silence comes to for now: its server has been asked for a sign of life, and hasn't given one yet. Null where that isn't so.</summary>
    internal ScramjetApiException? Doubt => _watch.IsInDoubt ? FellSilent(null) : null;

    /// <summary>When the answer began, by the server's clock, to the second.</summary>
    internal DateTimeOffset Date => _response.Headers.Date ?? _opened;

    /// <summary>The error of a stream whose server doesn't answer any more.</summary>
    internal ScramjetApiException FellSilent(Exception? cause) => ResponseErrors.Silent(_call, cause);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        // Not every runtime can cancel the read itself: closing the answer ends it everywhere.
        using var stop = cancellationToken.Register(static r => ((HttpResponseMessage)r!).Dispose(), _response);
        _watch.Begin(_abort);
        try
        {
            var reading = _isOver ? Task.FromResult(0) : _body.ReadAsync(buffer, offset, count, cancellationToken);
            if (IsOver is not null && !reading.IsCompleted && await EndsInSilenceAsync(reading, IsOver, cancellationToken).ConfigureAwait(false))
                return 0;

            var read = await reading.ConfigureAwait(false);
            BytesRead += read;
            return read;
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The stream was stopped.", e, cancellationToken);
        }
        catch (Exception e) when (_watch.Failure is not null || e is IOException or HttpRequestException or WebException or ObjectDisposedException or InvalidDataException)
        {
            throw _watch.Failure is { } failure ? ResponseErrors.Silent(_call, failure) : ResponseErrors.StreamBroken(_call, e);
        }
        finally
        {
            _watch.End();
        }
    }

    /// <summary>Waits for a read, and asks now and then in its silence whether the stream is over.</summary>
    private async Task<bool> EndsInSilenceAsync(Task reading, Func<CancellationToken, Task<bool>> isOver, CancellationToken cancellationToken)
    {
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (await Task.WhenAny(reading, Task.Delay(_silence, asking.Token)).ConfigureAwait(false) != reading)
            {
                // A server that doesn't answer ends the read, not the question.
                var asked = isOver(asking.Token);
                if (await Task.WhenAny(reading, asked).ConfigureAwait(false) != reading && await asked.ConfigureAwait(false))
                {
                    _isOver = true;
                    _response.Dispose();
                    _ = reading.IgnoreOutcomeAsync();
                    return true;
                }

                _silence = TimeSpan.FromTicks(Math.Min(_silence.Ticks * 3 / 2, LongestSilence.Ticks));
            }

            return false;
        }
        finally
        {
            asking.Cancel();
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watch.Dispose();
            _response.Dispose();
        }

        base.Dispose(disposing);
    }
}
