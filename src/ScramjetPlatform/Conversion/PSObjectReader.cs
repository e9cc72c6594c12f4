using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq.Expressions;
using System.Management.Automation;
using Newtonsoft.Json;
using Scramjet.Client.Json;

namespace ScramjetPlatform.Conversion;

/// <summary>
/// Converts JSON texts to PowerShell objects with properties, arrays, and plain values. Times remain strings. Its buffers are used for the next text, so use
/// one for many texts, and by one thread at a time.
/// </summary>
internal sealed class PSObjectReader
{
    private const int MaxDepth = 512;

    /// <summary>The number of names up to which a linear search is used.</summary>
    private const int MaxLinearSearch = 12;

    private static readonly object s_true = true;
    private static readonly object s_false = false;

    /// <summary>The names that PowerShell reserves on every object.</summary>
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "PSObject", "PSBase", "PSAdapted", "PSExtended", "PSTypeNames",
    };

    private static readonly Func<int, PSObject> s_create = FindConstructor();

    private readonly JsonCursor _cursor = new(MaxDepth);
    private readonly List<List<PSNoteProperty>> _members = [];
    private int _depth;

    /// <summary>Converts a text.</summary>
    /// <exception cref="JsonException">The text isn't a single valid JSON value.</exception>
    public object? Read(string text)
    {
        _depth = 0;
        _cursor.Begin(text);
        var value = Read();
        _cursor.End();
        return value;
    }

    private object? Read()
    {
        switch (_cursor.Read())
        {
            case JsonKind.Object:
                return ReadObject();
            case JsonKind.Array:
                var items = new List<object?>();
                for (var first = true; _cursor.NextItem(ref first);)
                    items.Add(Read());
                return items.ToArray();
            case JsonKind.Text:
                return _cursor.Text;
            case JsonKind.Number:
                return _cursor.Number;
            case JsonKind.Null:
                return null;
            case var kind:
                return kind == JsonKind.True ? s_true : s_false;
        }
    }

    private object ReadObject()
    {
        if (_depth == _members.Count)
            _members.Add([]);
        var members = _members[_depth++];
        members.Clear();
        HashSet<string>? names = null;
        OrderedDictionary? dictionary = null;
        for (var first = true; _cursor.NextName(ref first);)
        {
            var name = _cursor.Text;
            var value = Read();

            // Property names in PowerShell are case-insensitive and can't be empty. If names don't meet this, the object becomes a dictionary.
            if (dictionary is null && !IsPropertyName(name, members, ref names))
            {
                // If a name occurs twice, the last value is used, as in JavaScript.
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

        _depth--;
        if (dictionary is not null)
            return dictionary;

        // The names were validated above. PowerShell's own validation would cost more than the rest of this method.
        var result = s_create(members.Count);
        var properties = result.Properties;
        foreach (var member in members)
            properties.Add(member, preValidated: true);
        return result;
    }

    private static bool IsPropertyName(string name, List<PSNoteProperty> members, ref HashSet<string>? names)
    {
        if (name.Length == 0 || (name.StartsWith("PS", StringComparison.OrdinalIgnoreCase) && s_reserved.Contains(name)))
            return false;

        if (members.Count < MaxLinearSearch)
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

    /// <summary>
    /// Objects that are created with the number of their properties aren't entered in a table of all objects with properties, which makes them much cheaper.
    /// Windows PowerShell doesn't have this constructor.
    /// </summary>
    private static Func<int, PSObject> FindConstructor()
    {
        if (typeof(PSObject).GetConstructor([typeof(int)]) is not { } constructor)
            return static _ => new PSObject();
        var capacity = Expression.Parameter(typeof(int));
        return Expression.Lambda<Func<int, PSObject>>(Expression.New(constructor, capacity), capacity).Compile();
    }
}
