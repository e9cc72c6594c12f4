using System.Collections.Generic;
using System.Collections.Specialized;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Json;

/// <summary>Reads JSON text into values without changing any of them.</summary>
internal static class JsonText
{
    private const int MaxDepth = 256;

    /// <summary>Reads a JSON text.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="allowDuplicates">True to use the last value if an object has a name twice, as in JavaScript; false to throw.</param>
    /// <exception cref="JsonReaderException">The text isn't a single valid JSON value.</exception>
    public static JToken Parse(string text, bool allowDuplicates = true)
    {
        var cursor = new JsonCursor(text, MaxDepth);
        var token = Read(cursor, allowDuplicates);
        cursor.End();
        return token;
    }

    /// <summary>Converts objects to <see cref="OrderedDictionary"/>, arrays to object[], and other values to .NET values.</summary>
    public static object? ToPlain(JToken? token)
    {
        switch (token)
        {
            case null:
                return null;
            case JObject o:
                var dictionary = new OrderedDictionary(o.Count);
                foreach (var property in o.Properties())
                    dictionary[property.Name] = ToPlain(property.Value);
                return dictionary;
            case JArray a:
                var values = new List<object?>(a.Count);
                foreach (var item in a)
                    values.Add(ToPlain(item));
                return values.ToArray();
            case JRaw raw:
                var number = new JsonCursor((string)raw.Value!, MaxDepth);
                number.Read();
                return number.Number;
            default:
                return (token as JValue)?.Value;
        }
    }

    private static JToken Read(JsonCursor cursor, bool allowDuplicates)
    {
        switch (cursor.Read())
        {
            case JsonKind.Object:
                var result = new JObject();
                for (var first = true; cursor.NextName(ref first);)
                {
                    var name = cursor.Text;
                    if (!allowDuplicates && result.Property(name) is not null)
                        throw cursor.Error($"The object has the name \"{name}\" twice.");
                    result[name] = Read(cursor, allowDuplicates);
                }

                return result;
            case JsonKind.Array:
                var array = new JArray();
                for (var first = true; cursor.NextItem(ref first);)
                    array.Add(Read(cursor, allowDuplicates));
                return array;
            case JsonKind.Text:
                return new JValue(cursor.Text);
            case JsonKind.Number:
                // A number that would be written differently, such as 1.50 or one with too many digits for any type, keeps its text.
                var number = new JValue(cursor.Number);
                return cursor.Number is long || number.ToString(Formatting.None) == cursor.NumberText ? number : new JRaw(cursor.NumberText);
            case JsonKind.Null:
                return JValue.CreateNull();
            case var kind:
                return new JValue(kind == JsonKind.True);
        }
    }
}
