using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Testing;

/// <summary>The events that an instance has sent.</summary>
internal sealed class StandInEvents
{
    private readonly Dictionary<string, JToken> _last = [];
    private readonly List<(string Name, Action<JToken> Handler)> _handlers = [];

    public void Emit(string name, JToken message)
    {
        Action<JToken>[] handlers;
        lock (_last)
        {
            _last[name] = message;
            handlers = [.. _handlers.Where(h => h.Name == name).Select(h => h.Handler)];
        }

        foreach (var handler in handlers)
            handler(message);
    }

    /// <summary>The last one; the next where there was none, or where it was nothing that counts as true in JavaScript.</summary>
    public Task<JToken> LastAsync(string name, FaultServer.Exchange exchange)
    {
        lock (_last)
        {
            if (_last.TryGetValue(name, out var message) && IsTrue(message))
                return Task.FromResult(message);
        }

        return NextAsync(name, exchange);
    }

    public async Task<JToken> NextAsync(string name, FaultServer.Exchange exchange)
    {
        var next = new TaskCompletionSource<JToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (On(name, message => next.TrySetResult(message)))
        {
            await Task.WhenAny(next.Task, exchange.LeftAsync());
            if (next.Task.IsCompleted)
                return await next.Task;
            exchange.Reset();
            throw new OperationCanceledException();
        }
    }

    public async Task ServeAsync(string name, FaultServer.Exchange exchange)
    {
        var stream = new StandInStream();
        using (On(name, message => stream.Write((IsTrue(message) ? message : new JObject()).ToString(Formatting.None) + "\n")))
            await stream.ServeAsync(exchange);
    }

    private static bool IsTrue(JToken message) => message.Type switch
    {
        JTokenType.Null or JTokenType.Undefined => false,
        JTokenType.Boolean => (bool)message,
        JTokenType.Integer => (long)message != 0,
        JTokenType.Float => (double)message != 0,
        JTokenType.String => ((string)message!).Length > 0,
        _ => true,
    };

    private Subscription On(string name, Action<JToken> handler)
    {
        var entry = (name, handler);
        lock (_last)
            _handlers.Add(entry);
        return new Subscription(() =>
        {
            lock (_last)
                _handlers.Remove(entry);
        });
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
