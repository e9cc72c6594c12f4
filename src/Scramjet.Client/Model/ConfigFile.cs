using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Packaging;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Scramjet.Client.Model;

/// <summary>Configuration in files: YAML where the name ends in .yaml or .yml, else JSON.</summary>
public static class ConfigFile
{
    private const long LongestFile = 16 * 1024 * 1024;
    private const int MaxDepth = 64;

    /// <summary>Reads a file that holds an object.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>BAD_PARAMETERS</c>: it isn't JSON or YAML, or not an object.</exception>
    public static JObject ReadObject(string path)
    {
        var text = ReadText(path);
        var isYaml = Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";
        try
        {
            return (isYaml ? FromYaml(text) : Json.Parse(text)) as JObject ?? throw Wrong(path, "it isn't an object with names and values");
        }
        catch (JsonException e)
        {
            throw Wrong(path, $"it isn't valid JSON: {e.Message}", e);
        }
        catch (YamlException e)
        {
            throw Wrong(path, $"it isn't valid YAML: line {e.Start.Line}, column {e.Start.Column}: {e.InnerException?.Message ?? e.Message}", e);
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

    private static JToken FromYaml(string text) =>
        Token(new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build().Deserialize<object?>(text), 0);

    private static JToken Token(object? value, int depth) => value switch
    {
        _ when depth > MaxDepth => throw new YamlException($"A value is nested more than {MaxDepth} deep, or contains itself."),
        null => JValue.CreateNull(),
        IDictionary<object, object?> map => new JObject(map.Select(e => new JProperty(Convert.ToString(e.Key, CultureInfo.InvariantCulture) ?? "", Token(e.Value, depth + 1)))),
        IEnumerable<object?> list => new JArray(list.Select(item => Token(item, depth + 1))),
        _ => new JValue(value),
    };
}
