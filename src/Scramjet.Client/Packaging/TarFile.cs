using System;
using System.Text;
using ICSharpCode.SharpZipLib.Tar;

namespace Scramjet.Client.Packaging;

/// <summary>Creates the headers of packages. They contain nothing about the machine, the user or the time.</summary>
internal static class TarFile
{
    private const int LinkMode = 0x1FF; // 0777

    // The time that npm uses, for the same bytes each time.
    private static readonly DateTime EntryTime = new(1985, 10, 26, 8, 15, 0, DateTimeKind.Utc);

    public static TarEntry Entry(string path, long size, bool isExecutable, string? linkTarget = null) => new(new TarHeader
    {
        Name = path,
        Size = size,
        Mode = linkTarget is null ? FileMode(isExecutable) : LinkMode,
        ModTime = EntryTime,
        UserId = 0,
        GroupId = 0,
        UserName = "",
        GroupName = "",
        TypeFlag = linkTarget is null ? TarHeader.LF_NORMAL : TarHeader.LF_SYMLINK,
        LinkName = linkTarget ?? "",
    });

    /// <summary>Creates the header of a file with a short name.</summary>
    public static byte[] Header(string path, long size, bool isExecutable)
    {
        var block = new byte[ArchiveReader.BlockSize];
        Entry(path, size, isExecutable).TarHeader.WriteHeader(block, Encoding.UTF8);
        return block;
    }

    private static int FileMode(bool isExecutable) => isExecutable ? 0x1ED : 0x1A4; // 0755, 0644
}
