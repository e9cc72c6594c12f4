using System;
using System.IO;
using System.Threading;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;
using Scramjet.Client.Packaging;
using YamlDotNet.Core;

namespace Scramjet.Client.Model;

/// <summary>Reads configuration files: YAML if the name ends with .yaml or .yml, otherwise JSON.</summary>
public static class ConfigFile
{
    private const int MaxFileSize = 4 * 1024 * 1024;

    /// <summary>Reads a file that contains an object.</summary>
    /// <exception cref="ScramjetException">
    /// <c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>BAD_PARAMETERS</c>: the file isn't JSON or YAML, or contains something other than an object.
    /// </exception>
    public static JObject ReadObject(string path, CancellationToken cancellationToken = default)
    {
        var text = LocalFile.ReadText(path, MaxFileSize, () => Error(path, $"it has more than {MaxFileSize} bytes"), cancellationToken);
        var isYaml = Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";
        try
        {
            var value = isYaml ? YamlText.Parse(text, cancellationToken) : JsonText.Parse(text, allowDuplicates: false);
            return value as JObject ?? throw Error(path, "it isn't an object with names and values");
        }
        catch (JsonException e)
        {
            throw Error(path, $"it isn't valid JSON: {e.Message}", e);
        }
        catch (YamlException e)
        {
            throw Error(path, $"it isn't valid YAML: line {e.Start.Line}, column {e.Start.Column}: {DisplayText.Clean(e.Message)}", e);
        }
    }

    internal static ScramjetException Error(string path, string why, Exception? e = null) =>
        new(ErrorCodes.BadParameters, $"'{path}' can't be used: {why.TrimEnd('.')}.", "Correct the file.", e);
}
