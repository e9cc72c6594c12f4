using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Json;

namespace ScramjetPlatform.Conversion;

/// <summary>Turns what PowerShell has into JSON, and JSON into what PowerShell has.</summary>
internal static class PSJson
{
    private const int MaxDepth = 64;
    private const int MaxDepthRead = 512;

    private static readonly object s_true = true;
    private static readonly object s_false = false;

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
        var cursor = new JsonCursor(text, MaxDepthRead);
        var value = Read(cursor);
        cursor.End();
        return value;
    }

    /// <summary>A JSON value as PowerShell has it.</summary>
    public static object? Read(JToken token) => Read(token.ToString(Newtonsoft.Json.Formatting.None));

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

    private static object? Read(JsonCursor cursor)
    {
        switch (cursor.Read())
        {
            case JsonKind.Object:
                return ReadObject(cursor);
            case JsonKind.Array:
                var items = new List<object?>();
                for (var first = true; cursor.NextItem(ref first);)
                    items.Add(Read(cursor));
                return items.ToArray();
            case JsonKind.Text:
                return cursor.Text;
            case JsonKind.Number:
                return cursor.Number;
            case JsonKind.Null:
                return null;
            case var kind:
                return kind == JsonKind.True ? s_true : s_false;
        }
    }

    private static object ReadObject(JsonCursor cursor)
    {
        var members = new List<PSNoteProperty>();
        HashSet<string>? names = null;
        OrderedDictionary? dictionary = null;
        for (var first = true; cursor.NextName(ref first);)
        {
            var name = cursor.Text;
            var value = Read(cursor);

            // PowerShell's properties have names, and case doesn't tell them apart: what can't be properties becomes a dictionary.
            if (dictionary is null && !IsPropertyName(name, members, ref names))
            {
                // Of two values of the very same name the later one counts, as everywhere in JavaScript.
                if (members.Find(m => m.Name == name) is { } earlier)
                {
                    earlier.Value = value;
                    continue;
                }

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

    private static JToken Parse(string text, string parameter)
    {
        try
        {
            return JsonText.Parse(text, allowDuplicates: false);
        }
        catch (JsonException e)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"-{parameter} isn't valid JSON: {e.Message}",
                $"Give a hashtable, such as -{parameter} @{{ name = 'value' }}, or JSON text.",
                e);
        }
    }

    private static JToken From(object? value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"A value is nested more than {MaxDepth} deep, or contains itself.",
                "Give only the properties that are wanted, e.g. with Select-Object.");
        }

        var plain = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null:
                return JValue.CreateNull();
            case JToken token:
                return token;
            case SecureString or PSCredential:
                throw new ScramjetException(
                    ErrorCodes.BadParameters,
                    "A secret (SecureString or PSCredential) can't be sent as it is.",
                    "Convert it to plain text yourself, where that is meant.");
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
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"An object's property '{property.Name}' can't be read: {e.InnerException?.Message ?? e.Message}",
                "Give only the properties that are wanted, e.g. with Select-Object.",
                e);
        }
    }

    private static string Kind(JToken token) => token.Type switch
    {
        JTokenType.Array => "a list",
        JTokenType.Null => "nothing",
        _ => $"a single value ({token.Type})",
    };
}
