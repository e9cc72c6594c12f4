using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>
/// A space's access keys, with which hubs join it. A key is its id and a value that follows from the id and the platform's secret, because what a
/// hub sends instead of its key can only be checked with the key. Kept are the id and a hash.
/// </summary>
internal sealed class AccessKeys(string spaceId, byte[] secret)
{
    // A hub's proof begins with 12 bytes in base64, and then the first characters of the key.
    private const int SaltLength = 16;
    private const int IdLength = 16;

    private readonly Lock gate = new();
    private readonly List<AccessKey> keys = [];
    private readonly SemaphoreSlim checking = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>The part of a key by which it is known.</summary>
    public static string IdOf(string key) => key.Length > IdLength ? key[..IdLength] : key;

    /// <summary>Makes a key, and shows it this once.</summary>
    public JsonObject Create(string description)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        var key = KeyOf(id);
        var created = DateTimeOffset.UtcNow;
        lock (gate)
            keys.Add(new AccessKey(id, Hash(key), description, created));
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

    /// <summary>The id of the key that a hub's proof was made with; null where it is none of these keys.</summary>
    public async Task<string?> CheckAsync(string proof)
    {
        const int SessionLength = SaltLength + IdLength;
        if (proof.Length <= SessionLength || !Has(proof[SaltLength..SessionLength]))
            return null;

        // Each takes much memory and time, which is what it is for.
        await checking.WaitAsync().ConfigureAwait(false);
        try
        {
            var id = proof[SaltLength..SessionLength];
            var expected = await Task.Run(() => Scrypt.Derive(proof[..SessionLength], KeyOf(id))).ConfigureAwait(false);
            return Same(Convert.ToBase64String(expected), proof[SessionLength..]) && Has(id) ? id : null;
        }
        finally
        {
            checking.Release();
        }
    }

    /// <summary>Revokes a key and returns its id; null where there is none such.</summary>
    public string? Revoke(string key)
    {
        lock (gate)
            return keys.RemoveAll(other => Same(other.Hash, Hash(key))) > 0 ? IdOf(key) : null;
    }

    /// <summary>Revokes every key and returns their ids.</summary>
    public IReadOnlyList<string> RevokeAll()
    {
        lock (gate)
        {
            string[] revoked = [.. keys.Select(key => key.Id)];
            keys.Clear();
            return revoked;
        }
    }

    /// <summary>What a platform that is started again must know of the keys.</summary>
    public JsonArray Save()
    {
        lock (gate)
        {
            return new JsonArray([.. keys.Select(key => (JsonNode)new JsonObject
            {
                ["id"] = key.Id,
                ["hash"] = key.Hash,
                ["description"] = key.Description,
                ["created"] = key.Created,
            })]);
        }
    }

    /// <summary>Takes back what was saved.</summary>
    public void Load(JsonArray saved)
    {
        lock (gate)
        {
            keys.AddRange(
                saved.Select(key => new AccessKey((string)key!["id"]!, (string)key["hash"]!, (string)key["description"]!, (DateTimeOffset)key["created"]!)));
        }
    }

    /// <summary>A new random token.</summary>
    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>Compares secrets in a time that doesn't tell how far they are the same.</summary>
    public static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private string KeyOf(string id) => id + Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{spaceId}/{id}")));

    private bool Has(string id)
    {
        lock (gate)
            return keys.Any(key => Same(key.Id, id));
    }

    private sealed record AccessKey(string Id, string Hash, string Description, DateTimeOffset Created);
}
