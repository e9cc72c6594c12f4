using System;
using System.Collections.Generic;
using System.Collections.Specialized;
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
/// <param name="source">The object.</param>
internal sealed class JsonFields(JsonMap source)
{
    private static readonly Dictionary<string, object?> s_none = [];

    private readonly bool[] _used = new bool[source.Count];

    public JsonFields(JObject source) : this(JsonMap.From(source))
    {
    }

    public JsonMap Source => source;

    public string RequiredId() => Text("id") is { Length: > 0 } id ? id : throw new FormatException("The object has no id.");

    /// <summary>Reads an object or an array as a token of its own.</summary>
    public T? Token<T>(string name) where T : JContainer => Value(name) is var value and (JsonMap or object?[]) ? JsonText.ToToken(value) as T : null;

    public string? Text(string name) => PlainText(Value(name));

    public bool? Flag(string name) => Value(name) is bool value ? value : null;

    public double? Number(string name) => Scalar(Value(name)) switch
    {
        double d => d,
        long l => l,
        decimal m => (double)m,
        string s when double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) => d,
        _ => null,
    };

    public long? Integer(string name) => Number(name) is { } n && n >= long.MinValue && n < long.MaxValue ? (long)n : null;

    /// <summary>Reads a name of an enumeration, regardless of its case, or returns null if it is unknown.</summary>
    public T? Word<T>(string name) where T : struct, Enum =>
        Text(name) is { Length: > 0 } text && char.IsLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value : null;

    /// <summary>Reads a time in ISO 8601 or Unix milliseconds. It is returned in the local time zone, with its offset.</summary>
    public DateTimeOffset? Time(string name) => Value(name) switch
    {
        string s when DateTimeOffset.TryParse(s, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time.ToLocalTime(),
        long ms and > -62135596800000 and < 253402300800000 => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToLocalTime(),
        _ => null,
    };

    /// <summary>Reads an array of strings, or of objects with an id.</summary>
    public string[]? Ids(string name) => Value(name) is object?[] items ? items.Select(IdOf).OfType<string>().ToArray() : null;

    /// <summary>Returns a string, or an object's id, or null for other values.</summary>
    public static string? IdOf(object? item) => PlainText(item switch
    {
        JsonMap map => map.Find("id"),
        _ => item,
    });

    public JsonFields? Object(string name) => Value(name) is JsonMap map ? new JsonFields(map) : null;

    /// <summary>Reads the objects of an array; none if the field isn't one.</summary>
    public IEnumerable<JsonFields> Objects(string name) =>
        Value(name) is object?[] items ? items.OfType<JsonMap>().Select(static map => new JsonFields(map)) : [];

    public object? Plain(string name) => JsonText.ToPlain(Value(name));

    /// <summary>Returns all fields, whether they were read or not.</summary>
    public OrderedDictionary ToPlain() => (OrderedDictionary)JsonText.ToPlain(source)!;

    /// <summary>Excludes a field from <see cref="Rest"/>.</summary>
    public void Skip(string name) => Value(name);

    /// <summary>Returns the fields that weren't read, or null if there are none.</summary>
    public IReadOnlyDictionary<string, object?>? RestOrNull() => Rest() is { Count: > 0 } rest ? rest : null;

    public IReadOnlyDictionary<string, object?> Rest()
    {
        Dictionary<string, object?>? rest = null;
        for (var i = 0; i < source.Count; i++)
        {
            if (!_used[i])
                (rest ??= new Dictionary<string, object?>(StringComparer.Ordinal))[source[i].Key] = JsonText.ToPlain(source[i].Value);
        }

        return rest ?? s_none;
    }

    private object? Value(string name)
    {
        var number = source.IndexOf(name);
        if (number < 0)
            return null;
        _used[number] = true;
        return source[number].Value;
    }

    private static object? Scalar(object? value) => value is JValue token ? token.Value : value;

    private static string? PlainText(object? value) =>
        Scalar(value) is { } scalar and not (JContainer or JsonMap or object?[]) ? Convert.ToString(scalar, CultureInfo.InvariantCulture) : null;
}
