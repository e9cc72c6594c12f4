using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ScramjetPlatform.Quickstart;

/// <summary>The real PowerShell, as the restore of this project brought it.</summary>
internal static class Pwsh
{
    /// <summary>Where it is, with its modules in a folder of that name.</summary>
    public static string Folder => Path.GetDirectoryName(Assembly)!;

    /// <summary>How a script file is run in it: with no profile, and with nobody to answer questions.</summary>
    public static ProcessStartInfo Run(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet, ["exec", Assembly, "-NoProfile", "-NonInteractive", "-File", file, .. arguments]);
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        return start;
    }

    private static string Assembly { get; } = typeof(Pwsh).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Pwsh").Value!;

    /// <summary>The host of the runtime that runs this process; another one, on the PATH, may be older.</summary>
    private static string Dotnet { get; } = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
