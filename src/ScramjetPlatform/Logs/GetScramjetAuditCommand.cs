using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>Gets audit records of the platform, of spaces, hubs, sequences or instances: who asked for what, and how much was sent.</summary>
[Cmdlet(VerbsCommon.Get, "ScramjetAudit")]
[OutputType(typeof(AuditEntry))]
public sealed class GetScramjetAuditCommand : ScopedCmdlet
{
    private readonly Dictionary<string, Wanted> _wanted = new(StringComparer.Ordinal);

    [Parameter]
    public SwitchParameter Follow { get; set; }

    private protected override PipedKind TakesFromPipeline => PipedKind.Places | PipedKind.Sequence | PipedKind.Instance;

    private protected override void Process()
    {
        switch (Piped)
        {
            case Instance instance:
                Want(instance.Client.Hub, instance.Id, ofSequence: false);
                return;
            case Sequence sequence:
                Want(sequence.Client.Hub, sequence.Id, ofSequence: true);
                return;
        }

        var named = PipedAs is PipedKind.Space or PipedKind.Hub || Space is not null || Hub is not null;
        if (!named && RequireConnection() is { Target: ConnectionKind.Platform } connection)
        {
            StartEndless(() => ReadAsync(Own(connection.Middleware), static (client, token) => client.GetAuditStreamAsync(token), null, null), connection);
            return;
        }

        var scope = GetScope();
        if (MeansSpaces())
            StartEndless(() => scope.ForEachSpaceAsync(space => ReadAsync(Own(space.Client), static (client, token) => client.GetAuditStreamAsync(token), space.Id, null)));
        else
            StartEndless(() => scope.ForEachClientAsync(hub => ReadAsync(hub, static (client, token) => client.GetAuditStreamAsync(token), hub.SpaceId, hub.HubId)));
    }

    /// <summary>Reads the audits of the hubs whose sequences and instances were piped, each once.</summary>
    protected override void EndProcessing()
    {
        foreach (var wanted in _wanted.Values)
            StartEndless(() => ReadAsync(wanted), wanted.Hub.HubId);
        base.EndProcessing();
    }

    private void Want(HubClient hub, string id, bool ofSequence)
    {
        if (!_wanted.TryGetValue(hub.Uri.AbsoluteUri, out var wanted))
            _wanted[hub.Uri.AbsoluteUri] = wanted = new Wanted(Own(hub));
        (ofSequence ? wanted.Sequences : wanted.Ids).Add(id);
    }

    private async Task ReadAsync(Wanted wanted)
    {
        var hub = wanted.Hub;
        wanted.Ids.UnionWith(wanted.Sequences);
        if (wanted.Sequences.Count > 0)
        {
            var instances = await hub.ListInstancesAsync(StopToken).ConfigureAwait(false);
            wanted.Ids.UnionWith(instances.Where(i => i.SequenceId is { } of && wanted.Sequences.Contains(of)).Select(i => i.Id));
        }

        await ReadAsync(hub, static (client, token) => client.GetAuditStreamAsync(token), hub.SpaceId, hub.HubId, entry => entry.ObjectId is { } id && wanted.Ids.Contains(id)).ConfigureAwait(false);
    }

    /// <summary>Reads the audit of a place, once however many records lead to it.</summary>
    private async Task ReadAsync<T>(T place, Func<T, CancellationToken, Task<ApiStream>> open, string? space, string? hub, Func<AuditEntry, bool>? isWanted = null) where T : ApiClient
    {
        if (!Context.IsFirst(place))
            return;
        if (Follow)
        {
            using var stream = await open(place, StopToken).ConfigureAwait(false);
            await EndlessLines.FollowAsync(stream, TakeAsync, StopToken).ConfigureAwait(false);
        }
        else
        {
            await EndlessLines.ReadAsync(Context, place, open, TakeAsync).ConfigureAwait(false);
        }

        async Task<DateTimeOffset?> TakeAsync(string line)
        {
            if (AuditEntry.Parse(line, space, hub) is not { } entry)
                return null;
            if (isWanted?.Invoke(entry) != false)
                await WriteAsync(entry).ConfigureAwait(false);
            return entry.Time;
        }
    }

    /// <summary>What of a hub's audit is wanted.</summary>
    private sealed class Wanted(HubClient hub)
    {
        public HubClient Hub { get; } = hub;

        public HashSet<string> Sequences { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);
    }
}
