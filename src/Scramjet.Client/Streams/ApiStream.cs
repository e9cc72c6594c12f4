using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Http;

namespace Scramjet.Client.Streams;

/// <summary>
/// The body of a response while it is received. A closed connection or a damaged chunk throws a <see cref="ScramjetApiException"/> with
/// <c>STREAM_BROKEN</c> after all data before it has been read.
/// </summary>
public sealed class ApiStream : Stream
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private readonly Call _call;
    private readonly SilenceWatch _watch;
    private readonly Action _abort;
    private readonly DateTimeOffset _opened = DateTimeOffset.UtcNow;
    private TimeSpan _silence = Timings.FirstLogCheck;
    private bool _isOver;

    internal ApiStream(HttpResponseMessage response, Stream body, Call call, SilenceWatch watch)
    {
        _response = response;
        _body = body;
        _call = call;
        _watch = watch;
        _abort = response.Dispose;
    }

    /// <summary>Gets or sets the content type, if known. It can't be read from the response, because servers label all streams as bytes.</summary>
    internal string? ContentType { get; set; }

    /// <summary>Gets the number of bytes that have been read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>
    /// Gets or sets a function that is called while no data arrives. It returns whether the stream has ended, because some servers leave it open.
    /// </summary>
    internal Func<CancellationToken, Task<bool>>? IsOver { get; set; }

    /// <summary>Gets an error if no data arrives and the server hasn't responded to a check yet; otherwise null.</summary>
    internal ScramjetApiException? Doubt => _watch.IsInDoubt ? ServerSilent(null) : null;

    /// <summary>Gets when the response began, by the server's clock, to the second.</summary>
    internal DateTimeOffset Date => _response.Headers.Date ?? _opened;

    /// <summary>Creates the error for a stream whose server no longer responds.</summary>
    internal ScramjetApiException ServerSilent(Exception? cause) => ResponseErrors.Silent(_call, cause);

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
        // Some runtimes can't cancel a read. Disposing of the response ends it everywhere.
        using var stop = cancellationToken.Register(static r => ((HttpResponseMessage)r!).Dispose(), _response);
        _watch.Begin(_abort);
        try
        {
            var reading = _isOver ? Task.FromResult(0) : _body.ReadAsync(buffer, offset, count, cancellationToken);
            if (IsOver is not null && !reading.IsCompleted && await EndsInSilenceAsync(reading, IsOver, cancellationToken).ConfigureAwait(false))
                return 0;

            var read = await reading.ConfigureAwait(false);
            BytesRead += read;
            _call.Content?.TraceBlock(buffer, offset, read);
            return read;
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The stream was stopped.", e, cancellationToken);
        }
        catch (Exception e) when (_watch.Failure is not null
            || e is IOException or HttpRequestException or WebException or ObjectDisposedException or InvalidDataException)
        {
            throw _watch.Failure is { } failure ? ResponseErrors.Silent(_call, failure) : ResponseErrors.StreamBroken(_call, e);
        }
        finally
        {
            _watch.End();
        }
    }

    /// <summary>Waits for a read. While no data arrives, checks at growing intervals whether the stream has ended.</summary>
    private async Task<bool> EndsInSilenceAsync(Task reading, Func<CancellationToken, Task<bool>> isOver, CancellationToken cancellationToken)
    {
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (await Task.WhenAny(reading, Task.Delay(_silence, asking.Token)).ConfigureAwait(false) != reading)
            {
                // If the server doesn't respond, the read fails before the check does.
                var asked = isOver(asking.Token);
                if (await Task.WhenAny(reading, asked).ConfigureAwait(false) != reading && await asked.ConfigureAwait(false))
                {
                    _isOver = true;
                    _response.Dispose();
                    _ = reading.IgnoreOutcomeAsync();
                    return true;
                }

                _silence = Timings.Next(_silence, Timings.LongestLogCheck);
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
