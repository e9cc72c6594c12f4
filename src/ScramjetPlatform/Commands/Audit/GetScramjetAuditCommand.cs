using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Gets audit records of the platform, of spaces, hubs, sequences or instances: who asked for what, and how much was sent.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetAudit")]
[OutputType(typeof(AuditEntry))]
public sealed class GetScramjetAuditCommand : HubCmdlet
{
    private readonly Dictionary<string, Filter> _filters = new(StringComparer.Ordinal);

    [Parameter]
    public SwitchParameter Follow { get; set; }

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override int MaxRecords => int.MaxValue;

    private protected override Task ProcessAsync()
    {
        switch (Piped.Value)
        {
            case Instance instance:
                Add(instance.Client.Hub, instance.Id, ofSequence: false);
                return Task.CompletedTask;
            case Sequence sequence:
                Add(sequence.Client.Hub, sequence.Id, ofSequence: true);
                return Task.CompletedTask;
        }

        if (!Places.IsNarrowed && Places.Connection is { Target: ConnectionKind.Platform } connection)
            return ReadAsync(Bind(connection.Middleware), static (client, token) => client.GetAuditStreamAsync(token), null, null);
        return Places.AreSpaces
            ? Places.ForEachSpaceAsync(space => ReadAsync(Bind(space.Client), static (client, token) => client.GetAuditStreamAsync(token), space.Id, null))
            : Places.ForEachClientAsync(hub => ReadAsync(hub, static (client, token) => client.GetAuditStreamAsync(token), hub.SpaceId, hub.HubId));
    }

    /// <summary>Reads the audits of the hubs whose sequences and instances were piped, each once.</summary>
    private protected override Task EndAsync() =>
        Task.WhenAll(_filters.Values.Select(filter => Context.GuardAsync(filter.Hub.HubId, () => ReadAsync(filter))));

    private void Add(HubClient hub, string id, bool ofSequence)
    {
        if (!_filters.TryGetValue(hub.Uri.AbsoluteUri, out var filter))
            _filters[hub.Uri.AbsoluteUri] = filter = new Filter(Bind(hub));
        (ofSequence ? filter.Sequences : filter.Ids).Add(id);
    }

    private async Task ReadAsync(Filter filter)
    {
        var hub = filter.Hub;
        filter.Ids.UnionWith(filter.Sequences);
        if (filter.Sequences.Count > 0)
        {
            var instances = await hub.ListInstancesAsync(StopToken).ConfigureAwait(false);
            filter.Ids.UnionWith(instances.Where(i => i.SequenceId is { } of && filter.Sequences.Contains(of)).Select(i => i.Id));
        }

        await ReadAsync(
            hub,
            static (client, token) => client.GetAuditStreamAsync(token),
            hub.SpaceId,
            hub.HubId,
            entry => entry.ObjectId is { } id && filter.Ids.Contains(id)).ConfigureAwait(false);
    }

    /// <summary>Reads the audit of a place, once however many records lead to it.</summary>
    private async Task ReadAsync<T>(
        T place,
        Func<T, CancellationToken, Task<ApiStream>> open,
        string? space,
        string? hub,
        Func<AuditEntry, bool>? isMatch = null) where T : ApiClient
    {
        if (!Context.IsFirst(place))
            return;

        await EndlessLines.ReadAsync(Context, place, open, TakeAsync, Follow).ConfigureAwait(false);

        async Task<DateTimeOffset?> TakeAsync(string line)
        {
            if (AuditEntry.Parse(line, space, hub) is not { } entry)
                return null;
            if (isMatch?.Invoke(entry) != false)
                await WriteAsync(entry).ConfigureAwait(false);
            return entry.Time;
        }
    }

    /// <summary>The sequences and instances of a hub whose audit is read.</summary>
    private sealed class Filter(HubClient hub)
    {
        public HubClient Hub { get; } = hub;

        public HashSet<string> Sequences { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);
    }
}
