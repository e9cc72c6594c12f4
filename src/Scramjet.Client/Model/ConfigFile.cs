using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;
using Scramjet.Client.Packaging;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Scramjet.Client.Model;

/// <summary>Configuration in files: YAML where the name ends in .yaml or .yml, else JSON.</summary>
public static class ConfigFile
{
    private const long LongestFile = 16 * 1024 * 1024;
    private const int MaxDepth = 64;

    private static readonly Regex WholeNumber = new(@"^[-+]?[0-9]+\z", RegexOptions.CultureInvariant);
    private static readonly Regex Number = new(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant);
    private static readonly Regex NotFinite = new(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z", RegexOptions.CultureInvariant);

    /// <summary>Reads a file that holds an object.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>BAD_PARAMETERS</c>: it isn't JSON or YAML, or not an object.</exception>
    public static JObject ReadObject(string path)
    {
        var text = ReadText(path);
        var isYaml = Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";
        try
        {
            return (isYaml ? FromYaml(text) : JsonText.Parse(text, allowDuplicates: false)) as JObject ?? throw Wrong(path, "it isn't an object with names and values");
        }
        catch (JsonException e)
        {
            throw Wrong(path, $"it isn't valid JSON: {e.Message}", e);
        }
        catch (YamlException e)
        {
            throw Wrong(path, $"it isn't valid YAML: line {e.Start.Line}, column {e.Start.Column}: {e.Message}", e);
        }
    }

    internal static ScramjetException Wrong(string path, string why, Exception? e = null) =>
        new(ErrorCodes.BadParameters, $"'{path}' can't be used: {why.TrimEnd('.')}.", "Mend the file.", e);

    private static string ReadText(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length > LongestFile ? throw Wrong(path, "it is too large for a configuration") : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw PackageFile.Unreadable(path, e);
        }
    }

    private static JToken FromYaml(string text)
    {
        var yaml = new YamlStream();
        var parser = new Parser(new StringReader(text));
        try
        {
            yaml.Load(parser);
        }
        catch (InvalidOperationException e)
        {
            // Some faults leave the parser in a state of its own.
            throw new YamlException(parser.Current?.Start ?? Mark.Empty, parser.Current?.End ?? Mark.Empty, "brackets, quotes or the indentation don't go together", e);
        }

        return yaml.Documents.Count == 0 ? JValue.CreateNull() : Token(yaml.Documents[0].RootNode, 0);
    }

    private static JToken Token(YamlNode node, int depth) => node switch
    {
        _ when depth > MaxDepth => throw new YamlException(node.Start, node.End, $"A value is nested more than {MaxDepth} deep, or contains itself."),
        YamlMappingNode map => new JObject(map.Children.Select(e => new JProperty(e.Key is YamlScalarNode name ? name.Value ?? "" : throw new YamlException(e.Key.Start, e.Key.End, "A name must be a text."), Token(e.Value, depth + 1)))),
        YamlSequenceNode list => new JArray(list.Children.Select(item => Token(item, depth + 1))),
        YamlScalarNode scalar => scalar.Style == ScalarStyle.Plain ? Plain(scalar) : new JValue(scalar.Value),
        _ => throw new YamlException(node.Start, node.End, "This can't be read."),
    };

    /// <summary>A scalar without quotes, typed as YAML's core schema has it.</summary>
    private static JValue Plain(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return JValue.CreateNull();
        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            return new JValue(text[0] is 't' or 'T');
        if (WholeNumber.IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return new JValue(whole);
        if (Number.IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsInfinity(number))
            return new JValue(number);
        return NotFinite.IsMatch(text) ? throw new YamlException(scalar.Start, scalar.End, $"JSON has no {text}.") : new JValue(text);
    }
}
