using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Model;

/// <summary>The load of a hub or a space.</summary>
public sealed class LoadCheck : Entity
{
    internal LoadCheck(JsonFields fields, string? space, string? hub)
    {
        Space = space;
        Hub = hub;
        AverageLoad = fields.Number("avgLoad");
        CurrentLoad = fields.Number("currentLoad");
        MemoryFree = fields.Integer("memFree");
        MemoryUsed = fields.Integer("memUsed");
        FileSystems = (fields.Token("fsSize") as JArray)?.OfType<JObject>().Select(o => new FileSystemLoad(new JsonFields(o))).ToArray() ?? [];
        AdditionalData = fields.Rest();
    }

    /// <summary>The average load of the CPUs, where 1 is one busy CPU.</summary>
    public double? AverageLoad { get; }

    /// <summary>The load now, in percent.</summary>
    public double? CurrentLoad { get; }

    /// <summary>Free memory in bytes.</summary>
    public long? MemoryFree { get; }

    /// <summary>Used memory in bytes.</summary>
    public long? MemoryUsed { get; }

    /// <summary>The file systems that the hub uses.</summary>
    public IReadOnlyList<FileSystemLoad> FileSystems { get; }

    /// <summary>The hub's id; null for a space's load.</summary>
    public string? Hub { get; }

    /// <summary>The space's id; null for a hub that is used alone.</summary>
    public string? Space { get; }
}

/// <summary>How full a file system is.</summary>
public sealed class FileSystemLoad : Entity
{
    internal FileSystemLoad(JsonFields fields)
    {
        FileSystem = fields.Text("fs");
        Mount = fields.Text("mount");
        Type = fields.Text("type");
        Size = fields.Integer("size");
        Used = fields.Integer("used");
        Available = fields.Integer("available");
        AdditionalData = fields.Rest();
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

    /// <summary>The part in use, from 0 to 100. It follows from the bytes: versions differ in what they call it.</summary>
    public double? UsedPercent => Used is { } used && Available is { } available && used + available > 0 ? 100.0 * used / (used + available) : null;

    /// <summary>The device or path, and how full it is.</summary>
    public override string ToString() => UsedPercent is { } percent ? $"{Mount ?? FileSystem} {percent:0}%" : Mount ?? FileSystem ?? "";
}
