using System.Collections.Generic;
using System.Collections.Specialized;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Json;

/// <summary>JSON texts as values: read strictly, and changed in nothing.</summary>
internal static class JsonText
{
    private const int MaxDepth = 256;

    /// <summary>Reads a JSON text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="allowDuplicates">Of two values of one name in an object, the later one counts, as everywhere in JavaScript. Otherwise they are an error.</param>
    /// <exception cref="JsonReaderException">It isn't one JSON value.</exception>
    public static JToken Parse(string text, bool allowDuplicates = true)
    {
        var cursor = new JsonCursor(text, MaxDepth);
        var token = Read(cursor, allowDuplicates);
        cursor.End();
        return token;
    }

    /// <summary>Objects as <see cref="OrderedDictionary"/>, arrays as object[], the rest as plain values.</summary>
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
                        throw cursor.Wrong($"The name \"{name}\" is there twice in one object.");
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
                // A number that would be written in another way, such as 1.50 or one with more digits than any number keeps, stays as it is.
                var number = new JValue(cursor.Number);
                return cursor.Number is long || number.ToString(Formatting.None) == cursor.NumberText ? number : new JRaw(cursor.NumberText);
            case JsonKind.Null:
                return JValue.CreateNull();
            case var kind:
                return new JValue(kind == JsonKind.True);
        }
    }
}
