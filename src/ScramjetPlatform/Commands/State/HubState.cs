using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client.Compat;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>What a hub has: its sequences, instances and topics.</summary>
internal sealed class HubState
{
    public HubState(HubClient client, HubVersion version, HubEntities entities, IReadOnlyList<Topic> topics)
    {
        Client = client;
        Version = version;
        Sequences = entities.Sequences;
        Listed = entities.Instances;
        Topics = topics;
    }

    public HubClient Client { get; }

    public HubVersion Version { get; }

    public string Hub => Client.HubId;

    public string? Space => Client.SpaceId;

    public IReadOnlyList<Sequence> Sequences { get; }

    /// <summary>All instances, including those that have ended.</summary>
    public IReadOnlyList<Instance> Listed { get; }

    /// <summary>The instances that run, and aren't about to end.</summary>
    public IEnumerable<Instance> Running => Listed.Where(Runs);

    public IReadOnlyList<Topic> Topics { get; }

    /// <summary>Returns whether an instance runs, and isn't about to end.</summary>
    public static bool Runs(Instance instance) => !instance.HasEnded && !instance.IsEnding;

    /// <summary>Asks a hub for its state.</summary>
    public static async Task<HubState> GetAsync(RequestContext context, HubClient client)
    {
        var hub = context.Bind(client);
        var version = await hub.GetHubVersionAsync(context.Cancellation).ConfigureAwait(false);
        var entities = hub.ListEntitiesAsync(context.Cancellation);
        var topics = hub.ListTopicsAsync(context.Cancellation);
        await Task.WhenAll(entities, topics).ConfigureAwait(false);
        return new HubState(hub, version, await entities.ConfigureAwait(false), await topics.ConfigureAwait(false));
    }
}
