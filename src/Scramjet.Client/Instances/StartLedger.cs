using System;
using System.Collections.Concurrent;
using System.Threading;
using Scramjet.Client.Model;

namespace Scramjet.Client.Instances;

/// <summary>
/// The options that instances were started with over a connection. Not all hubs report them: the 1.0.1 release reports neither the configuration nor the
/// limits, which are needed to start an instance again.
/// </summary>
internal sealed class StartLedger
{
    /// <summary>The maximum number of starts. The oldest are removed first.</summary>
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Entry> _order = new();

    /// <summary>Records a start.</summary>
    /// <param name="address">The instance's address.</param>
    /// <param name="options">The options that were sent.</param>
    public void Add(string address, StartOptions options)
    {
        var entry = new Entry(address, options.Clone());
        _entries[address] = entry;
        _order.Enqueue(entry);
        if (_order.Count > Capacity && _order.TryDequeue(out var oldest) && _entries.TryGetValue(oldest.Address, out var current) && current == oldest)
            _entries.TryRemove(oldest.Address, out _);
    }

    /// <summary>Returns the options that an instance was started with, or null if they are unknown.</summary>
    /// <param name="address">The instance's address.</param>
    /// <param name="created">When the instance was created, if the hub reports it.</param>
    public StartOptions? Find(string address, DateTimeOffset? created)
    {
        if (!_entries.TryGetValue(address, out var entry))
            return null;

        // Another program may have started an instance with the same id.
        return created is null || entry.IsCreatedAt(created.Value) ? entry.Options : null;
    }

    private sealed class Entry(string address, StartOptions options)
    {
        private long _created;

        public string Address { get; } = address;

        public StartOptions Options { get; } = options;

        public bool IsCreatedAt(DateTimeOffset time) =>
            Interlocked.CompareExchange(ref _created, time.UtcTicks, 0) is var known && (known == 0 || known == time.UtcTicks);
    }
}
