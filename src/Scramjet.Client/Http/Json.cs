using System.Collections.Generic;
using System.Collections.Specialized;
using System.IO;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Http;

/// <summary>JSON read as it stands: no guessing of dates, nothing behind the value.</summary>
internal static class Json
{
    public static JToken Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, MaxDepth = 256 };
        var token = JToken.ReadFrom(reader);
        while (reader.Read())
        {
            if (reader.TokenType != JsonToken.Comment)
                throw new JsonReaderException("There is more text behind the JSON value.");
        }

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
            default:
                return (token as JValue)?.Value;
        }
    }
}
