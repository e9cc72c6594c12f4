using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;

namespace Scramjet.Client.Packaging;

/// <summary>
/// The hash of what a package holds: of each file the path, whether it is executable, and the bytes; of each link the path and the target. How it is packed,
/// in which order, when, by whom, and whether folders have entries of their own makes no difference.
/// </summary>
internal sealed class ContentHash
{
    private const int ShownBytes = 8;

    private readonly SortedDictionary<string, string> _items = new(StringComparer.Ordinal);

    /// <summary>A version with the hash as build metadata.</summary>
    public static string Label(string? version, string hash)
    {
        var plain = version ?? "";
        return $"{plain}{(plain.IndexOf('+') < 0 ? '+' : '.')}sha.{hash}";
    }

    public static string Hex(byte[] bytes) => BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();

    public void AddFile(string path, bool isExecutable, byte[] sha256) => _items[path] = $"{(isExecutable ? "executable" : "file")} {Hex(sha256)}";

    public void AddLink(string path, string target) => _items[path] = $"link {target}";

    /// <summary>Another name of a file; false if there is no such file.</summary>
    public bool AddHardLink(string path, string target)
    {
        if (!_items.TryGetValue(target, out var item) || item.StartsWith("link ", StringComparison.Ordinal))
            return false;

        _items[path] = item;
        return true;
    }

    /// <summary>The hash, in the digits that are shown.</summary>
    public override string ToString()
    {
        // No path and no target has a control character in it, so nothing can pass for something else.
        var list = new StringBuilder();
        foreach (var item in _items)
            list.Append(item.Key).Append('\n').Append(item.Value).Append('\n');
        using var sha = SHA256.Create();
        return Hex(sha.ComputeHash(Encoding.UTF8.GetBytes(list.ToString()))).Substring(0, 2 * ShownBytes);
    }
}
