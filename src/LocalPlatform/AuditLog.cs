using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.LocalPlatform;

/// <summary>Tells whoever listens of the requests that go through the platform, in the form of audit entries.</summary>
internal sealed class AuditLog
{
    private const int Backlog = 1024;

    private readonly ConcurrentDictionary<Channel<string>, bool> _listeners = new();

    public void Add(string state, int code, string requestId, string? objectId, long received, long sent)
    {
        if (_listeners.IsEmpty)
            return;

        var entry = new JObject
        {
            ["opState"] = state,
            ["opCode"] = code,
            ["requestId"] = requestId,
            ["objectId"] = objectId,
            ["requestorId"] = "local",
            ["rx"] = received,
            ["tx"] = sent,
            ["receivedAt"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        }.ToString(Formatting.None);
        foreach (var listener in _listeners.Keys)
            listener.Writer.TryWrite(entry);
    }

    public async IAsyncEnumerable<string> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<string>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[channel] = true;
        try
        {
            await foreach (var entry in channel.Reader.ReadAllAsync(cancellationToken))
                yield return entry;
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }
}
