using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Scramjet.Client.Packaging;

/// <summary>
/// Links, permissions and kinds of files, which netstandard2.0 doesn't support. Later versions of .NET have a property for links, which is read by
/// reflection, and a native library that calls stat in the same way on every Unix. .NET Framework has neither.
/// </summary>
internal static class UnixFile
{
    private const int PermissionBits = 0x1FF;
    private const int KindBits = 0xF000;
    private const int StatusSize = 512;
    private const int ModeOffset = sizeof(int);

    private static readonly PropertyInfo? LinkTargetProperty = typeof(FileSystemInfo).GetProperty("LinkTarget");

    /// <summary>Gets whether the system has permission bits.</summary>
    public static bool HasBits => Path.DirectorySeparatorChar == '/';

    public static bool IsLink(FileSystemInfo info) => (info.Attributes & FileAttributes.ReparsePoint) != 0;

    /// <summary>Returns the target of a link, with forward slashes.</summary>
    public static string? LinkTarget(FileSystemInfo info) => LinkTargetProperty?.GetValue(info) is string target
        ? HasBits ? target : target.Replace('\\', '/')
        : null;

    /// <summary>Returns the permission bits of a file, or of the target of a link.</summary>
    public static int? Mode(string path) => Status(path, followLinks: true) & PermissionBits;

    /// <summary>Gives a file or a folder permission bits, where the system has them.</summary>
    /// <returns>Whether it has them now, or the system has none.</returns>
    public static bool SetMode(string path, int mode)
    {
        if (!HasBits)
            return true;

        try
        {
            return ChMod(path, mode) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Returns the kind of a path without opening it.</summary>
    public static FileKind Kind(string path, bool followLinks) => (Status(path, followLinks) & KindBits) switch
    {
        0x1000 => FileKind.Pipe,
        0x2000 => FileKind.Device,
        0x6000 => FileKind.Disk,
        0x4000 => FileKind.Folder,
        0x8000 => FileKind.File,
        0xA000 => FileKind.Link,
        0xC000 => FileKind.Socket,
        _ => FileKind.Unknown,
    };

    private static int? Status(string path, bool followLinks)
    {
        if (!HasBits)
            return null;

        var status = new byte[StatusSize];
        try
        {
            return (followLinks ? Stat(path, status) : LStat(path, status)) == 0 ? BitConverter.ToInt32(status, ModeOffset) : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_ChMod")]
    private static extern int ChMod([MarshalAs(UnmanagedType.LPStr)] string path, int mode);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    private static extern int Stat([MarshalAs(UnmanagedType.LPStr)] string path, [Out] byte[] status);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_LStat")]
    private static extern int LStat([MarshalAs(UnmanagedType.LPStr)] string path, [Out] byte[] status);
}

/// <summary>The kinds of paths.</summary>
internal enum FileKind
{
    /// <summary>The path doesn't exist, or the system can't tell its kind.</summary>
    Unknown,
    File,
    Folder,
    Link,
    Pipe,
    Device,
    Disk,
    Socket,
}
