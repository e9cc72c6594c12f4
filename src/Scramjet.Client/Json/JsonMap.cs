using System;
using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Json;

/// <summary>
/// An object that was read from JSON. Its values are null, strings, Booleans, longs, other numbers as <see cref="JValue"/>, arrays as object[], and objects.
/// It takes a fraction of the time and memory of a <see cref="JObject"/>, which counts for lists of many objects, and can't be changed.
/// </summary>
internal sealed class JsonMap
{
    /// <summary>The number of names up to which a linear search is used.</summary>
    private const int MaxLinearSearch = 24;

    private readonly KeyValuePair<string, object?>[] _fields;
    private readonly Dictionary<string, int>? _index;

    private JsonMap(KeyValuePair<string, object?>[] fields, int count, Dictionary<string, int>? index)
    {
        _fields = fields;
        Count = count;
        _index = index;
    }

    /// <summary>The number of fields.</summary>
    public int Count { get; }

    /// <summary>The fields in their order.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Fields => _fields.Take(Count);

    /// <summary>Returns a field by its number.</summary>
    public KeyValuePair<string, object?> this[int number] => _fields[number];

    /// <summary>Returns the number of a field, or -1.</summary>
    public int IndexOf(string name) => IndexOf(_fields, Count, _index, name);

    /// <summary>Converts an object.</summary>
    public static JsonMap From(JObject source)
    {
        var builder = new Builder();
        foreach (var property in source.Properties())
            builder.Set(property.Name, ValueFrom(property.Value));
        return builder.ToMap();
    }

    /// <summary>Creates an object with one field.</summary>
    public static JsonMap Of(string name, object? value)
    {
        var builder = new Builder();
        builder.Set(name, value);
        return builder.ToMap();
    }

    /// <summary>Returns the value of a field, or null.</summary>
    public object? Find(string name) => IndexOf(name) is var number and >= 0 ? _fields[number].Value : null;

    /// <summary>Returns whether two values are equal, with the fields of objects in the same order.</summary>
    public static bool AreEqual(object? one, object? other) => ReferenceEquals(one, other) || (one, other) switch
    {
        (JsonMap a, JsonMap b) => a.Count == b.Count
            && a.Fields.Zip(b.Fields, static (x, y) => x.Key == y.Key && AreEqual(x.Value, y.Value)).All(static isEqual => isEqual),
        (object?[] a, object?[] b) => a.Length == b.Length && a.Zip(b, AreEqual).All(static isEqual => isEqual),
        (JToken a, JToken b) => JToken.DeepEquals(a, b),
        _ => Equals(one, other),
    };

    private static object? ValueFrom(JToken token) => token switch
    {
        JObject source => From(source),
        JArray items => items.Select(ValueFrom).ToArray(),
        JRaw raw => raw,
        JValue { Value: null } => null,
        JValue { Value: string or bool or long } value => value.Value,
        _ => token,
    };

    private static int IndexOf(KeyValuePair<string, object?>[] fields, int count, Dictionary<string, int>? index, string name)
    {
        if (index is not null)
            return index.TryGetValue(name, out var known) ? known : -1;
        for (var i = 0; i < count; i++)
        {
            if (fields[i].Key == name)
                return i;
        }

        return -1;
    }

    /// <summary>Collects the fields of an object.</summary>
    public struct Builder
    {
        private KeyValuePair<string, object?>[] _fields;
        private Dictionary<string, int>? _index;
        private int _count;

        public Builder()
        {
            _fields = new KeyValuePair<string, object?>[8];
            _index = null;
            _count = 0;
        }

        /// <summary>Returns whether there is a field.</summary>
        public readonly bool Has(string name) => IndexOf(_fields, _count, _index, name) >= 0;

        /// <summary>Adds a field, or replaces its value.</summary>
        public void Set(string name, object? value)
        {
            var field = new KeyValuePair<string, object?>(name, value);
            if (IndexOf(_fields, _count, _index, name) is var number and >= 0)
            {
                _fields[number] = field;
                return;
            }

            if (_count == _fields.Length)
                Array.Resize(ref _fields, 2 * _count);
            _fields[_count] = field;
            if (_index is null && _count == MaxLinearSearch)
                _index = _fields.Take(_count).Select(static (f, i) => (f.Key, i)).ToDictionary(static f => f.Key, static f => f.i, StringComparer.Ordinal);
            if (_index is not null)
                _index[name] = _count;
            _count++;
        }

        /// <summary>Returns the object.</summary>
        public readonly JsonMap ToMap() => new(_fields, _count, _index);
    }
}
