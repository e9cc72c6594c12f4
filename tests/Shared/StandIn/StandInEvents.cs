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
    private readonly Dictionary<string, JToken?> _last = [];
    private readonly List<(string Name, Action<JToken?> Handler)> _handlers = [];

    /// <param name="name">The event's name.</param>
    /// <param name="message">The message; null for none, which is not JSON's null.</param>
    public void Emit(string name, JToken? message)
    {
        Action<JToken?>[] handlers;
        lock (_last)
        {
            _last[name] = message;
            handlers = [.. _handlers.Where(h => h.Name == name).Select(h => h.Handler)];
        }

        foreach (var handler in handlers)
            handler(message);
    }

    /// <summary>Responds with the last event, or with the next one if there was none, or one whose message is false in JavaScript.</summary>
    public Task AnswerLastAsync(string name, FaultServer.Exchange exchange)
    {
        JToken? message;
        lock (_last)
        {
            if (!_last.TryGetValue(name, out message) || !IsTrue(message))
                message = null;
        }

        return message is null ? AnswerNextAsync(name, exchange) : AnswerAsync(message, exchange);
    }

    /// <summary>Responds with the next event. If there is none, it never responds, even if the instance ends.</summary>
    public async Task AnswerNextAsync(string name, FaultServer.Exchange exchange)
    {
        var next = new TaskCompletionSource<JToken?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (On(name, message => next.TrySetResult(message)))
        {
            await Task.WhenAny(next.Task, exchange.LeftAsync());
            if (next.Task.IsCompleted)
                await AnswerAsync(await next.Task, exchange);
            else
                exchange.Reset();
        }
    }

    /// <summary>Responds with all events. The response never ends, even if the instance ends.</summary>
    public async Task ServeAsync(string name, FaultServer.Exchange exchange)
    {
        var stream = new StandInStream();
        using (On(name, message => stream.Write((IsTrue(message) ? message! : new JObject()).ToString(Formatting.None) + "\n")))
            await stream.ServeAsync(exchange);
    }

    /// <summary>Responds to a GET as the release does: a value without keys in JavaScript has no body.</summary>
    private static Task AnswerAsync(JToken? message, FaultServer.Exchange exchange) => message switch
    {
        null => exchange.AnswerAsync(500, "500: Failed to serialize data", null),
        { Type: JTokenType.Null } => exchange.AnswerAsync(204, "", reason: "No content"),
        JArray or JObject { HasValues: true } => exchange.AnswerAsync(200, message.ToString(Formatting.None)),
        { Type: JTokenType.String } when IsTrue(message) => exchange.AnswerAsync(200, message.ToString(Formatting.None)),
        _ => exchange.AnswerAsync(200, ""),
    };

    private static bool IsTrue(JToken? message) => message?.Type switch
    {
        null or JTokenType.Null or JTokenType.Undefined => false,
        JTokenType.Boolean => (bool)message,
        JTokenType.Integer => (long)message != 0,
        JTokenType.Float => (double)message != 0,
        JTokenType.String => ((string)message!).Length > 0,
        _ => true,
    };

    private Subscription On(string name, Action<JToken?> handler)
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
