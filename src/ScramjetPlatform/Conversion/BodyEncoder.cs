using System;
using System.Collections;
using System.Management.Automation;
using System.Text;
using Newtonsoft.Json;
using Scramjet.Client;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Conversion;

/// <summary>Converts pipeline objects to the bytes of a stream: objects to NDJSON and strings to lines. Bytes remain bytes.</summary>
internal sealed class BodyEncoder(string contentType)
{
    private static readonly UTF8Encoding Utf8 = new(false);

    private readonly NoteProperties _notes = new();
    private readonly TextBuffer _buffer = new();
    private readonly bool _json = contentType.IndexOf("json", StringComparison.OrdinalIgnoreCase) >= 0;
    private JsonTextWriter? _writer;

    public string ContentType { get; } = contentType;

    /// <summary>Whether all encoded data is ASCII.</summary>
    public bool IsAscii => _json;

    /// <summary>Returns the default content type for an object.</summary>
    public static string TypeFor(object? value) => Base(value) switch
    {
        string or char => ContentTypes.Text,
        byte or byte[] => ContentTypes.Bytes,
        _ => ContentTypes.NdJson,
    };

    /// <summary>Returns the bytes of an object.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the object can't be sent with the content type.</exception>
    public byte[] Encode(object? value)
    {
        if (_json)
            return value is null ? throw NullError(ContentType) : JsonLine(value);

        var plain = Base(value);
        return plain switch
        {
            byte[] bytes => bytes,
            byte one => [one],
            _ when ContentType == ContentTypes.Bytes && plain is not string => throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"A {plain?.GetType().Name ?? "null"} can't be sent as {ContentType}.",
                "Send byte[] or strings, or specify another -ContentType."),
            string text => Line(text),
            IEnumerable or PSCustomObject => Line(PSJson.From(value).ToString(Newtonsoft.Json.Formatting.None)),
            _ => Line(LanguagePrimitives.ConvertTo<string>(plain)),
        };
    }

    /// <summary>Returns the error for a null, at which the runners of programs fail if it is JSON.</summary>
    /// <param name="contentType">The content type; null if it isn't known yet.</param>
    public static ScramjetException NullError(string? contentType) => new(
        ErrorCodes.BadParameters,
        contentType is null
            ? "A null can't be the first object, because it doesn't determine the content type."
            : $"A null can't be sent as {contentType}, because it would end the input of a program.",
        "Check the command before the pipe, or remove it with Where-Object { $null -ne $_ }. As text/plain, a null is an empty line.");

    private static byte[] Line(string text)
    {
        var bytes = new byte[Utf8.GetByteCount(text) + 1];
        Utf8.GetBytes(text, 0, text.Length, bytes, 0);
        bytes[bytes.Length - 1] = (byte)'\n';
        return bytes;
    }

    /// <summary>
    /// Encodes JSON in ASCII only: instances decode their input piece by piece, and would corrupt a multi-byte character at the border of two pieces.
    /// </summary>
    private byte[] JsonLine(object? value)
    {
        // What remains of a value that can't be sent must not precede the next one.
        _buffer.Clear();
        var writer = _writer ?? new JsonTextWriter(_buffer) { StringEscapeHandling = StringEscapeHandling.EscapeNonAscii };
        _writer = null;
        PSJson.Write(writer, value, _notes);
        writer.Flush();
        _writer = writer;
        _buffer.Write('\n');
        return _buffer.ToAscii();
    }

    /// <summary>Returns the base object. A list of bytes, such as Get-Content -AsByteStream -ReadCount writes, becomes a block of bytes.</summary>
    private static object? Base(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        object[] { Length: > 0 } list when Array.TrueForAll(list, static b => b is byte or PSObject { BaseObject: byte }) =>
            Array.ConvertAll(list, static b => b is PSObject one ? (byte)one.BaseObject : (byte)b),
        var plain => plain,
    };
}
