using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Text;
using Newtonsoft.Json;
using Scramjet.Client;
using Scramjet.Client.Streams;

namespace ScramjetPlatform.Conversion;

/// <summary>Turns pipeline objects into the bytes of a stream: objects become NDJSON, strings lines of text, bytes stay bytes.</summary>
internal sealed class BodyEncoder(string contentType)
{
    private static readonly UTF8Encoding Utf8 = new(false);

    private readonly bool _json = contentType.IndexOf("json", StringComparison.OrdinalIgnoreCase) >= 0;

    public string ContentType { get; } = contentType;

    /// <summary>Whether all that comes of it is ASCII.</summary>
    public bool IsAscii => _json;

    /// <summary>The content type that an object goes as.</summary>
    public static string TypeFor(object? value) => Base(value) switch
    {
        string or char => ContentTypes.Text,
        byte or byte[] => ContentTypes.Bytes,
        _ => ContentTypes.NdJson,
    };

    /// <summary>An object's bytes.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: it can't be sent as this content type.</exception>
    public byte[] Encode(object? value)
    {
        if (_json)
            return JsonLine(value);

        var plain = Base(value);
        return plain switch
        {
            byte[] bytes => bytes,
            byte one => [one],
            _ when ContentType == ContentTypes.Bytes && plain is not string => throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"A {plain?.GetType().Name ?? "null"} can't be sent as {ContentType}.",
                "Send byte[] or strings, or give another -ContentType."),
            string text => Utf8.GetBytes(text + "\n"),
            IEnumerable or PSCustomObject => Utf8.GetBytes(PSJson.From(value).ToString(Newtonsoft.Json.Formatting.None) + "\n"),
            _ => Utf8.GetBytes(LanguagePrimitives.ConvertTo<string>(plain) + "\n"),
        };
    }

    /// <summary>
    /// JSON in ASCII only: instances decode their input piece by piece, and a character of several bytes on the border between two pieces would be corrupted.
    /// </summary>
    private static byte[] JsonLine(object? value)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var writer = new JsonTextWriter(text) { StringEscapeHandling = StringEscapeHandling.EscapeNonAscii };
        PSJson.From(value).WriteTo(writer);
        text.Write('\n');
        return Utf8.GetBytes(text.ToString());
    }

    /// <summary>The plain object. A list of bytes, such as Get-Content -AsByteStream -ReadCount writes, is a block of bytes.</summary>
    private static object? Base(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        object[] { Length: > 0 } list when Array.TrueForAll(list, static b => b is byte or PSObject { BaseObject: byte }) =>
            Array.ConvertAll(list, static b => b is PSObject one ? (byte)one.BaseObject : (byte)b),
        var plain => plain,
    };
}
