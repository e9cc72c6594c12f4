using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>The queries that several cmdlets share.</summary>
internal static class Queries
{
    public static EntityQuery<Sequence> Sequences(ScramjetCmdlet cmdlet) =>
        new(cmdlet, "sequence", (HostClient hub) => hub.ListSequencesAsync(cmdlet.Cancellation), s => s.Id, s => s.Name);

    public static EntityQuery<Instance> Instances(ScramjetCmdlet cmdlet) =>
        new(cmdlet, "instance", (HostClient hub) => hub.ListInstancesAsync(cmdlet.Cancellation), i => i.Id);

    public static EntityQuery<StoreItem> StoreItems(ScramjetCmdlet cmdlet) =>
        new(cmdlet, "store item", (ManagerClient space) => space.GetStoreItemsAsync(cmdlet.Cancellation), i => i.Id, i => i.Name);
}
