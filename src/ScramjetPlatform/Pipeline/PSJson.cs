using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Security;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client;

namespace ScramjetPlatform.Pipeline;

/// <summary>Turns what PowerShell has into JSON.</summary>
internal static class PSJson
{
    private const int MaxDepth = 64;

    private static readonly Regex Scalar = new(@"^\s*(true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)\s*\z", RegexOptions.CultureInvariant);

    /// <summary>Up to this many names are looked through one by one.</summary>
    private const int ManyNames = 12;

    /// <summary>Names that PowerShell has for itself on every object.</summary>
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase) { "PSObject", "PSBase", "PSAdapted", "PSExtended", "PSTypeNames" };

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
        // Newtonsoft takes more for JSON than JSON is: 0123 for an octal number, 'a' for a text, a bare name for a name.
        if (!IsCompound(text) && !Scalar.IsMatch(text))
            throw new JsonReaderException("It is neither an object, an array, a text, a number, true, false nor null.");

        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, MaxDepth = 512, ArrayPool = CharBuffer.Shared };
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

    /// <summary>Whether a text that is JSON is an object, an array or a text: nothing that plain text would begin with by chance.</summary>
    public static bool IsCompound(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                return c is '{' or '[' or '"';
        }

        return false;
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
            case JsonToken.String when reader.QuoteChar != '"':
            case JsonToken.Float when reader.Value is double.NaN or double.PositiveInfinity or double.NegativeInfinity:
                throw new JsonReaderException($"'{reader.Value}' isn't JSON.");
            case JsonToken.Integer or JsonToken.Float or JsonToken.String or JsonToken.Boolean or JsonToken.Null:
                return reader.Value;
            default:
                throw new JsonReaderException($"{reader.TokenType} isn't expected here.");
        }
    }

    private static object ReadObject(JsonTextReader reader)
    {
        var members = new List<PSNoteProperty>();
        HashSet<string>? names = null;
        OrderedDictionary? dictionary = null;
        while (Next(reader) != JsonToken.EndObject)
        {
            var name = reader.QuoteChar == '"' ? (string)reader.Value! : throw new JsonReaderException($"The name '{reader.Value}' has no quotes.");
            Next(reader);
            var value = Read(reader);

            // PowerShell's properties have names, and case doesn't tell them apart: what can't be properties becomes a dictionary.
            if (dictionary is null && !IsPropertyName(name, members, ref names))
            {
                dictionary = new OrderedDictionary(StringComparer.Ordinal);
                foreach (var member in members)
                    dictionary[member.Name] = member.Value;
            }

            if (dictionary is not null)
                dictionary[name] = value;
            else
                members.Add(new PSNoteProperty(name, value));
        }

        if (dictionary is not null)
            return dictionary;

        // The checks of an addition are made above: PowerShell's own cost more than all the rest.
        var result = new PSObject();
        var properties = result.Properties;
        foreach (var member in members)
            properties.Add(member, preValidated: true);
        return result;
    }

    private static bool IsPropertyName(string name, List<PSNoteProperty> members, ref HashSet<string>? names)
    {
        if (name.Length == 0 || (name.StartsWith("PS", StringComparison.OrdinalIgnoreCase) && s_reserved.Contains(name)))
            return false;

        if (members.Count < ManyNames)
        {
            foreach (var member in members)
            {
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                    return false;
            }

            return true;
        }

        if (names is null)
        {
            names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var member in members)
                names.Add(member.Name);
        }

        return names.Add(name);
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
            case string or bool or Guid or Uri or Version or TimeSpan or Enum or char or IntPtr or UIntPtr:
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
                result[property.Name] = From(ValueOf(property), depth + 1);
        }

        return result;
    }

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException e)
        {
            throw new ScramjetException(ErrorCodes.BadParameters, $"An object's property '{property.Name}' can't be read: {e.InnerException?.Message ?? e.Message}", "Give only the properties that are wanted, e.g. with Select-Object.", e);
        }
    }

    private static string Kind(JToken token) => token.Type switch
    {
        JTokenType.Array => "a list",
        JTokenType.Null => "nothing",
        _ => $"a single value ({token.Type})",
    };

    /// <summary>The reader's buffer, one a thread: a stream's values are read by a reader each.</summary>
    private sealed class CharBuffer : IArrayPool<char>
    {
        private const int Largest = 64 * 1024;

        [ThreadStatic]
        private static char[]? s_free;

        public static CharBuffer Shared { get; } = new();

        public char[] Rent(int minimumLength)
        {
            var free = s_free;
            s_free = null;
            return free?.Length >= minimumLength ? free : new char[Math.Max(minimumLength, 1024)];
        }

        public void Return(char[]? array)
        {
            if (array?.Length <= Largest)
                s_free = array;
        }
    }
}
