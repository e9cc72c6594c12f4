using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>The names of the sequences that instances belong to. An instance that its hub doesn't list has none.</summary>
internal sealed class SequenceNameCache(RequestContext context)
{
    /// <summary>After how long an instance that wasn't listed is looked up again: a hub writes to its log before it lists a new one.</summary>
    private static readonly TimeSpan UnknownLifetime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (string? Name, TimeSpan Time)> _names = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>The name of an instance's sequence; null if it isn't known.</summary>
    public async Task<string?> FindAsync(HubClient hub, string instance)
    {
        if (_names.TryGetValue(instance, out var known) && (known.Name is not null || _clock.Elapsed - known.Time < UnknownLifetime))
            return known.Name;

        try
        {
            foreach (var listed in (await context.ListAsync(hub, () => hub.ListInstancesAsync(context.Cancellation)).ConfigureAwait(false)).Items)
                Add(listed);
        }
        catch (ScramjetException)
        {
            // The log counts; the names are an addition to it.
        }

        return _names.GetOrAdd(instance, _ => (null, _clock.Elapsed)).Name;
    }

    /// <summary>Takes in the name of an instance's sequence.</summary>
    public void Add(Instance instance)
    {
        if (instance.SequenceName is { } name)
            _names[instance.Id] = (name, _clock.Elapsed);
    }
}
