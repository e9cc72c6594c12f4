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
        _fileSystems = (fields.Token("fsSize") as JArray)?.OfType<JObject>().Select(o => new FileSystemLoad(new JsonFields(o))).ToArray() ?? [];

        // What measures the CPU tells where file systems are mounted; what reads the system's load average names paths alone.
        CpuPercent = _fileSystems.Any(f => f.Mount is not null) ? CurrentLoad : null;
        AdditionalData = fields.Rest();
    }

    /// <summary>The average load as the hub answers it (<c>avgLoad</c>): over the last quarter of an hour from hubs of 1.0, as a number where 1 is one busy CPU.</summary>
    public double? AverageLoad { get; }

    /// <summary>
    /// The load now as the hub answers it (<c>currentLoad</c>). Hubs of 0.18 answer a percentage, which <see cref="CpuPercent"/> has too; hubs of 1.0 the load
    /// average of the last minute, where 1 is one busy CPU.
    /// </summary>
    public double? CurrentLoad { get; }

    /// <summary>The part of the CPUs that is in use, from 0 to 100; null if the hub answers a load average instead.</summary>
    public double? CpuPercent { get; }

    /// <summary>Free memory in bytes.</summary>
    public long? MemoryFree { get; }

    /// <summary>Used memory in bytes.</summary>
    public long? MemoryUsed { get; }

    /// <summary>The part in use of the fullest file system, from 0 to 100, as the hub means it.</summary>
    public double? DiskPercent => _fileSystems.Max(f => f.UsedPercent);

    /// <summary>The file systems that the hub uses (<c>fsSize</c>).</summary>
    public IReadOnlyList<FileSystemLoad> GetFileSystems() => _fileSystems;

    /// <summary>The hub's id; null for a space's load.</summary>
    public string? Hub { get; }

    /// <summary>The space's id; null for a standalone hub.</summary>
    public string? Space { get; }

    /// <summary>Whose load it is.</summary>
    public override string ToString() => Hub ?? Space ?? "";
}

/// <summary>How full a file system is.</summary>
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

    /// <summary>Where it is mounted.</summary>
    public string? Mount { get; }

    /// <summary>Its type, like <c>ext4</c>.</summary>
    public string? Type { get; }

    /// <summary>Its size in bytes.</summary>
    public long? Size { get; }

    /// <summary>The bytes in use.</summary>
    public long? Used { get; }

    /// <summary>The bytes that are free to use.</summary>
    public long? Available { get; }

    /// <summary>Whether it can be written to, if the hub gives it.</summary>
    public bool? ReadWrite { get; }

    /// <summary>How much of it is in use, as the hub answers it: a percentage from hubs of 0.18, a fraction of the size from hubs of 1.0.</summary>
    public double? Use { get; }

    /// <summary>The part in use as the hub means it, from 0 to 100. Hubs of 0.18 leave out what is reserved for the system, hubs of 1.0 count it as free.</summary>
    public double? UsedPercent
    {
        get
        {
            var ofSize = Used is { } used && Size is { } size && size > 0 ? 100.0 * used / size : (double?)null;
            if (Use is not { } use)
                return ofSize;

            // Which of the two it is shows beside the bytes; without them, a fraction is never above 1.
            var isFraction = ofSize is { } percent ? Math.Abs((100 * use) - percent) < Math.Abs(use - percent) : use <= 1;
            return isFraction ? 100 * use : use;
        }
    }

    /// <summary>The fields of the response that have no property here; null if there are none.</summary>
    public IReadOnlyDictionary<string, object?>? AdditionalData { get; }

    /// <summary>The device or path, and how full it is.</summary>
    public override string ToString() => UsedPercent is { } percent ? $"{Mount ?? FileSystem} {percent:0}%" : Mount ?? FileSystem ?? "";
}
