using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;

namespace Scramjet.Testing;

/// <summary>Writes packages block by block, including invalid ones.</summary>
public sealed class RawTar
{
    private const int BlockSize = 512;

    private readonly MemoryStream _blocks = new();

    /// <summary>Creates a valid package to add entries to.</summary>
    public static RawTar Good(string name = "raw-package") => new RawTar()
        .Add("package.json", $$"""{ "name": "{{name}}", "version": "1.0.0", "main": "index.js" }""")
        .Add("index.js", "module.exports = () => {};");

    public RawTar Add(string name, string content = "", char type = '0', string link = "", int mode = 0x1A4, long? size = null) =>
        Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(content), type, link, mode, size);

    /// <summary>Adds an entry whose name can be any bytes, and whose header can have another size than its content.</summary>
    public RawTar Add(byte[] name, byte[] content, char type = '0', string link = "", int mode = 0x1A4, long? size = null)
    {
        var header = new byte[BlockSize];
        name.AsSpan(0, Math.Min(name.Length, 100)).CopyTo(header);
        Octal(header, 100, 8, mode);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        if ((size ?? content.Length) < 0x1FFFFFFFF)
        {
            Octal(header, 124, 12, size ?? content.Length);
        }
        else
        {
            header[124] = 0x80;
            for (var i = 0; i < 8; i++)
                header[128 + i] = (byte)(size!.Value >> (56 - (8 * i)));
        }

        Octal(header, 136, 12, 0);
        header[156] = (byte)type;
        Encoding.UTF8.GetBytes(link).AsSpan(0, Math.Min(100, Encoding.UTF8.GetByteCount(link))).CopyTo(header.AsSpan(157));
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header, 148, 7, header.Sum(b => b));
        return Raw(header).Raw(content).Raw(new byte[(BlockSize - (content.Length % BlockSize)) % BlockSize]);
    }

    /// <summary>Adds a pax header for the next entry.</summary>
    public RawTar Pax(string key, string value, char type = 'x')
    {
        var tail = $" {key}={value}\n";
        var rest = Encoding.UTF8.GetByteCount(tail);
        var length = rest + 1;
        while (length != rest + length.ToString().Length)
            length++;
        return Add("PaxHeader", length + tail, type);
    }

    public RawTar Raw(byte[] bytes)
    {
        _blocks.Write(bytes);
        return this;
    }

    public byte[] ToTar(bool withEnd = true) => [.. _blocks.ToArray(), .. withEnd ? new byte[2 * BlockSize] : []];

    public byte[] ToPackage(bool withEnd = true) => Gzip(ToTar(withEnd));

    /// <summary>Writes the package to a new file in a folder, and returns its path.</summary>
    public string Save(string folder, bool withEnd = true) => Save(folder, ToPackage(withEnd));

    public static string Save(string folder, byte[] package)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".tar.gz");
        File.WriteAllBytes(path, package);
        return path;
    }

    public static byte[] Gzip(params IEnumerable<byte[]> parts)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            foreach (var part in parts)
                gzip.Write(part);
        }

        return output.ToArray();
    }

    private static void Octal(byte[] header, int offset, int length, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(length - 1, '0') + "\0").CopyTo(header, offset);
}
