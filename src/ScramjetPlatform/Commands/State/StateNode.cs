using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Newtonsoft.Json.Linq;
using Scramjet.Client;

namespace ScramjetPlatform;

/// <summary>A value in a state file, and where it is. Reading it in another form than the file's is an error that says so.</summary>
/// <param name="file">The path of the file.</param>
/// <param name="location">Where the value is, such as <c>sequences.hello.instances[0]</c>; empty for the whole file.</param>
/// <param name="token">The value.</param>
internal sealed class StateNode(string file, string location, JToken token)
{
    /// <summary>Where the value is, such as <c>sequences.hello.instances[0]</c>.</summary>
    public string Location => location;

    /// <summary>The value.</summary>
    public JToken Token => token;

    private bool IsNull => token.Type == JTokenType.Null;

    /// <summary>Returns the values of an object, by their names. Other names than the allowed ones are an error.</summary>
    public IReadOnlyDictionary<string, StateNode> Fields(params string[] allowed)
    {
        var fields = Entries().ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        if (fields.Keys.FirstOrDefault(name => Array.IndexOf(allowed, name) < 0) is not { } unknown)
            return fields.Where(f => !f.Value.IsNull).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);

        var near = allowed.FirstOrDefault(name => name.Equals(unknown, StringComparison.OrdinalIgnoreCase));
        throw fields[unknown].Error(
            "this key is unknown",
            near is not null ? $"Write it as '{near}'." : $"Remove it, or use one of these keys: {string.Join(", ", allowed)}.");
    }

    /// <summary>Returns the values of an object with names that the file chooses.</summary>
    public IEnumerable<KeyValuePair<string, StateNode>> Entries()
    {
        if (IsNull)
            return [];
        if (token is not JObject fields)
            throw Wrong("names with values");
        return fields.Properties().Select(p => new KeyValuePair<string, StateNode>(p.Name, new StateNode(file, Join(p.Name), p.Value))).ToArray();
    }

    /// <summary>Returns the values of a list.</summary>
    public IReadOnlyList<StateNode> Items() => token is JArray items
        ? [.. items.Select((item, i) => new StateNode(file, $"{location}[{i}]", item))]
        : throw Wrong("a list");

    /// <summary>Returns a text that isn't empty.</summary>
    public string Text() => token is JValue { Type: JTokenType.String, Value: string { Length: > 0 } text } ? text : throw Wrong("a text");

    /// <summary>Returns one text or a list of texts.</summary>
    public string[] Texts() => token is JArray ? [.. Items().Select(i => i.Text())]
        : token.Type == JTokenType.String ? [Text()]
        : throw Wrong("a text, or a list of texts");

    /// <summary>Returns a whole number that isn't negative.</summary>
    public int Count() =>
        token is JValue { Type: JTokenType.Integer } && long.TryParse(token.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count is >= 0 and <= StateIdentity.MaxInstances
            ? (int)count
            : throw Wrong($"a whole number from 0 to {StateIdentity.MaxInstances}");

    /// <summary>Returns a value as it is.</summary>
    public T As<T>(string expected) where T : JToken => token as T ?? throw Wrong(expected);

    /// <summary>Creates the error for this value.</summary>
    /// <param name="why">What is wrong.</param>
    /// <param name="action">What to do about it.</param>
    /// <param name="inner">The cause.</param>
    public ScramjetException Error(string why, string action, ScramjetException? inner = null) => new(
        inner?.Code ?? ErrorCodes.BadParameters,
        $"'{file}'{(location.Length == 0 ? "" : $", {location}")}: {why}.",
        action,
        inner);

    /// <summary>Runs what checks this value. Its error becomes one that says where the value is.</summary>
    public T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ScramjetException e)
        {
            throw Error(e.Message.TrimEnd('.'), e.RecommendedAction ?? "Correct the value.", e);
        }
    }

    private ScramjetException Wrong(string expected) => Error($"{expected} is required here, not {Kind}", "Correct the value.");

    private string Kind => token.Type switch
    {
        JTokenType.Object => "names with values",
        JTokenType.Array => "a list",
        JTokenType.String when ((string)token!).Length == 0 => "an empty text",
        JTokenType.String => "a text",
        JTokenType.Boolean => "true or false",
        JTokenType.Null => "nothing",
        _ => $"the number {token}",
    };

    private string Join(string name)
    {
        var part = name.Length > 0 && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '@' or '/') ? name : $"'{name}'";
        return location.Length == 0 ? part : $"{location}.{part}";
    }
}
