using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;

namespace Scramjet.Client.Packaging;

/// <summary>
/// Reads a tar file to validate it: in ustar, pax and GNU format, with the names and links that a program that extracts it sees, with limited memory, and
/// with an error where such programs differ. SharpZipLib's reader doesn't limit the length of names and ignores the link paths of pax.
/// </summary>
internal sealed class ArchiveReader(Stream tar, string origin, CancellationToken cancellationToken)
{
    public const int BlockSize = 512;

    private const int MaxHeaderSize = 1024 * 1024;
    private const int NameLength = 100;
    private const int PrefixOffset = 345;
    private const int PrefixLength = 155;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _block = new byte[BlockSize];
    private readonly byte[] _skipped = new byte[64 * 1024];
    private long _left;
    private int _padding;
    private bool _hasBegun;

    /// <summary>Skips the rest of the current entry and returns the next one, or null at the end.</summary>
    public ArchiveEntry? Next()
    {
        SkipContent();
        var headers = new MemoryStream();
        string? longName = null;
        string? longLink = null;
        var pax = default(PaxRecords);
        while (true)
        {
            ReadFully(_block, BlockSize);
            if (Array.TrueForAll(_block, static b => b == 0))
            {
                if (headers.Length > 0)
                    throw Damaged();
                ReadToEnd();
                return null;
            }

            CheckSum();
            _hasBegun = true;
            headers.Write(_block, 0, BlockSize);
            if (headers.Length > 2 * MaxHeaderSize)
                throw TooLong();
            var size = Number(124, 12);
            switch ((char)_block[156])
            {
                case 'x' when pax.IsRead || longName is not null || longLink is not null:
                case 'L' when pax.IsRead || longName is not null:
                case 'K' when pax.IsRead || longLink is not null:
                    throw Invalid("an entry has two headers, which programs interpret differently");
                case 'x':
                    pax = PaxRecords.Read(ReadHeader(size, headers)) ?? throw Damaged();
                    break;
                case 'g':
                    var global = PaxRecords.Read(ReadHeader(size, headers)) ?? throw Damaged();
                    if (global.HasValues)
                        throw Invalid("a global header sets a name, a link, or a size");
                    break;
                case 'L':
                    longName = Text(ReadHeader(size, headers));
                    break;
                case 'K':
                    longLink = Text(ReadHeader(size, headers));
                    break;
                default:
                    return Entry(headers.ToArray(), size, longName, longLink, pax);
            }
        }
    }

    /// <summary>Reads from the entry's content.</summary>
    public int Read(byte[] buffer)
    {
        if (_left == 0)
            return 0;

        cancellationToken.ThrowIfCancellationRequested();
        var read = tar.Read(buffer, 0, (int)Math.Min(buffer.Length, _left));
        if (read == 0)
            throw Truncated();
        _left -= read;
        return read;
    }

    private ArchiveEntry Entry(byte[] headers, long size, string? longName, string? longLink, PaxRecords pax)
    {
        var name = Utf8Text(pax.Path) ?? longName ?? ShortName();
        if (name.Length == 0)
            throw Invalid("an entry has no name");
        if (PackagePath.Error(name) is { } error)
            throw Invalid($"an entry {error}");
        if (pax.IsSparse)
            throw Invalid($"'{name}' is stored as a sparse file");

        var link = Utf8Text(pax.LinkPath) ?? longLink ?? Text(Field(157, NameLength));
        var kind = Kind(name, (char)_block[156]);
        size = pax.Size ?? size;
        if (kind != ArchiveEntryKind.File && size != 0)
            throw Invalid($"'{name}' has content but isn't a file");

        var mode = (int)(Number(100, 8) & 0xFFF);
        _left = size;
        _padding = (int)((BlockSize - (size % BlockSize)) % BlockSize);
        return new ArchiveEntry(kind, name, mode, size, link, headers);
    }

