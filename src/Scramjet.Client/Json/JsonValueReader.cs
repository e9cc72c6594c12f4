using System.Collections.Generic;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Json;

/// <summary>Reads JSON into the values of <see cref="JsonMap"/>.</summary>
/// <param name="cursor">The text.</param>
/// <param name="allowDuplicates">True to use the last value if an object has a name twice, as in JavaScript; false to throw.</param>
internal sealed class JsonValueReader(JsonCursor cursor, bool allowDuplicates = true)
{
    /// <summary>The number of objects that are remembered to be shared.</summary>
    private const int MaxShared = 16;

    /// <summary>The length of the texts of objects that are worth it.</summary>
    private const int MinSharedLength = 64;
    private const int MaxSharedLength = 16 * 1024;

    private readonly List<(string Name, string Text, JsonMap Value)> _shared = [];

    /// <summary>Reads the value.</summary>
    /// <exception cref="JsonReaderException">The text isn't a single valid JSON value.</exception>
    public object? ReadAll()
    {
        var value = Read();
        cursor.End();
        return value;
    }

    /// <summary>
    /// Reads the items of an array one after the other, or returns null if the value is another one. Items that contain the same object share it, such as
    /// the instances of a sequence.
    /// </summary>
    /// <exception cref="JsonReaderException">The text isn't a single valid JSON value.</exception>
    public IEnumerable<object?>? ReadItems() => cursor.IsAtArray ? Items() : null;

    private IEnumerable<object?> Items()
    {
        cursor.Read();
        for (var first = true; cursor.NextItem(ref first);)
            yield return Read(shares: true);
        cursor.End();
    }

    private object? Read(bool shares = false)
    {
        switch (cursor.Read())
        {
            case JsonKind.Object:
                var fields = new JsonMap.Builder();
                for (var first = true; cursor.NextName(ref first);)
                {
                    var name = cursor.Text;
                    if (!allowDuplicates && fields.Has(name))
                        throw cursor.Error($"The object has the name \"{name}\" twice.");
                    fields.Set(name, shares ? ReadShared(name) : Read());
                }

                return fields.ToMap();
            case JsonKind.Array:
                var items = new List<object?>();
                for (var first = true; cursor.NextItem(ref first);)
                    items.Add(Read());
                return items.Count == 0 ? [] : items.ToArray();
            case JsonKind.Text:
                return cursor.Text;
            case JsonKind.Number when cursor.Number is long:
                return cursor.Number;
            case JsonKind.Number:
                // A number that would be written differently, such as 1.50 or one with too many digits for any type, keeps its text.
                var number = new JValue(cursor.Number);
                return number.ToString(Formatting.None) == cursor.NumberText ? number : new JRaw(cursor.NumberText);
            case JsonKind.Null:
                return null;
            case var kind:
                return kind == JsonKind.True;
        }
    }

    private object? ReadShared(string name)
    {
        foreach (var known in _shared)
        {
            if (known.Name == name && cursor.Skip(known.Text))
                return known.Value;
        }

        var start = cursor.Position;
        var value = Read();
        if (value is JsonMap map && _shared.Count < MaxShared && cursor.Position - start is >= MinSharedLength and <= MaxSharedLength)
            _shared.Add((name, cursor.TextFrom(start), map));
        return value;
    }
}
