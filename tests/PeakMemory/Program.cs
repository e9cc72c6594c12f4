using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using ScramjetPlatform.Tests;

namespace ScramjetPlatform.PeakMemory;

/// <summary>
/// Prints by how many bytes a script raises the peak memory of this process, as measured by the system. It is a separate process, so that nothing else affects
/// the peak.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [var first, var measured])
        {
            Console.Error.WriteLine("Usage: PeakMemory <a script that does the same on a small scale, to load what it needs> <the script>");
            return 2;
        }

        using var engine = new Engine();
        engine.Get(first);
        GC.Collect();
        ForgetPeak();
        var before = Peak();
        engine.Get(measured);
        Console.WriteLine((Peak() - before).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Resets the peak to the current usage if the system supports it. Otherwise the peak so far is used.</summary>
    private static void ForgetPeak()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some containers don't allow it.
        }
    }

    private static long Peak()
    {
        if (OperatingSystem.IsLinux())
        {
            return 1024 * long.Parse(
                File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture);
        }

        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