    private ArchiveEntryKind Kind(string name, char type) => type switch
    {
        '\0' or '0' or '7' => name.EndsWith("/", StringComparison.Ordinal) ? ArchiveEntryKind.Folder : ArchiveEntryKind.File,
        '1' => ArchiveEntryKind.HardLink,
        '2' => ArchiveEntryKind.Link,
        '5' => ArchiveEntryKind.Folder,
        '3' or '4' => throw Invalid($"'{name}' is a device"),
        '6' => throw Invalid($"'{name}' is a pipe"),
        _ => throw Invalid($"'{name}' is neither a file nor a folder nor a link"),
    };

    private string ShortName()
    {
        var name = Text(Field(0, NameLength));
        var isPosix = Encoding.ASCII.GetString(_block, 257, 6) == "ustar\0";
        var prefix = isPosix ? Text(Field(PrefixOffset, PrefixLength)) : "";
        return prefix.Length > 0 ? prefix + "/" + name : name;
    }

    private byte[] Field(int offset, int length) => Part(_block, offset, length);

    private string Text(byte[] bytes)
    {
        var end = Array.IndexOf(bytes, (byte)0);
        return Utf8Text(end < 0 ? bytes : Part(bytes, 0, end))!;
    }

    private static byte[] Part(byte[] bytes, int offset, int length)
    {
        var part = new byte[length];
        Array.Copy(bytes, offset, part, 0, length);
        return part;
    }

    private string? Utf8Text(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : Utf8.GetString(bytes);
        }
        catch (ArgumentException e)
        {
            throw Invalid("an entry has a name that isn't UTF-8", e);
        }
    }

    /// <summary>Reads a number in octal digits, or in binary if the first bit is set.</summary>
    private long Number(int offset, int length)
    {
        long value = 0;
        if ((_block[offset] & 0x80) != 0)
        {
            if (_block[offset] != 0x80)
                throw Damaged();
            for (var i = offset + 1; i < offset + length; i++)
            {
                if (value >> 55 != 0)
                    throw Damaged();
                value = (value << 8) | _block[i];
            }

            return value;
        }

        var text = Encoding.ASCII.GetString(_block, offset, length).TrimStart(' ');
        var digits = 0;
        while (digits < text.Length && text[digits] is >= '0' and <= '7')
            value = (value << 3) | (uint)(text[digits++] - '0');
        return digits == text.Length || text[digits] is ' ' or '\0' ? value : throw Damaged();
    }

    private void CheckSum()
    {
        var unsigned = 0;
        var signed = 0;
        for (var i = 0; i < BlockSize; i++)
        {
            var b = i is >= 148 and < 156 ? (byte)' ' : _block[i];
            unsigned += b;
            signed += (sbyte)b;
        }

        var sum = Number(148, 8);
        if (sum != unsigned && sum != signed)
            throw Damaged();
    }

    private byte[] ReadHeader(long size, MemoryStream headers)
    {
        if (size > MaxHeaderSize)
            throw TooLong();

        var padded = new byte[(size + BlockSize - 1) / BlockSize * BlockSize];
        ReadFully(padded, padded.Length);
        headers.Write(padded, 0, padded.Length);
        return Part(padded, 0, (int)size);
    }

    private void ReadFully(byte[] buffer, int count)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var done = 0; done < count;)
        {
            var read = tar.Read(buffer, done, count - done);
            if (read == 0)
                throw Truncated();
            done += read;
        }
    }

    private void SkipContent()
    {
        while (Read(_skipped) > 0)
        {
        }

        ReadFully(_skipped, _padding);
        _padding = 0;
    }

    /// <summary>Checks that only padding follows the end, and reads the checksum of the compressed data.</summary>
    private void ReadToEnd()
    {
        int read;
        while ((read = tar.Read(_skipped, 0, _skipped.Length)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Array.FindIndex(_skipped, 0, read, static b => b != 0) >= 0)
                throw Invalid("it has data after its end");
        }
    }

    private ScramjetException TooLong() =>
        Invalid(string.Format(CultureInfo.InvariantCulture, "the header of an entry has more than {0} bytes", MaxHeaderSize));

    private ScramjetException Truncated() => Invalid(_hasBegun ? "it is cut off" : "it has no files");

    private ScramjetException Damaged() => Invalid(_hasBegun ? "it is damaged" : "it isn't a gzip-compressed tar file");

    private ScramjetException Invalid(string why, Exception? e = null) => PackageFile.Invalid(origin, why, e);
}
