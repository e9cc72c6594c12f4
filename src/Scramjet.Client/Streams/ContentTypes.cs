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
}
