using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>The request with which a hub joins a space: a CONNECT whose path ends in the organization and the space.</summary>
internal sealed class HubGreeting
{
    private const string DigestStart = "Digest cnonce=\"";

    private readonly Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);

    private HubGreeting(string path) =>
        Space = path.TrimEnd('/').Split('/') is { Length: > 1 } segments && segments[^1].Length > 0 ? Uri.UnescapeDataString(segments[^1]) : null;

    /// <summary>The space that the hub names; null for a hub of the 0.18 series, which names none.</summary>
    public string? Space { get; }

    /// <summary>Whether the hub is of the 0.18 series.</summary>
    public bool IsOlder => Space is null;

    /// <summary>The hub's id; null where it has none yet.</summary>
    public string? HubId => Header("x-sth-id");

    /// <summary>The hub's description.</summary>
    public string Description => Header("x-sth-description") ?? "";

    /// <summary>The hub's tags.</summary>
    public IReadOnlyList<string> Tags => ParseTags(Header("x-sth-tags"));

    /// <summary>What the hub has made of its key; null where it has none.</summary>
    public string? Digest => Header("Authorization") is { } value && value.StartsWith(DigestStart, StringComparison.OrdinalIgnoreCase) && value.EndsWith('"')
        ? value[DigestStart.Length..^1]
        : null;

    /// <summary>Whether the hub sends and fetches topics by itself, as those of the 0.18 series do unless the platform has started them.</summary>
    public bool SendsTopics { get; set; }

    /// <summary>The id of the access key that the digest was made with, once it was checked.</summary>
    public string? KeyId { get; set; }

    /// <summary>Reads the lines of a head; null where it is no such request.</summary>
    public static HubGreeting? Parse(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0].Split(' ') is not ["CONNECT", var path, _])
            return null;

        var greeting = new HubGreeting(path);
        foreach (var line in lines.Skip(1))
        {
            if (line.IndexOf(':') is > 0 and var colon)
                greeting.headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        return greeting;
    }

    private static string[] ParseTags(string? text)
    {
        try
        {
            return text is null || JsonNode.Parse(text) is not JsonArray tags ? [] : [.. tags.Select(HubInventory.Text).OfType<string>()];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private string? Header(string name) => headers.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
