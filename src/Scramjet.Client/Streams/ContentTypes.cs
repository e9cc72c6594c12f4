using System;

namespace Scramjet.Client.Streams;

/// <summary>The content types that streams and topics may have.</summary>
public static class ContentTypes
{
    /// <summary>A JSON value a line.</summary>
    public const string NdJson = "application/x-ndjson";

    /// <summary>Text in UTF-8.</summary>
    public const string Text = "text/plain";

    /// <summary>Bytes.</summary>
    public const string Bytes = "application/octet-stream";

    /// <summary>Whether two content types are the same, whatever their case and parameters such as charset.</summary>
    internal static bool AreSame(string one, string other) => string.Equals(one.Split(';')[0].Trim(), other.Split(';')[0].Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>What an instance reads an input of this content type as: one of these, or null where it can't.</summary>
    internal static string? InputKind(string contentType) => contentType switch
    {
        Text => Text,
        Bytes => Bytes,
        _ when contentType.EndsWith("x-ndjson", StringComparison.Ordinal) => NdJson,
        _ => null,
    };
}
