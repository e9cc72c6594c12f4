using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Scramjet.Client.Model;

/// <summary>
/// Makes JSON of a YAML text, event by event and within bounds. An alias counts as what it stands for, since JSON has none: a few lines of them can stand
/// for more than fits into any memory.
/// </summary>
internal sealed class YamlText
{
    private const int Deepest = 64;
    private const int MostValues = 100_000;
    private const int MostCharacters = 16 * 1024 * 1024;

    private static readonly Regex Number = new(@"^(?<sign>[-+]?)(?<whole>[0-9]*)(\.(?<rest>[0-9]*))?(?<power>[eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant);
    private static readonly Regex NotFinite = new(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z", RegexOptions.CultureInvariant);

    private readonly Parser _parser;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<string, Value> _anchors = new(StringComparer.Ordinal);
    private int _values;
    private long _characters;

    private YamlText(string text, CancellationToken cancellationToken)
    {
        _parser = new Parser(new StringReader(text));
        _cancellationToken = cancellationToken;
    }

    /// <summary>Reads a text with one document, or none, which is null.</summary>
    /// <exception cref="YamlException">It isn't YAML, or has what JSON hasn't, or is more than is read.</exception>
    public static JToken Parse(string text, CancellationToken cancellationToken)
    {
        var yaml = new YamlText(text, cancellationToken);
        yaml.Next<StreamStart>();
        if (yaml.Next() is StreamEnd)
            return JValue.CreateNull();

        var token = yaml.Read(yaml.Next(), 0).Token;
        yaml.Next<DocumentEnd>();
        return yaml.Next() is StreamEnd ? token : throw yaml.Wrong("It has more than one document.");
    }

    private ParsingEvent Next()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_parser.MoveNext())
                return _parser.Current!;
        }
        catch (Exception e) when (e is not (YamlException or OutOfMemoryException))
        {
            // Some faults leave the parser in a state of its own.
            throw Wrong("brackets, quotes or the indentation don't go together", e);
        }

        throw Wrong("It ends too early.");
    }

    private void Next<T>() where T : ParsingEvent
    {
        if (Next() is not T)
            throw Wrong("This can't be read.");
    }

    private Value Read(ParsingEvent at, int depth)
    {
        if (depth > Deepest)
            throw TooDeep();
        if (at is AnchorAlias alias)
            return Copy(alias, depth);

        var (values, characters) = (_values, _characters);
        Count(1, at is Scalar text ? text.Value.Length : 0);
        var (token, height) = at switch
        {
            Scalar scalar => (Read(scalar), 0),
            SequenceStart => ReadList(depth),
            MappingStart => ReadObject(depth),
            _ => throw Wrong("This can't be read."),
        };
        var value = new Value(token, height, _values - values, _characters - characters);
        if (at is NodeEvent { Anchor: { IsEmpty: false } anchor })
            _anchors[anchor.Value] = value;
        return value;
    }

    private (JToken Token, int Height) ReadList(int depth)
    {
        var list = new JArray();
        var height = 0;
        for (var at = Next(); at is not SequenceEnd; at = Next())
        {
            var item = Read(at, depth + 1);
            height = Math.Max(height, item.Height);
            list.Add(item.Token);
        }

        return (list, height + 1);
    }

    private (JToken Token, int Height) ReadObject(int depth)
    {
        var o = new JObject();
        var height = 0;
        for (var at = Next(); at is not MappingEnd; at = Next())
        {
            var isText = at is Scalar or AnchorAlias;
            var name = isText && Read(at, depth + 1).Token is JValue plain ? at is Scalar written ? written.Value : plain.ToString(CultureInfo.InvariantCulture) : throw Wrong("A name must be a text.");
            if (o.ContainsKey(name))
                throw Wrong($"The name '{name}' is there twice.");
            var value = Read(Next(), depth + 1);
            height = Math.Max(height, value.Height);
            o.Add(name, value.Token);
        }

        return (o, height + 1);
    }

    private Value Copy(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var value))
            throw Wrong($"There is no whole value '{alias.Value.Value}' before it.");
        if (depth + value.Height > Deepest)
            throw TooDeep();
        Count(value.Values, value.Characters);
        return value with { Token = value.Token.DeepClone() };
    }

    private void Count(int values, long characters)
    {
        _values += values;
        _characters += characters;
        if (_values > MostValues)
            throw Wrong($"It stands for more than {MostValues} values.");
        if (_characters > MostCharacters)
            throw Wrong($"It stands for more than {MostCharacters} characters.");
    }

    private JValue Read(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Tag != "tag:yaml.org,2002:str" ? Plain(scalar.Value) : new JValue(scalar.Value);

    /// <summary>A scalar without quotes, typed as YAML's core schema has it.</summary>
    private JValue Plain(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return JValue.CreateNull();
        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return new JValue(text[0] is 't' or 'T');
        return AsJson(text) is { } number ? number
            : NotFinite.IsMatch(text) ? throw Wrong($"JSON has no {text}.")
            : new JValue(text);
    }

    /// <summary>A number as JSON writes it, which keeps its value; null for another text, and for a number that is beyond all.</summary>
    private static JValue? AsJson(string text)
    {
        var number = Number.Match(text);
        if (!number.Success || (number.Groups["whole"].Length == 0 && number.Groups["rest"].Length == 0))
            return null;

        string Group(string name) => number.Groups[name].Value;
        var whole = Group("whole").TrimStart('0');
        var json = $"{Group("sign").TrimStart('+')}{(whole.Length == 0 ? "0" : whole)}{(Group("rest").Length == 0 ? "" : "." + Group("rest"))}{Group("power")}";
        try
        {
            return (JValue)JsonText.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private YamlException TooDeep() => Wrong($"A value is nested more than {Deepest} deep.");

    private YamlException Wrong(string why, Exception? e = null)
    {
        var (start, end) = _parser.Current is { } at ? (at.Start, at.End) : (Mark.Empty, Mark.Empty);
        return new YamlException(start, end, why, e!);
    }

    /// <summary>A value, and how much it is: how many levels are in it, how many values and how many characters.</summary>
    private sealed record Value(JToken Token, int Height, int Values, long Characters);
}
