using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Scramjet.Client.Packaging;

/// <summary>
/// Computes the hash of a package's content: of each file the path, whether it is executable, and the bytes; of each link the path and the target. The
/// order, the times, the owners and entries for folders don't change it.
/// </summary>
internal sealed class ContentHash
{
    private const int ShownBytes = 8;

    private static readonly Regex s_label = new(@"[+.]sha\.[0-9a-f]{16}\z", RegexOptions.CultureInvariant);

    private readonly SortedDictionary<string, string> _items = new(StringComparer.Ordinal);

    /// <summary>Adds the hash to a version, as build metadata.</summary>
    public static string Label(string? version, string hash)
    {
        var plain = version ?? "";
        return $"{plain}{(plain.IndexOf('+') < 0 ? '+' : '.')}sha.{hash}";
    }

    /// <summary>Returns whether a version has the hash of the content.</summary>
    public static bool IsIn(string? version) => version is not null && s_label.IsMatch(version);

    public static string Hex(byte[] bytes) => BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();

    public void AddFile(string path, bool isExecutable, byte[] sha256) => _items[path] = $"{(isExecutable ? "executable" : "file")} {Hex(sha256)}";

    public void AddLink(string path, string target) => _items[path] = $"link {target}";

    /// <summary>Adds a hard link, or returns false if its target isn't a file that was added before.</summary>
    public bool AddHardLink(string path, string target)
    {
        if (!_items.TryGetValue(target, out var item) || item.StartsWith("link ", StringComparison.Ordinal))
            return false;

        _items[path] = item;
        return true;
    }

    /// <summary>Returns the hash, shortened for display.</summary>
    public override string ToString()
    {
        // Paths and targets have no control characters, so the list is unambiguous.
        var list = new StringBuilder();
        foreach (var item in _items)
            list.Append(item.Key).Append('\n').Append(item.Value).Append('\n');
        using var sha = SHA256.Create();
        return Hex(sha.ComputeHash(Encoding.UTF8.GetBytes(list.ToString()))).Substring(0, 2 * ShownBytes);
    }
}
