using System;
using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Json;

namespace ScramjetPlatform.Conversion;

/// <summary>Converts PowerShell objects to JSON and back.</summary>
internal static class PSJson
{
    private const int MaxDepth = 64;

    /// <summary>Converts any value to JSON.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the value is nested too deeply, or contains a secret.</exception>
    public static JToken From(object? value)
    {
        using var writer = new JTokenWriter();
        Write(writer, value, null, 0);
        return writer.Token!;
    }

    /// <summary>Writes any value as JSON.</summary>
    /// <param name="writer">Receives the value.</param>
    /// <param name="value">The value.</param>
    /// <param name="notes">Finds the properties of objects with note properties only.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: as for <see cref="From(object?)"/>, perhaps after the beginning was written.</exception>
    public static void Write(JsonWriter writer, object? value, NoteProperties notes) => Write(writer, value, notes, 0);

    /// <summary>Converts a hashtable, an object, or JSON text to a JSON object.</summary>
    /// <param name="value">The value.</param>
    /// <param name="parameter">The name of the parameter, for the error.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the value isn't one of these.</exception>
    public static JObject? ObjectFrom(object? value, string parameter)
    {
        if (value is null)
            return null;

        var token = value is string || (value as PSObject)?.BaseObject is string ? Parse(value.ToString()!, parameter) : From(value);
        return token as JObject ?? throw new ScramjetException(
            ErrorCodes.BadParameters,
            $"-{parameter} must be an object with names and values; it is {Kind(token)}.",
            $"Specify a hashtable, such as -{parameter} @{{ name = 'value' }}, or JSON text.");
    }

    /// <summary>Converts JSON text to PowerShell objects with properties, arrays, and plain values. Times remain strings.</summary>
    /// <exception cref="JsonException">The text isn't a single valid JSON value.</exception>
    public static object? Read(string text) => new PSObjectReader().Read(text);

    /// <summary>Converts a JSON value to a PowerShell object.</summary>
    public static object? Read(JToken token) => Read(token.ToString(Newtonsoft.Json.Formatting.None));

    /// <summary>Returns whether a text in JSON is an object, an array or a string, which plain text hardly begins with.</summary>
    public static bool IsCompound(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                return c is '{' or '[' or '"';
        }

        return false;
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
                $"Specify a hashtable, such as -{parameter} @{{ name = 'value' }}, or JSON text.",
                e);
        }
    }

    private static void Write(JsonWriter writer, object? value, NoteProperties? notes, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"A value is nested more than {MaxDepth} levels deep, or contains itself.",
                "Specify only the required properties, for example with Select-Object.");
        }

        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (plain)
        {
            case PSCustomObject:
                WriteObject(writer, PSObject.AsPSObject(value), notes, depth);
                return;
            case null:
                writer.WriteNull();
                return;
            case string text:
                writer.WriteValue(text);
                return;
            case int number:
                writer.WriteValue(number);
                return;
            case long number:
                writer.WriteValue(number);
                return;
            case bool flag:
                writer.WriteValue(flag);
                return;
            case double.NaN or double.PositiveInfinity or double.NegativeInfinity or float.NaN or float.PositiveInfinity or float.NegativeInfinity:
                throw new ScramjetException(ErrorCodes.BadParameters, "JSON doesn't support NaN and infinity.");
            case double number:
                writer.WriteValue(number);
                return;
            case JToken token:
                token.WriteTo(writer);
                return;
            case SecureString or PSCredential:
                throw new ScramjetException(
                    ErrorCodes.BadParameters,
                    "A secret (SecureString or PSCredential) can't be sent.",
                    "Convert it to plain text first, if that is intended.");
            case Enum name:
                writer.WriteValue(name.ToString());
                return;
            case Guid or Uri or Version or TimeSpan or char or IntPtr or UIntPtr:
                writer.WriteValue(Convert.ToString(plain, CultureInfo.InvariantCulture));
                return;
            case DateTime time:
                writer.WriteValue(time.ToString("o", CultureInfo.InvariantCulture));
                return;
            case DateTimeOffset time:
                writer.WriteValue(time.ToString("o", CultureInfo.InvariantCulture));
                return;
            case IDictionary dictionary:
                WriteDictionary(writer, dictionary, notes, depth);
                return;
            case IEnumerable items:
                writer.WriteStartArray();
                foreach (var item in items)
                    Write(writer, item, notes, depth + 1);
                writer.WriteEndArray();
                return;
        }

        if (plain.GetType().IsPrimitive || plain is decimal || plain is System.Numerics.BigInteger)
            writer.WriteValue(plain);
        else
            WriteObject(writer, PSObject.AsPSObject(value), notes, depth);
    }

    private static void WriteObject(JsonWriter writer, PSObject value, NoteProperties? notes, int depth)
    {
        writer.WriteStartObject();
        if (notes?.Of(value) is { } known)
        {
            foreach (var note in known)
            {
                writer.WritePropertyName(note.Name);
                Write(writer, note.Value, notes, depth + 1);
            }
        }
        else
        {
            foreach (var property in value.Properties)
            {
                if (!property.IsGettable)
                    continue;
                writer.WritePropertyName(property.Name);
                Write(writer, ValueOf(property), notes, depth + 1);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteDictionary(JsonWriter writer, IDictionary dictionary, NoteProperties? notes, int depth)
    {
        // Keys that aren't strings can have the same text. The last value is used then.
        var entries = new OrderedDictionary(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in dictionary)
            entries[Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? ""] = entry.Value;
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in entries)
        {
            writer.WritePropertyName((string)entry.Key);
            Write(writer, entry.Value, notes, depth + 1);
        }

        writer.WriteEndObject();
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
                "Specify only the required properties, for example with Select-Object.",
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
