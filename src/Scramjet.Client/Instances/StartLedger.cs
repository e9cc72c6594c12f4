using System;
using System.Collections.Concurrent;
using System.Threading;
using Scramjet.Client.Model;

namespace Scramjet.Client.Instances;

/// <summary>
/// What instances were started with over a connection. Not all hubs give it: the 1.0.1 release gives neither the configuration nor the limits, without
/// which an instance can't be started again.
/// </summary>
internal sealed class StartLedger
{
    /// <summary>How many starts are kept. The oldest are removed first.</summary>
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Entry> _order = new();

    /// <summary>Records a start.</summary>
    /// <param name="address">The instance's address.</param>
    /// <param name="options">What was sent.</param>
    public void Add(string address, StartOptions options)
    {
        var entry = new Entry(address, options.Clone());
        _entries[address] = entry;
        _order.Enqueue(entry);
        if (_order.Count > Capacity && _order.TryDequeue(out var oldest) && _entries.TryGetValue(oldest.Address, out var current) && current == oldest)
            _entries.TryRemove(oldest.Address, out _);
    }

    /// <summary>Gets what an instance was started with; null if that isn't known.</summary>
    /// <param name="address">The instance's address.</param>
    /// <param name="created">When it was created, if the hub gives it.</param>
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

        public bool IsCreatedAt(DateTimeOffset time) => Interlocked.CompareExchange(ref _created, time.UtcTicks, 0) is var known && (known == 0 || known == time.UtcTicks);
    }
}
