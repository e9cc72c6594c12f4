using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Scramjet.Client.Packaging;

/// <summary>What a pax header says of an entry, as far as it decides what is unpacked.</summary>
internal readonly struct PaxRecords
{
    private const int MostDigits = 7;

    private PaxRecords(byte[]? path, byte[]? linkPath, long? size, bool isSparse)
    {
        IsRead = true;
        Path = path;
        LinkPath = linkPath;
        Size = size;
        IsSparse = isSparse;
    }

    public bool IsRead { get; }

    public byte[]? Path { get; }

    public byte[]? LinkPath { get; }

    public long? Size { get; }

    public bool IsSparse { get; }

    public bool SaysMore => Path is not null || LinkPath is not null || Size is not null || IsSparse;

    /// <summary>Reads records like "24 path=a/long/name\n"; null if they are damaged.</summary>
    public static PaxRecords? Read(byte[] bytes)
    {
        byte[]? path = null;
        byte[]? linkPath = null;
        long? size = null;
        var isSparse = false;
        for (var start = 0; start < bytes.Length;)
        {
            var space = Array.IndexOf(bytes, (byte)' ', start, Math.Min(MostDigits + 1, bytes.Length - start));
            if (space < 0 || !int.TryParse(Encoding.ASCII.GetString(bytes, start, space - start), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                return null;

            var end = start + length;
            var equals = end <= bytes.Length && end > space + 1 ? Array.IndexOf(bytes, (byte)'=', space + 1, end - space - 1) : -1;
            if (equals < 0 || bytes[end - 1] != '\n')
                return null;

            var name = Encoding.ASCII.GetString(bytes, space + 1, equals - space - 1);
            var value = bytes.Skip(equals + 1).Take(end - equals - 2).ToArray();
            switch (name)
            {
                case "path" or "linkpath" when value.Length == 0:
                    return null;
                case "path":
                    path = value;
                    break;
                case "linkpath":
                    linkPath = value;
                    break;
                case "size":
                    if (!long.TryParse(Encoding.ASCII.GetString(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                        return null;
                    size = number;
                    break;
                default:
                    isSparse |= name.StartsWith("GNU.sparse.", StringComparison.Ordinal);
                    break;
            }

            start = end;
        }

        return new PaxRecords(path, linkPath, size, isSparse);
    }
}
