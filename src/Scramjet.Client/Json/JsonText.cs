using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Threading;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Json;

/// <summary>Reads JSON text into values without changing any of them.</summary>
internal static class JsonText
{
    private const int MaxDepth = 256;

    /// <summary>The largest buffer, in characters, that is kept for further texts.</summary>
    private const int MaxKept = 256 * 1024;

    /// <summary>The cursors that aren't used. Their buffers would be large objects for the garbage collector if each response had its own.</summary>
    private static readonly JsonCursor?[] s_idle = new JsonCursor?[4];

    /// <summary>Reads a JSON text.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="allowDuplicates">True to use the last value if an object has a name twice, as in JavaScript; false to throw.</param>
    /// <exception cref="JsonReaderException">The text isn't a single valid JSON value.</exception>
    public static JToken Parse(string text, bool allowDuplicates = true) =>
        ToToken(new JsonValueReader(new JsonCursor(text, MaxDepth), allowDuplicates).ReadAll());

    /// <summary>Reads an object, or returns null if the value is another one.</summary>
    /// <exception cref="JsonReaderException">The text isn't a single valid JSON value.</exception>
    public static JsonMap? ReadObject(string text) => new JsonValueReader(new JsonCursor(text, MaxDepth)).ReadAll() as JsonMap;

    /// <summary>Reads a JSON text that is UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="read">Reads the value; its argument is null if there is none.</param>
    /// <exception cref="JsonReaderException">The text isn't valid JSON.</exception>
    public static T Read<T>(byte[] text, int length, Func<JsonValueReader?, T> read)
    {
        JsonCursor? cursor = null;
        for (var i = 0; i < s_idle.Length && cursor is null; i++)
            cursor = Interlocked.Exchange(ref s_idle[i], null);
        cursor ??= new JsonCursor(MaxDepth);
        try
        {
            cursor.Begin(text, length);
            return read(cursor.IsAtEnd ? null : new JsonValueReader(cursor));
        }
        finally
        {
            var isDone = cursor.Capacity > MaxKept;
            for (var i = 0; i < s_idle.Length && !isDone; i++)
                isDone = Interlocked.CompareExchange(ref s_idle[i], cursor, null) is null;
        }
    }

    /// <summary>Converts a value of <see cref="JsonMap"/>.</summary>
    public static JToken ToToken(object? value)
    {
        switch (value)
        {
            case JsonMap map:
                var fields = new JObject();
                foreach (var field in map.Fields)
                    fields.Add(field.Key, ToToken(field.Value));
                return fields;
            case object?[] items:
                var array = new JArray();
                foreach (var item in items)
                    array.Add(ToToken(item));
                return array;
            case JToken token:
                return token;
            case null:
                return JValue.CreateNull();
            default:
                return new JValue(value);
        }
    }

    /// <summary>
    /// Converts objects to <see cref="OrderedDictionary"/>, arrays to object[], and other values to .NET values. The value is one of JSON.NET or of
    /// <see cref="JsonMap"/>.
    /// </summary>
    public static object? ToPlain(object? value)
    {
        switch (value)
        {
            case JsonMap map:
                return ToPlain(map.Fields, map.Count);
            case JObject source:
                return ToPlain(source.Properties().Select(static p => new KeyValuePair<string, object?>(p.Name, p.Value)), source.Count);
            case object?[] items:
                return Array.ConvertAll(items, ToPlain);
            case JArray items:
                return items.Select(ToPlain).ToArray();
            case JRaw raw:
                var number = new JsonCursor((string)raw.Value!, MaxDepth);
                number.Read();
                return number.Number;
            case JToken token:
                return (token as JValue)?.Value;
            default:
                return value;
        }
    }

    private static OrderedDictionary ToPlain(IEnumerable<KeyValuePair<string, object?>> fields, int count)
    {
        var dictionary = new OrderedDictionary(count);
        foreach (var field in fields)
            dictionary[field.Key] = ToPlain(field.Value);
        return dictionary;
    }
}
