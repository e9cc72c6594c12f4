using System;
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
    private readonly Dictionary<string, Sequence> _sequencesById = new(StringComparer.Ordinal);

    public HubState(HubClient client, HubVersion version, HubEntities entities, IReadOnlyList<Topic> topics)
    {
        Client = client;
        Version = version;
        Sequences = entities.Sequences;
        Listed = entities.Instances;
        Topics = topics;
        foreach (var sequence in Sequences)
            _sequencesById[sequence.Id] = sequence;
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

    /// <summary>
    /// Returns whether the hub has the sequence of an instance. A hub of 1.0 that has crashed comes back without sequences, and instances that still run
    /// connect to it again.
    /// </summary>
    public bool HasSequenceOf(Instance instance) => FindSequence(instance) is not null;

    /// <summary>Returns the name of the sequence of an instance; null if it isn't known.</summary>
    public string? NameOf(Instance instance) => FindSequence(instance) is { } sequence ? sequence.Name : instance.SequenceName;

    /// <summary>Returns the version of the sequence of an instance; null if it isn't known.</summary>
    public string? VersionOf(Instance instance) => FindSequence(instance) is { } sequence ? sequence.Version : instance.SequenceVersion;

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

    private Sequence? FindSequence(Instance instance) =>
        instance.SequenceId is { } id && _sequencesById.TryGetValue(id, out var sequence) ? sequence : null;
}
