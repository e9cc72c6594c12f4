using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Reads the logs of a command: of places and of instances, also of those that start later.</summary>
/// <param name="context">The command's requests and output.</param>
/// <param name="filter">Selects the entries.</param>
/// <param name="follow">Whether the logs are followed.</param>
/// <param name="tail">The number of existing entries of each log to return; null for all.</param>
/// <param name="raw">Whether lines are written as the hub sent them.</param>
internal sealed class LogReader(CommandContext context, LogFilter filter, bool follow, int? tail, bool raw)
{
    /// <summary>The time between two requests for new instances.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeMerge<LogEntry> _merge = new(context, follow, tail, entry => raw ? entry.Line : entry);
    private readonly SequenceNameCache _names = new(context);
    private readonly Dictionary<string, DateTimeOffset?> _read = new(StringComparer.Ordinal);

    private readonly List<HubFollower> _followers = [];

    /// <summary>Writes the entries so far, merged, and then those that come, until all logs have ended.</summary>
    public Task WriteAsync() => Task.WhenAll(_followers.Select(f => context.GuardAsync(f.Hub.HubId, () => FollowAsync(f))).Append(_merge.MergeAsync()));

    /// <summary>Adds the log of a place that contains those of hubs: a space, or the multi-manager.</summary>
    /// <param name="place">The client of the place.</param>
    /// <param name="open">Opens the log.</param>
    /// <param name="space">The id of the space.</param>
    /// <param name="hubs">The client of a hub in the place.</param>
    /// <returns>Reads it; null if it is read already.</returns>
    public Func<Task>? Add<T>(T place, Func<T, CancellationToken, Task<ApiStream>> open, string? space, Func<string, HubClient?> hubs) where T : ApiClient =>
        context.IsFirst(place) ? Read(place, open, space, null, null, hubs, hasParts: true) : null;

    /// <summary>Adds the log of a hub.</summary>
    /// <returns>Reads it; null if it is read already.</returns>
    public Func<Task>? Add(HubClient hub) => context.IsFirst(hub)
        ? Read(hub, static (client, token) => client.GetLogStreamAsync(token), hub.SpaceId, hub.HubId, null, _ => hub, hasParts: false)
        : null;

    /// <summary>Adds the log of an instance.</summary>
    /// <returns>Reads it; null if it is read already.</returns>
    public Func<Task>? Add(Instance instance)
    {
        if (!IsNew(instance))
            return null;
        _names.Add(instance);
        return Read(instance);
    }

    /// <summary>When logs are followed: adds those of instances that start on a hub meanwhile, until the command is stopped.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="isMeant">Returns whether to read the log of an instance.</param>
    public void FollowNew(HubClient hub, Func<Instance, bool> isMeant)
    {
        if (!follow)
            return;
        lock (_followers)
        {
            var follower = _followers.Find(f => f.Hub.Uri == hub.Uri);
            if (follower is null)
                _followers.Add(follower = new HubFollower(hub));
            follower.Conditions.Add(isMeant);
        }
    }

    private async Task FollowAsync(HubFollower follower)
    {
        var reading = new List<Task>();
        while (true)
        {
            await Task.Delay(Interval, context.Cancellation).ConfigureAwait(false);
            foreach (var instance in await follower.Hub.ListInstancesAsync(context.Cancellation).ConfigureAwait(false))
            {
                if (instance.HasEnded || !follower.Conditions.Exists(c => c(instance)) || !IsNew(instance))
                    continue;
                _names.Add(instance);
                reading.Add(context.GuardAsync(instance, Read(instance)));
            }

            reading.RemoveAll(static r => r.IsCompleted);
        }
    }

    /// <summary>Whether the log of an instance isn't read yet. An instance that is restarted can keep its id.</summary>
    private bool IsNew(Instance instance)
    {
        lock (_read)
        {
            var isKnown = _read.TryGetValue(instance.Client.Uri.AbsoluteUri, out var created);
            _read[instance.Client.Uri.AbsoluteUri] = instance.Created;
            return !isKnown || (created is not null && instance.Created is not null && created != instance.Created);
        }
    }

    private Func<Task> Read(Instance instance)
    {
        var client = context.Bind(instance.Client);
        return Read(
            client,
            static (log, token) => log.GetStreamAsync(InstanceStream.Log, token),
            instance.Space,
            instance.Hub,
            instance.Id,
            _ => client.Hub,
            hasParts: false);
    }

    private Func<Task> Read<T>(
        T place,
        Func<T, CancellationToken, Task<ApiStream>> open,
        string? space,
        string? hub,
        string? instance,
        Func<string, HubClient?> hubs,
        bool hasParts) where T : ApiClient
    {
        var source = _merge.Add(hasParts);
        var last = new Dictionary<string, (LogEntry Entry, bool IsAccepted)>(StringComparer.Ordinal);
        var newest = "";
        return () => _merge.ReadAsync(source, place, open, ReadLineAsync);

        async Task<TimedLine<LogEntry>> ReadLineAsync(string line)
        {
            var (before, accepted) = last.TryGetValue(
                hasParts ? last.Keys.FirstOrDefault(h => line.StartsWith(h + ": ", StringComparison.Ordinal)) ?? newest : newest,
                out var known)
                ? known
                : default;
            var entry = LogEntry.ParseNext(line, before, space, hub, instance);
            accepted = filter.Accepts(entry, accepted);
            last[newest = hasParts ? entry.Hub ?? "" : ""] = (entry, accepted);
            if (accepted && !raw && entry is { Sequence: null, Instance: { } id } && hubs(entry.Hub ?? "") is { } on)
                entry.Sequence = await _names.FindAsync(on, id).ConfigureAwait(false);
            return new TimedLine<LogEntry>(accepted ? entry : null, entry.Time)
            {
                Continues = entry.IsContinuation,
                Overtakes = instance is not null && !IsOfProcess(entry),
                Part = hasParts ? entry.Hub : null,
            };
        }
    }

    /// <summary>Whether an entry is from the process of an instance, rather than from its hub.</summary>
    private static bool IsOfProcess(LogEntry entry) => entry.Source is "Sequence" or "Runner" or "PythonRunner" || entry.AdditionalData.ContainsKey("Runner");

    /// <summary>A hub whose new instances are followed.</summary>
    private sealed class HubFollower(HubClient hub)
    {
        public HubClient Hub { get; } = hub;

        public List<Func<Instance, bool>> Conditions { get; } = [];
    }
}
