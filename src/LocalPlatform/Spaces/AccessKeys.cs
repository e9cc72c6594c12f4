using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>A space's access keys. Each is accepted as a bearer token for its space until it is revoked.</summary>
internal sealed class AccessKeys
{
    private readonly Lock gate = new();
    private readonly List<(string Key, string Description, DateTimeOffset Created)> keys = [];

    /// <summary>Makes a key, and shows it this once.</summary>
    public JsonObject Create(string description)
    {
        var key = NewSecret();
        var created = DateTimeOffset.UtcNow;
        lock (gate)
            keys.Add((key, description, created));
        return new JsonObject { ["accessKey"] = key, ["description"] = description, ["created"] = created.ToUnixTimeMilliseconds() };
    }

    /// <summary>What there is to know of the keys but the keys themselves.</summary>
    public JsonObject List()
    {
        lock (gate)
        {
            return new JsonObject
            {
                ["accessKeys"] = new JsonArray(
                    [
                        .. keys.Select(key => (JsonNode)new JsonObject
                        {
                            ["created"] = key.Created.ToUnixTimeMilliseconds(),
                            ["description"] = key.Description,
                        }),
                    ]),
            };
        }
    }

    /// <summary>Whether a bearer token is one of the keys.</summary>
    public bool Accepts(string token)
    {
        lock (gate)
            return keys.Any(key => Same(key.Key, token));
    }

    /// <summary>Revokes a key; false where there is none such.</summary>
    public bool Revoke(string key)
    {
        lock (gate)
            return keys.RemoveAll(other => Same(other.Key, key)) > 0;
    }

    /// <summary>Revokes every key and returns them.</summary>
    public IReadOnlyList<string> RevokeAll()
    {
        lock (gate)
        {
            string[] revoked = [.. keys.Select(key => key.Key)];
            keys.Clear();
            return revoked;
        }
    }

    /// <summary>A new random token.</summary>
    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>Compares secrets in a time that doesn't tell how far they are the same.</summary>
    public static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
