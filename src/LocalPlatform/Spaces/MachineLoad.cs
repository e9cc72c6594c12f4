using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>The load of this machine, in the form of a hub's load check.</summary>
internal static class MachineLoad
{
    /// <summary>Measures.</summary>
    public static JsonObject Read()
    {
        var (total, free) = Memory();
        var average = AverageLoad() / Environment.ProcessorCount;
        return new JsonObject
        {
            ["avgLoad"] = Math.Round(average, 2),
            ["currentLoad"] = Math.Round(Math.Min(100, 100 * average), 2),
            ["memFree"] = free,
            ["memUsed"] = total - free,
            ["fsSize"] = new JsonArray(Describe(new DriveInfo(Path.GetPathRoot(AppContext.BaseDirectory)!))),
        };
    }

    private static JsonObject Describe(DriveInfo drive)
    {
        var used = drive.TotalSize - drive.TotalFreeSpace;
        return new JsonObject
        {
            ["fs"] = drive.Name,
            ["type"] = drive.DriveFormat,
            ["size"] = drive.TotalSize,
            ["used"] = used,
            ["available"] = drive.AvailableFreeSpace,
            ["use"] = Math.Round(100.0 * used / drive.TotalSize, 2),
            ["mount"] = drive.RootDirectory.FullName,
        };
    }

    private static (long Total, long Free) Memory()
    {
        if (OperatingSystem.IsLinux())
        {
            var lines = File.ReadLines("/proc/meminfo").Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
                .ToDictionary(line => line[0], line => 1024 * long.Parse(line[1], CultureInfo.InvariantCulture));
            return (lines["MemTotal"], lines["MemAvailable"]);
        }

        // As of the last garbage collection: a rough number will do where the system has none at hand.
        var memory = GC.GetGCMemoryInfo();
        return (memory.TotalAvailableMemoryBytes, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes);
    }

    // Other systems don't have it in a file.
    private static double AverageLoad() =>
        OperatingSystem.IsLinux()
            && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
            ? load
            : 0;
}
