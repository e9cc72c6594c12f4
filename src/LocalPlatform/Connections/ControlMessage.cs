using System.Text.Json;
using System.Text.Json.Nodes;
using Scramjet.LocalPlatform.Http;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>What a control message is about.</summary>
internal enum ControlCode
{
    /// <summary>The space gives the hub its id.</summary>
    Id = 7000,

    /// <summary>The hub's load, every 5 seconds.</summary>
    Load = 7001,

    /// <summary>The hub's network interfaces.</summary>
    Network = 7002,

    /// <summary>All instances of the hub.</summary>
    Instances = 7003,

    /// <summary>All sequences of the hub.</summary>
    Sequences = 7004,

    /// <summary>An instance came or went.</summary>
    Instance = 7005,

    /// <summary>A sequence came or went.</summary>
    Sequence = 7006,

    /// <summary>The hub provides or requires a topic, or no longer has it.</summary>
    Topic = 7007,

    /// <summary>The hub's key was revoked.</summary>
    KeyRevoked = 9001,

    /// <summary>The space has too many hubs.</summary>
    LimitExceeded = 9002,

    /// <summary>The hub was disconnected by its id.</summary>
    IdDropped = 9003,
}

/// <summary>A line of the control channel: a JSON array of a number and what belongs to it.</summary>
internal sealed record ControlMessage(ControlCode Code, JsonObject Data)
{
    /// <summary>Reads a line; null where it is no message.</summary>
    public static ControlMessage? Parse(string line)
    {
        try
        {
            if (JsonNode.Parse(line) is not JsonArray { Count: >= 2 } message || message[0] is not JsonValue number || !number.TryGetValue<int>(out var code))
                return null;

            var data = message[1] as JsonObject ?? [];
            message.Clear();
            return new ControlMessage((ControlCode)code, data);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The message as a line.</summary>
    public byte[] ToLine() => Answer.Serialize(new JsonArray((int)Code, Data.DeepClone()), line: true);
}
