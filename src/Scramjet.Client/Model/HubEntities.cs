using System.Collections.Generic;

namespace Scramjet.Client.Model;

/// <summary>The sequences and instances of a hub.</summary>
public sealed class HubEntities
{
    internal HubEntities(IReadOnlyList<Sequence> sequences, IReadOnlyList<Instance> instances)
    {
        Sequences = sequences;
        Instances = instances;
    }

    /// <summary>The hub's sequences.</summary>
    public IReadOnlyList<Sequence> Sequences { get; }

    /// <summary>The hub's instances.</summary>
    public IReadOnlyList<Instance> Instances { get; }
}
