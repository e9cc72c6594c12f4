using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Finds the logs of a record of the pipeline, and adds each of them to a reader once however many records lead to it.</summary>
/// <param name="context">The command.</param>
/// <param name="reader">Reads the logs.</param>
/// <param name="places">The places of the record.</param>
/// <param name="follow">Whether the logs are followed.</param>
internal sealed class LogFinder(CommandContext context, LogReader reader, Places places, bool follow)
{
    private readonly List<(object? Target, Func<Task> ReadAsync)> _logs = [];

    /// <summary>What reads each log that was found, with the object that its errors are about.</summary>
    public IReadOnlyList<(object? Target, Func<Task> ReadAsync)> Logs => _logs;

    /// <summary>Adds the log of the multi-manager.</summary>
    public void AddMultiManager() =>
        Add(null, reader.Add(places.MultiManager, static (client, token) => client.GetLogStreamAsync(token), null, static _ => null));

    /// <summary>Adds the log of a space.</summary>
    public void AddSpace(Space space) => Add(
        space,
        reader.Add(
            context.Bind(space.Client),
            static (client, token) => client.GetLogStreamAsync(token),
            space.Id,
            hub => context.Bind(space.Client.GetHubClient(hub))));

    /// <summary>Finds instances. What a wildcard stands for includes those that start later.</summary>
    public async Task FindInstancesAsync(InstanceReference[] references)
    {
        var found = await RequestContext.CollectAsync<Instance>(
            collect => places.ForEachInstanceAsync(references, collect, Several.AreMeant)).ConfigureAwait(false);
        AddInstances(found);

        var patterns = PatternsOf(references.Where(r => r.Text is { } text && WildcardPattern.ContainsWildcardCharacters(text)));
        if (!follow || patterns.Length == 0)
            return;
        foreach (var hub in await RequestContext.CollectAsync<HubClient>(places.ForEachClientAsync).ConfigureAwait(false))
            reader.FollowNew(hub, instance => Array.Exists(patterns, p => p.IsMatch(instance.Id) || p.IsMatch(instance.SequenceName)));
    }

    /// <summary>Finds the instances of sequences, also those that start later.</summary>
    public async Task FindSequencesAsync(SequenceReference[] references)
    {
        var sequences = await RequestContext.CollectAsync<Sequence>(
            collect => places.ForEachAsync(Finder.Sequences(context), references, collect)).ConfigureAwait(false);
        var patterns = PatternsOf(references);
        var hubs = follow && Array.Exists(patterns, p => p.IsWildcard)
            ? await RequestContext.CollectAsync<HubClient>(places.ForEachClientAsync).ConfigureAwait(false)
            : [.. sequences.GroupBy(s => s.Client.Hub.Uri).Select(g => context.Bind(g.First().Client.Hub))];
        await context.ForEachAsync(hubs, async hub =>
        {
            var ids = sequences.Where(s => s.Client.Hub.Uri == hub.Uri).Select(s => s.Id).ToArray();
            bool IsMeant(Instance instance) => ids.Contains(instance.SequenceId) || Array.Exists(patterns, p => p.IsMatch(instance.SequenceName));
            await AddInstancesAsync(hub, IsMeant).ConfigureAwait(false);
            reader.FollowNew(hub, IsMeant);
        }).ConfigureAwait(false);
    }

    /// <summary>Finds hubs.</summary>
    /// <param name="includeInstance">Whether their instances are included, also those that start later.</param>
    public async Task FindHubsAsync(bool includeInstance)
    {
        foreach (var hub in await RequestContext.CollectAsync<HubClient>(places.ForEachClientAsync).ConfigureAwait(false))
        {
            Add(hub.HubId, reader.Add(hub));
            if (!includeInstance)
                continue;
            await context.GuardAsync(hub.HubId, () => AddInstancesAsync(hub, static _ => true)).ConfigureAwait(false);
            reader.FollowNew(hub, static _ => true);
        }
    }

    private async Task AddInstancesAsync(HubClient hub, Func<Instance, bool> isMeant)
    {
        var listing = await context.ListAsync(hub, () => hub.ListInstancesAsync(context.Cancellation)).ConfigureAwait(false);
        AddInstances(listing.Items.Where(isMeant));
    }

    private static TextPattern[] PatternsOf(IEnumerable<EntityReference> references) =>
        [.. references.Select(r => r.Text).OfType<string>().Select(t => new TextPattern(t))];

    private void AddInstances(IEnumerable<Instance> instances)
    {
        lock (_logs)
        {
            foreach (var instance in instances)
                Add(instance, reader.Add(instance));
        }
    }

    private void Add(object? target, Func<Task>? readAsync)
    {
        if (readAsync is not null)
            _logs.Add((target, readAsync));
    }
}
