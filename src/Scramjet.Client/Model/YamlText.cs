using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Scramjet.Client.Model;

/// <summary>
/// Converts YAML text to JSON, with limits. An alias counts as a copy of its value, because JSON has no aliases: a few lines of them can expand to more than
/// any memory can hold.
/// </summary>
internal sealed class YamlText
{
    private const int MaxDepth = 64;
    private const int MaxValues = 100_000;
    private const int MaxCharacters = 16 * 1024 * 1024;

    private static readonly Regex Number = new(
        @"^(?<sign>[-+]?)(?<whole>[0-9]*)(\.(?<rest>[0-9]*))?(?<power>[eE][-+]?[0-9]+)?\z",
        RegexOptions.CultureInvariant);

    private static readonly Regex NotFinite = new(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z", RegexOptions.CultureInvariant);

    /// <summary>Texts that YAML 1.1, which many programs read, takes for truth values, dates, times or numbers.</summary>
    private static readonly Regex Other11 = new(
        @"^((?i:y|n|yes|no|on|off)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])*(\.[0-9_]*)?|[-+]?0[xob][0-9a-fA-F_]+)\z",
        RegexOptions.CultureInvariant);

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

    /// <summary>Reads a text with one document. An empty text is null.</summary>
    /// <exception cref="YamlException">The text isn't valid YAML, contains something that JSON doesn't support, or exceeds a limit.</exception>
    public static JToken Parse(string text, CancellationToken cancellationToken)
    {
        var yaml = new YamlText(text, cancellationToken);
        yaml.Next<StreamStart>();
        if (yaml.Next() is StreamEnd)
            return JValue.CreateNull();

        var token = yaml.Read(yaml.Next(), 0).Token;
        yaml.Next<DocumentEnd>();
        return yaml.Next() is StreamEnd ? token : throw yaml.Error("The text has more than one document.");
    }

    /// <summary>Returns the YAML text of a JSON value. <see cref="Parse"/> returns the same value for it.</summary>
    public static string Write(JToken token)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(emitter, token);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Write(Emitter emitter, JToken token)
    {
        switch (token)
        {
            case JObject fields:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, fields.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var field in fields.Properties())
                {
                    WriteText(emitter, field.Name);
                    Write(emitter, field.Value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JArray items:
                var isShort = items.All(i => i is JValue);
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, isShort ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in items)
                    Write(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case { Type: JTokenType.String }:
                WriteText(emitter, (string)token!);
                break;
            default:
                emitter.Emit(new Scalar(token.ToString(Formatting.None)));
                break;
        }
    }

    /// <summary>Writes a string with quotes if YAML takes it for another value without them, or if it isn't printable.</summary>
    private static void WriteText(Emitter emitter, string text)
    {
        var isOther = text is "" or "~" or "null" or "Null" or "NULL" or "true" or "True" or "TRUE" or "false" or "False" or "FALSE"
            || Number.IsMatch(text) || NotFinite.IsMatch(text) || Other11.IsMatch(text) || text.Any(char.IsControl) || text.Trim() != text;
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, isOther ? ScalarStyle.DoubleQuoted : ScalarStyle.Plain, true, true));
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
            // Some errors of the parser have no message or type of their own.
            throw Error("Brackets, quotes or the indentation don't match.", e);
        }

        throw Error("The text ends too early.");
    }

    private void Next<T>() where T : ParsingEvent
    {
        if (Next() is not T)
            throw Error("This isn't valid here.");
    }

    private Value Read(ParsingEvent at, int depth)
    {
        if (depth > MaxDepth)
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
            _ => throw Error("This isn't valid here."),
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
            var key = isText ? Read(at, depth + 1).Token as JValue : null;
            if (key is null)
                throw Error("A name must be a string.");
            var name = at is Scalar scalar ? scalar.Value : key.ToString(CultureInfo.InvariantCulture);
            if (o.ContainsKey(name))
                throw Error($"The object has the name '{name}' twice.");
            var value = Read(Next(), depth + 1);
            height = Math.Max(height, value.Height);
            o.Add(name, value.Token);
        }

        return (o, height + 1);
    }

    private Value Copy(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var value))
            throw Error($"There is no complete value '{alias.Value.Value}' before it.");
            if (depth + value.Height > MaxDepth)
            throw TooDeep();
        Count(value.Values, value.Characters);
        return value with { Token = value.Token.DeepClone() };
    }

    private void Count(int values, long characters)
    {
        _values += values;
        _characters += characters;
        if (_values > MaxValues)
            throw Error($"The text expands to more than {MaxValues} values.");
        if (_characters > MaxCharacters)
            throw Error($"The text expands to more than {MaxCharacters} characters.");
    }

    private JValue Read(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Tag != "tag:yaml.org,2002:str" ? Plain(scalar.Value) : new JValue(scalar.Value);

    /// <summary>Converts an unquoted scalar by the rules of YAML's core schema.</summary>
    private JValue Plain(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return JValue.CreateNull();
        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return new JValue(text[0] is 't' or 'T');
        return AsJson(text) is { } number ? number
            : NotFinite.IsMatch(text) ? throw Error($"JSON doesn't support {text}.")
            : new JValue(text);
    }

    /// <summary>Converts a number to JSON without changing its value, or returns null for other text and for a number that is too large.</summary>
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

    private YamlException TooDeep() => Error($"A value is nested more than {MaxDepth} levels deep.");

    private YamlException Error(string message, Exception? e = null)
    {
        var (start, end) = _parser.Current is { } at ? (at.Start, at.End) : (Mark.Empty, Mark.Empty);
        return new YamlException(start, end, message, e!);
    }

    /// <summary>A value, with its nesting depth and the numbers of values and characters in it.</summary>
    private sealed record Value(JToken Token, int Height, int Values, long Characters);
}
