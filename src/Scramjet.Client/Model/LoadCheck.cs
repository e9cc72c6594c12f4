using System;
using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Model;

/// <summary>The load of a hub or a space.</summary>
public sealed class LoadCheck : Entity
{
    private readonly FileSystemLoad[] _fileSystems;

    internal LoadCheck(JsonFields fields, string? space, string? hub)
    {
        Space = space;
        Hub = hub;
        AverageLoad = fields.Number("avgLoad");
        CurrentLoad = fields.Number("currentLoad");
        MemoryFree = fields.Integer("memFree");
        MemoryUsed = fields.Integer("memUsed");
        _fileSystems = fields.Objects("fsSize").Select(static system => new FileSystemLoad(system)).ToArray();

        // Hubs that measure the CPU report mount points of file systems. Hubs that report the load average have only paths.
        CpuPercent = _fileSystems.Any(f => f.Mount is not null) ? CurrentLoad : null;
        AdditionalData = fields.Rest();
    }

    /// <summary>
    /// The average load, as the hub reports it (<c>avgLoad</c>). Hubs of 1.0 report the load average of the last 15 minutes, in which 1 is one busy CPU.
    /// </summary>
    public double? AverageLoad { get; }

    /// <summary>
    /// The current load, as the hub reports it (<c>currentLoad</c>). Hubs of 0.18 report a percentage, which <see cref="CpuPercent"/> has too. Hubs of 1.0
    /// report the load average of the last minute, in which 1 is one busy CPU.
    /// </summary>
    public double? CurrentLoad { get; }

    /// <summary>The CPU usage, from 0 to 100; null if the hub reports a load average instead.</summary>
    public double? CpuPercent { get; }

    /// <summary>The free memory in bytes.</summary>
    public long? MemoryFree { get; }

    /// <summary>The used memory in bytes.</summary>
    public long? MemoryUsed { get; }

    /// <summary>The usage of the fullest file system, from 0 to 100.</summary>
    public double? DiskPercent => _fileSystems.Max(f => f.UsedPercent);

    /// <summary>Returns the file systems that the hub uses (<c>fsSize</c>).</summary>
    public IReadOnlyList<FileSystemLoad> GetFileSystems() => _fileSystems;

    /// <summary>The hub's id; null for a space's load.</summary>
    public string? Hub { get; }

    /// <summary>The space's id; null for a standalone hub.</summary>
    public string? Space { get; }

    /// <summary>Returns the id of the hub or the space.</summary>
    public override string ToString() => Hub ?? Space ?? "";
}

/// <summary>The usage of a file system.</summary>
public sealed class FileSystemLoad
{
    internal FileSystemLoad(JsonFields fields)
    {
        FileSystem = fields.Text("fs");
        Mount = fields.Text("mount");
        Type = fields.Text("type");
        Size = fields.Integer("size");
        Used = fields.Integer("used");
        Available = fields.Integer("available");
        Use = fields.Number("use");
        ReadWrite = fields.Flag("rw");
        AdditionalData = fields.RestOrNull();
    }

    /// <summary>The device or path.</summary>
    public string? FileSystem { get; }

    /// <summary>The mount point.</summary>
    public string? Mount { get; }

    /// <summary>The type, such as <c>ext4</c>.</summary>
    public string? Type { get; }

    /// <summary>The size in bytes.</summary>
    public long? Size { get; }

    /// <summary>The used bytes.</summary>
    public long? Used { get; }

    /// <summary>The available bytes.</summary>
    public long? Available { get; }

    /// <summary>Whether the file system is writable, if the hub reports it.</summary>
    public bool? ReadWrite { get; }

    /// <summary>The usage as the hub reports it: hubs of 0.18 report a percentage, hubs of 1.0 a fraction of the size.</summary>
    public double? Use { get; }

    /// <summary>The usage from 0 to 100. Hubs of 0.18 exclude the space that is reserved for the system, hubs of 1.0 count it as free.</summary>
    public double? UsedPercent
    {
        get
        {
            var ofSize = Used is { } used && Size is { } size && size > 0 ? 100.0 * used / size : (double?)null;
            if (Use is not { } use)
                return ofSize;

            // The used bytes show whether it is a percentage or a fraction. Without them, a value up to 1 is a fraction.
            var isFraction = ofSize is { } percent ? Math.Abs((100 * use) - percent) < Math.Abs(use - percent) : use <= 1;
            return isFraction ? 100 * use : use;
        }
    }

    /// <summary>The fields of the response that have no property here; null if there are none.</summary>
    public IReadOnlyDictionary<string, object?>? AdditionalData { get; }

    /// <summary>Returns the device or path, and its usage.</summary>
    public override string ToString() => UsedPercent is { } percent ? $"{Mount ?? FileSystem} {percent:0}%" : Mount ?? FileSystem ?? "";
}
