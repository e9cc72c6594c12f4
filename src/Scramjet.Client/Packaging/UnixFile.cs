using System;
using System.IO;
using System.Reflection;

namespace Scramjet.Client.Packaging;

/// <summary>
/// Links and permission bits. netstandard2.0 has neither, the runtimes under PowerShell 7 have both; so they are
/// asked for by name, and a runtime without them (Windows PowerShell) has no bits and no readable links.
/// </summary>
internal static class UnixFile
{
    private const int PermissionBits = 0x1FF;

    private static readonly PropertyInfo? LinkTargetProperty = typeof(FileSystemInfo).GetProperty("LinkTarget");
    private static readonly MethodInfo? GetUnixFileMode = typeof(File).GetMethod("GetUnixFileMode", [typeof(string)]);

    public static bool IsLink(FileSystemInfo info) => (info.Attributes & FileAttributes.ReparsePoint) != 0;

    public static string? LinkTarget(FileSystemInfo info) => LinkTargetProperty?.GetValue(info) as string;

    public static int? Mode(string path)
    {
        if (GetUnixFileMode is null || Path.DirectorySeparatorChar == '\\')
            return null;

        return Convert.ToInt32(GetUnixFileMode.Invoke(null, [path]), System.Globalization.CultureInfo.InvariantCulture) & PermissionBits;
    }
}
