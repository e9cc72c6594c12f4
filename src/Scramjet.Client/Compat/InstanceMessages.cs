using System;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Model;

namespace Scramjet.Client.Compat;

/// <summary>The bodies of requests that control an instance, which differ by the hub's version.</summary>
internal abstract class InstanceMessages
{
    private const int MonitoringRateCode = 4003;
    private const int EventCode = 5001;

    /// <summary>The messages of hubs since 1.0.</summary>
    public static readonly InstanceMessages Current = new CurrentMessages();

    /// <summary>The messages of hubs up to 0.26.</summary>
    public static readonly InstanceMessages Legacy = new LegacyMessages();

    /// <summary>Whether runners wait for a response to each of their health reports. Runners of 1.0 close their connections if it is late.</summary>
    public abstract bool ReportsAreAnswered { get; }

    public abstract JToken Stop(TimeSpan timeout, bool canCallKeepAlive);

    public abstract JToken Kill(bool removeImmediately);

    /// <summary>Creates an event.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="message">The message; null for none.</param>
    public JToken Event(string name, JToken? message) =>
        new JArray { EventCode, new JObject { ["eventName"] = name, ["message"] = EventMessage(message) } };

    public JToken MonitoringRate(double reportsPerSecond) => new JArray { MonitoringRateCode, new JObject { ["monitoringRate"] = reportsPerSecond } };

    /// <summary>Returns the message of an event that a hub sends. Hubs of 1.0 send the message, hubs of 0.18 an object that contains it.</summary>
    public static JToken? ReadEvent(JToken? received, string name) =>
        received is JObject o && o.Count <= 2 && new JsonFields(o).Text("eventName") == name ? o["message"] : received;

    private protected abstract JToken EventMessage(JToken? message);

    private static JObject StopOptions(TimeSpan timeout, bool canCallKeepAlive) =>
        new() { ["timeout"] = (long)timeout.TotalMilliseconds, ["canCallKeepalive"] = canCallKeepAlive };

    private static JObject KillOptions(bool removeImmediately) => new() { ["removeImmediately"] = removeImmediately };

    private sealed class CurrentMessages : InstanceMessages
    {
        public override bool ReportsAreAnswered => true;

        public override JToken Stop(TimeSpan timeout, bool canCallKeepAlive) => StopOptions(timeout, canCallKeepAlive);

        public override JToken Kill(bool removeImmediately) => KillOptions(removeImmediately);

        private protected override JToken EventMessage(JToken? message) => message ?? JValue.CreateNull();
    }

    private sealed class LegacyMessages : InstanceMessages
    {
        private const int StopCode = 4001;
        private const int KillCode = 4002;

        public override bool ReportsAreAnswered => false;

        public override JToken Stop(TimeSpan timeout, bool canCallKeepAlive) => new JArray { StopCode, StopOptions(timeout, canCallKeepAlive) };

        public override JToken Kill(bool removeImmediately) => new JArray { KillCode, KillOptions(removeImmediately) };

        // These hubs send text only. A missing message becomes an empty one, and other values become JSON.
        private protected override JToken EventMessage(JToken? message) => message switch
        {
            { Type: JTokenType.String } => message,
            null or { Type: JTokenType.Null } => "",
            _ => message.ToString(Formatting.None),
        };
    }
}
