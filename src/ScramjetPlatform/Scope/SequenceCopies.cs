using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform.Scope;

/// <summary>Finds the newest of the sequences with one name on one hub, with the hub's records of uploads.</summary>
/// <param name="context">The command's requests.</param>
internal sealed class SequenceCopies(RequestContext context)
{
    private readonly Dictionary<string, Task<Snapshot>> _snapshots = new(StringComparer.Ordinal);

    /// <summary>Returns whether a sequence is the newest one of its name on its hub.</summary>
    /// <exception cref="ScramjetException"><c>AMBIGUOUS</c>: the hub has several, and no record of their uploads.</exception>
    public async Task<bool> IsNewestAsync(Sequence sequence) => (await GetNewestAsync(sequence).ConfigureAwait(false)).Id == sequence.Id;

    /// <summary>Returns the newest sequence with the name of a sequence on its hub.</summary>
    /// <exception cref="ScramjetException"><c>AMBIGUOUS</c>.</exception>
    public async Task<Sequence> GetNewestAsync(Sequence sequence)
    {
        var snapshot = await GetSnapshotAsync(sequence.Client.Hub).ConfigureAwait(false);
        var copies = snapshot.Sequences.Where(s => s.Name == sequence.Name).ToArray();

        // A sequence that isn't in the list was uploaded since. Sequences without a name have nothing in common.
        if (string.IsNullOrEmpty(sequence.Name) || !Array.Exists(copies, s => s.Id == sequence.Id))
            return sequence;
        if (copies.Length == 1)
            return copies[0];

        var sorted = Sort(copies, await snapshot.Times.Value.ConfigureAwait(false));
        if (sorted[0].Created is not { } time || sorted[1].Created == time)
            throw Unknown(sequence, copies);
        return sorted[0];
    }

    /// <summary>Sorts sequences so that of those with one name the newest is first, as far as the hub has records, and sets their times.</summary>
    /// <param name="sequences">Sequences of one hub.</param>
    public async Task<IReadOnlyList<Sequence>> SortAsync(IReadOnlyList<Sequence> sequences)
    {
        if (!sequences.GroupBy(s => s.Name).Any(copies => copies.Skip(1).Any()))
            return sequences;

        var snapshot = await GetSnapshotAsync(sequences[0].Client.Hub).ConfigureAwait(false);
        return Sort(sequences, await snapshot.Times.Value.ConfigureAwait(false));
    }

    private static IReadOnlyList<Sequence> Sort(IReadOnlyList<Sequence> sequences, IReadOnlyDictionary<string, DateTimeOffset>? times)
    {
        foreach (var sequence in sequences)
            sequence.Created = times?.TryGetValue(sequence.Id, out var time) == true ? time : null;
        return [.. sequences.GroupBy(s => s.Name).SelectMany(copies => copies.OrderByDescending(s => s.Created ?? DateTimeOffset.MinValue))];
    }

    private Task<Snapshot> GetSnapshotAsync(HubClient hub)
    {
        lock (_snapshots)
        {
            if (!_snapshots.TryGetValue(hub.Uri.AbsoluteUri, out var snapshot))
                _snapshots[hub.Uri.AbsoluteUri] = snapshot = RequestAsync(context.Bind(hub));
            return snapshot;
        }
    }

    private async Task<Snapshot> RequestAsync(HubClient hub) =>
        new(await hub.ListSequencesAsync(context.Cancellation).ConfigureAwait(false), () => RequestTimesAsync(hub));

    private async Task<IReadOnlyDictionary<string, DateTimeOffset>?> RequestTimesAsync(HubClient hub)
    {
        try
        {
            return await hub.GetUploadTimesAsync(context.Cancellation).ConfigureAwait(false);
        }
        catch (ScramjetException)
        {
            // Without the records, the order is unknown, which is an error only if it matters.
            return null;
        }
    }

    /// <summary>The sequences of a hub, and the times of their uploads. The times are requested after the list, so that they include all of it.</summary>
    private sealed class Snapshot(IReadOnlyList<Sequence> sequences, Func<Task<IReadOnlyDictionary<string, DateTimeOffset>?>> requestTimes)
    {
        public IReadOnlyList<Sequence> Sequences { get; } = sequences;

        public Lazy<Task<IReadOnlyDictionary<string, DateTimeOffset>?>> Times { get; } = new(requestTimes);
    }

    private static ScramjetException Unknown(Sequence sequence, IReadOnlyList<Sequence> copies) => new(
        ErrorCodes.Ambiguous,
        $"It isn't known which of the {copies.Count} sequences '{sequence.Name}' on '{sequence.Hub}' is the newest: the hub has no record of their uploads. " +
        $"They are {string.Join(", ", copies.Take(10).Select(s => s.Id))}{(copies.Count > 10 ? ", ..." : "")}.",
        "Specify sequences by their ids. Hubs keep the latest records only, and none from before their start.");
}
