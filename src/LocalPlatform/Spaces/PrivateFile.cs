using System;
using System.IO;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>Files that only their owner can read.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a file as a whole: whoever reads it meanwhile, or after a crash, finds the old content or the new.</summary>
    public static void Write(string path, byte[] content)
    {
        var next = path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(next, options))
        {
            if (OperatingSystem.IsWindows())
                Restrict(file);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    [SupportedOSPlatform("windows")]
    private static void Restrict(FileStream file)
    {
        var security = new FileSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(WindowsIdentity.GetCurrent().User!, FileSystemRights.FullControl, AccessControlType.Allow));
        file.SetAccessControl(security);
    }
}
