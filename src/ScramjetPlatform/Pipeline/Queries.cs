using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>The queries that several cmdlets share.</summary>
internal static class Queries
{
    public static EntityQuery<Sequence> Sequences(CommandContext context) =>
        new(context, "sequence", (HubClient hub) => hub.ListSequencesAsync(context.Cancellation), s => s.Id, s => s.Name);

    public static EntityQuery<Instance> Instances(CommandContext context) =>
        new(context, "instance", (HubClient hub) => hub.ListInstancesAsync(context.Cancellation), i => i.Id);

    public static EntityQuery<StoreItem> StoreItems(CommandContext context) =>
        new(context, "store item", (SpaceClient space) => space.ListStoreItemsAsync(context.Cancellation), i => i.Id, i => i.Name);
}
