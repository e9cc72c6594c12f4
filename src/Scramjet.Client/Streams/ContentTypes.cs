using System;

namespace Scramjet.Client.Streams;

/// <summary>The content types of streams and topics.</summary>
public static class ContentTypes
{
    /// <summary>Lines of JSON values.</summary>
    public const string NdJson = "application/x-ndjson";

    /// <summary>Text in UTF-8.</summary>
    public const string Text = "text/plain";

    /// <summary>Bytes.</summary>
    public const string Bytes = "application/octet-stream";

    private const string TextNdJson = "text/x-ndjson";

    /// <summary>Returns a content type if it is valid.</summary>
    /// <param name="contentType">The content type.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: it isn't a media type.</exception>
    public static string Check(string contentType) =>
        System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out _) && !System.Linq.Enumerable.Any(contentType, char.IsControl)
            ? contentType
            : throw new ScramjetException(
            ErrorCodes.BadParameters,
            $"'{DisplayText.Clean(contentType)}' isn't a content type.",
            $"Specify {NdJson}, {Text} or {Bytes}.");

    /// <summary>Returns whether two content types are the same, regardless of their case and of parameters such as charset.</summary>
    internal static bool AreSame(string one, string other) =>
        string.Equals(one.Split(';')[0].Trim(), other.Split(';')[0].Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the content type as which an instance reads input of the specified type, or null if it can't read it.</summary>
    internal static string? InputKind(string contentType) => contentType switch
    {
        NdJson or TextNdJson => NdJson,
        Text or Bytes => contentType,
        _ => null,
    };
}
