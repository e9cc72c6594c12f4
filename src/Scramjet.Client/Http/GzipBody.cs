using System;
using System.IO;
using System.IO.Compression;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>
/// A body that was compressed with gzip. One that ends too early is an error: the runtime's own stream takes it for a whole one. A whole one ends in the
/// length of what was compressed.
/// </summary>
internal sealed class GzipBody : ReadStream
{
    private readonly Tail _tail;
    private readonly GZipStream _gzip;
    private long _length;

    public GzipBody(Stream compressed)
    {
        _tail = new Tail(compressed);
        _gzip = new GZipStream(_tail, CompressionMode.Decompress);
    }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await _gzip.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        _length += read;

        // The length is that of the last member where there are several, and counts to 4 GB only.
        if (read == 0 && count > 0 && _length <= uint.MaxValue && _tail.Count > 0 && _tail.Value > _length)
            throw new InvalidDataException("The compressed answer was cut off.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A stream whose last four bytes are known when it has ended.</summary>
    private sealed class Tail(Stream source) : ReadStream
    {
        private uint _value;

        /// <summary>The last four bytes as a number, the lowest first.</summary>
        public uint Value => _value;

        /// <summary>How many bytes there were.</summary>
        public long Count { get; private set; }

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            var read = await source.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
            for (var i = Math.Max(0, read - sizeof(uint)); i < read; i++)
                _value = (_value >> 8) | ((uint)buffer[offset + i] << 24);
            Count += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>What streams that can only be read have in common.</summary>
internal abstract class ReadStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
