using System;
using System.IO;
using System.IO.Compression;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.Client.Http;

/// <summary>
/// A body that is compressed with gzip. It throws if the body was cut off, which the runtime's stream takes for the regular end: the last bytes of a
/// complete body are its uncompressed length.
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

        // With several members, the length is that of the last one, and it is stored modulo 4 GB.
        if (read == 0 && count > 0 && _length <= uint.MaxValue && _tail.Count > 0 && _tail.Value > _length)
            throw new InvalidDataException("The compressed response was cut off.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A stream that keeps the last four bytes that were read.</summary>
    private sealed class Tail(Stream source) : ReadStream
    {
        private uint _value;

        /// <summary>Gets the last four bytes as a little-endian number.</summary>
        public uint Value => _value;

        /// <summary>Gets the number of bytes that were read.</summary>
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

/// <summary>The base class of streams that can only be read.</summary>
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
