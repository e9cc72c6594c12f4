using System;
using Scramjet.Client.Api;

namespace Scramjet.Client.Model;

/// <summary>An instance's health report.</summary>
public sealed class InstanceHealth : Entity
{
    internal InstanceHealth(JsonFields fields, InstanceClient client)
    {
        Instance = client.InstanceId;
        Hub = client.Hub.HubId;
        Space = client.Hub.SpaceId;
        Healthy = fields.Flag("healthy");
        ProcessId = (int?)fields.Integer("processId");
        ContainerId = fields.Text("containerId");
        CpuTotalUsage = fields.Number("cpuTotalUsage");
        MemoryUsage = fields.Integer("memoryUsage");
        MemoryMaxUsage = fields.Integer("memoryMaxUsage");
        MemoryLimit = fields.Integer("limit");
        NetworkReceived = fields.Integer("networkRx");
        NetworkSent = fields.Integer("networkTx");
        AdditionalData = fields.Rest();
    }

    /// <summary>The instance's id.</summary>
    public string Instance { get; }

    /// <summary>Whether the instance is healthy.</summary>
    public bool? Healthy { get; }

    /// <summary>The id of its process on the hub's machine.</summary>
    public int? ProcessId { get; }

    /// <summary>The id of its container, if the hub uses containers.</summary>
    public string? ContainerId { get; }

    /// <summary>The CPU time used, in nanoseconds as counted by the container runtime.</summary>
    public double? CpuTotalUsage { get; }

    /// <summary>The memory in use, in bytes.</summary>
    public long? MemoryUsage { get; }

    /// <summary>The maximum memory used so far, in bytes.</summary>
    public long? MemoryMaxUsage { get; }

    /// <summary>The memory limit, in bytes.</summary>
    public long? MemoryLimit { get; }

    /// <summary>The number of bytes received over the network.</summary>
    public long? NetworkReceived { get; }

    /// <summary>The number of bytes sent over the network.</summary>
    public long? NetworkSent { get; }

    /// <summary>The id of the hub that the instance runs on.</summary>
    public string? Hub { get; }

    /// <summary>The id of the hub's space; null for a standalone hub.</summary>
    public string? Space { get; }

    /// <summary>Returns the instance's id.</summary>
    public override string ToString() => Instance;
}
