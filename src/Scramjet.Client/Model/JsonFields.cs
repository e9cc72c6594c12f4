using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;

namespace Scramjet.Client.Model;

/// <summary>
/// Reads the fields of a response leniently: a field that is missing or of another type is null. The fields that weren't read are available from
/// <see cref="Rest"/>.
/// </summary>
internal sealed class JsonFields(JObject source)
{
    private static readonly Dictionary<string, object?> s_none = [];

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public JObject Source { get; } = source;

    public string RequiredId() => Text("id") is { Length: > 0 } id ? id : throw new FormatException("The object has no id.");

    public JToken? Token(string name)
    {
        _used.Add(name);
        return Source[name] is { Type: not JTokenType.Null } token ? token : null;
    }

    /// <summary>Reads an object or an array as a copy, which doesn't keep the whole response in memory.</summary>
    public T? Detached<T>(string name) where T : JToken => Token(name) is T token ? (T)token.DeepClone() : null;

    public string? Text(string name) => PlainText(Token(name));

    public bool? Flag(string name) => Token(name) is JValue { Value: bool value } ? value : null;

    public double? Number(string name) => Token(name) switch
    {
        JValue { Value: double d } => d,
        JValue { Value: long l } => l,
        JValue { Value: decimal m } => (double)m,
        JValue { Value: string s } when double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) => d,
        _ => null,
    };

    public long? Integer(string name) => Number(name) is { } n && n >= long.MinValue && n < long.MaxValue ? (long)n : null;

    /// <summary>Reads a name of an enumeration, regardless of its case, or returns null if it is unknown.</summary>
    public T? Word<T>(string name) where T : struct, Enum =>
        Text(name) is { Length: > 0 } text && char.IsLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value : null;

    /// <summary>Reads a time in ISO 8601 or Unix milliseconds. It is returned in the local time zone, with its offset.</summary>
    public DateTimeOffset? Time(string name) => Token(name) switch
    {
        JValue { Value: string s } when DateTimeOffset.TryParse(
            s,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time) => time.ToLocalTime(),
        JValue { Value: long ms } when ms is > -62135596800000 and < 253402300800000 => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToLocalTime(),
        _ => null,
    };

    /// <summary>Reads an array of strings, or of objects with an id.</summary>
    public string[]? Ids(string name) => Token(name) is JArray array
        ? array.Select(IdOf).OfType<string>().ToArray()
        : null;

    /// <summary>Returns a string, or an object's id, or null for other values.</summary>
    public static string? IdOf(JToken? item) => PlainText(item is JObject o ? o["id"] : item);

    public JsonFields? Object(string name) => Token(name) is JObject o ? new JsonFields(o) : null;

    public object? Plain(string name) => JsonText.ToPlain(Token(name));

    private static string? PlainText(JToken? token) => token is JValue { Value: { } value } ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    /// <summary>Returns the fields that weren't read, or null if there are none.</summary>
    public IReadOnlyDictionary<string, object?>? RestOrNull() => Rest() is { Count: > 0 } rest ? rest : null;

    public IReadOnlyDictionary<string, object?> Rest()
    {
        Dictionary<string, object?>? rest = null;
        foreach (var property in Source.Properties())
        {
            if (!_used.Contains(property.Name))
                (rest ??= new Dictionary<string, object?>(StringComparer.Ordinal))[property.Name] = JsonText.ToPlain(property.Value);
        }

        return rest ?? s_none;
    }
}
