using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Scramjet.Client.Packaging;

/// <summary>The records of a pax header that change how an entry is extracted.</summary>
internal readonly struct PaxRecords
{
    private const int MaxDigits = 7;

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

    public bool HasValues => Path is not null || LinkPath is not null || Size is not null || IsSparse;

    /// <summary>Reads records such as "24 path=a/long/name\n", or returns null if they are damaged.</summary>
    public static PaxRecords? Read(byte[] bytes)
    {
        byte[]? path = null;
        byte[]? linkPath = null;
        long? size = null;
        var isSparse = false;
        for (var start = 0; start < bytes.Length;)
        {
            var space = Array.IndexOf(bytes, (byte)' ', start, Math.Min(MaxDigits + 1, bytes.Length - start));
            if (space < 0 || !TryNumber(bytes, start, space - start, out var length))
                return null;

            var end = start + (int)length;
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
                    if (!TryNumber(value, 0, value.Length, out var number))
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

    private static bool TryNumber(byte[] bytes, int start, int count, out long number) =>
        long.TryParse(Encoding.ASCII.GetString(bytes, start, count), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
