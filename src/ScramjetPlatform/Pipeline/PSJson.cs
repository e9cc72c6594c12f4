using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Security;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client;

namespace ScramjetPlatform.Pipeline;

/// <summary>Turns what PowerShell has into JSON.</summary>
internal static class PSJson
{
    private const int MaxDepth = 64;

    /// <summary>Any value as JSON.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: too deeply nested, or a secret.</exception>
    public static JToken From(object? value) => From(value, 0);

    /// <summary>A hashtable, an object, or JSON text, as a JSON object.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="parameter">The parameter's name, for the error.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: it isn't one of these.</exception>
    public static JObject? ObjectFrom(object? value, string parameter)
    {
        if (value is null)
            return null;

        var token = value is string || (value as PSObject)?.BaseObject is string ? Parse(value.ToString()!, parameter) : From(value);
        return token as JObject ?? throw new ScramjetException(
            ErrorCodes.BadParameters,
            $"-{parameter} must be an object with names and values; it is {Kind(token)}.",
            $"Give a hashtable, such as -{parameter} @{{ name = 'value' }}, or JSON text.");
    }

    /// <summary>A JSON text as PowerShell has it: objects with properties, arrays, and plain values; times stay texts.</summary>
    /// <exception cref="JsonException">It isn't one JSON value.</exception>
    public static object? Read(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, MaxDepth = 512 };
        if (!reader.Read())
            throw new JsonReaderException("There is no value.");

        var value = Read(reader);
        while (reader.Read())
        {
            if (reader.TokenType != JsonToken.Comment)
                throw new JsonReaderException("There is more text behind the value.");
        }

        return value;
    }

    private static object? Read(JsonTextReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonToken.StartObject:
                return ReadObject(reader);
            case JsonToken.StartArray:
                var items = new List<object?>();
                while (Next(reader) != JsonToken.EndArray)
                    items.Add(Read(reader));
                return items.ToArray();
            case JsonToken.Integer or JsonToken.Float or JsonToken.String or JsonToken.Boolean or JsonToken.Null:
                return reader.Value;
            default:
                throw new JsonReaderException($"{reader.TokenType} isn't expected here.");
        }
    }

    private static object ReadObject(JsonTextReader reader)
    {
        var result = new PSObject();
        OrderedDictionary? dictionary = null;
        while (Next(reader) != JsonToken.EndObject)
        {
            var name = (string)reader.Value!;
            Next(reader);
            var value = Read(reader);

            // PowerShell's properties have names, and case doesn't tell them apart: what can't be properties becomes a dictionary.
            if (dictionary is null && (name.Length == 0 || result.Properties[name] is not null))
            {
                dictionary = new OrderedDictionary(StringComparer.Ordinal);
                foreach (var property in result.Properties)
                    dictionary[property.Name] = property.Value;
            }

            if (dictionary is not null)
                dictionary[name] = value;
            else
                result.Properties.Add(new PSNoteProperty(name, value));
        }

        return (object?)dictionary ?? result;
    }

    private static JsonToken Next(JsonTextReader reader)
    {
        do
        {
            if (!reader.Read())
                throw new JsonReaderException("The value ends too early.");
        }
        while (reader.TokenType == JsonToken.Comment);
        return reader.TokenType;
    }

    private static JToken Parse(string text, string parameter)
    {
        try
        {
            return JToken.Parse(text);
        }
        catch (JsonException e)
        {
            throw new ScramjetException(ErrorCodes.BadParameters, $"-{parameter} isn't valid JSON: {e.Message}", $"Give a hashtable, such as -{parameter} @{{ name = 'value' }}, or JSON text.", e);
        }
    }

    private static JToken From(object? value, int depth)
    {
        if (depth > MaxDepth)
            throw new ScramjetException(ErrorCodes.BadParameters, $"A value is nested more than {MaxDepth} deep, or contains itself.", "Give only the properties that are wanted, e.g. with Select-Object.");

        var plain = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null:
                return JValue.CreateNull();
            case JToken token:
                return token;
            case SecureString or PSCredential:
                throw new ScramjetException(ErrorCodes.BadParameters, "A secret (SecureString or PSCredential) can't be sent as it is.", "Convert it to plain text yourself, where that is meant.");
            case string or bool or Guid or Uri or Version or TimeSpan or Enum or char:
                return plain is bool flag ? new JValue(flag) : new JValue(plain is Enum e ? e.ToString() : Convert.ToString(plain, CultureInfo.InvariantCulture));
            case DateTime time:
                return new JValue(time.ToString("o", CultureInfo.InvariantCulture));
            case DateTimeOffset time:
                return new JValue(time.ToString("o", CultureInfo.InvariantCulture));
            case double or float when double.IsNaN(Convert.ToDouble(plain, CultureInfo.InvariantCulture)) || double.IsInfinity(Convert.ToDouble(plain, CultureInfo.InvariantCulture)):
                throw new ScramjetException(ErrorCodes.BadParameters, "NaN and infinity have no form in JSON.");
            case IDictionary dictionary:
                var fromDictionary = new JObject();
                foreach (DictionaryEntry entry in dictionary)
                    fromDictionary[Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? ""] = From(entry.Value, depth + 1);
                return fromDictionary;
            case IEnumerable items:
                var array = new JArray();
                foreach (var item in items)
                    array.Add(From(item, depth + 1));
                return array;
        }

        if (plain.GetType().IsPrimitive || plain is decimal || plain is System.Numerics.BigInteger)
            return new JValue(plain);

        var result = new JObject();
        foreach (var property in PSObject.AsPSObject(value).Properties)
        {
            if (property.IsGettable)
                result[property.Name] = From(property.Value, depth + 1);
        }

        return result;
    }

    private static string Kind(JToken token) => token.Type switch
    {
        JTokenType.Array => "a list",
        JTokenType.Null => "nothing",
        _ => $"a single value ({token.Type})",
    };
}
