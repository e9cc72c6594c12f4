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

/// <summary>Configuration in files: YAML where the name ends in .yaml or .yml, else JSON.</summary>
public static class ConfigFile
{
    private const int LongestFile = 4 * 1024 * 1024;

    /// <summary>Reads a file that holds an object.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>BAD_PARAMETERS</c>: it isn't JSON or YAML, or not an object.</exception>
    public static JObject ReadObject(string path, CancellationToken cancellationToken = default)
    {
        var text = LocalFile.ReadText(path, LongestFile, () => Wrong(path, $"it has more than {LongestFile} bytes, which is the limit for a configuration"), cancellationToken);
        var isYaml = Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";
        try
        {
            return (isYaml ? YamlText.Parse(text, cancellationToken) : JsonText.Parse(text, allowDuplicates: false)) as JObject ?? throw Wrong(path, "it isn't an object with names and values");
        }
        catch (JsonException e)
        {
            throw Wrong(path, $"it isn't valid JSON: {e.Message}", e);
        }
        catch (YamlException e)
        {
            throw Wrong(path, $"it isn't valid YAML: line {e.Start.Line}, column {e.Start.Column}: {DisplayText.Clean(e.Message)}", e);
        }
    }

    internal static ScramjetException Wrong(string path, string why, Exception? e = null) =>
        new(ErrorCodes.BadParameters, $"'{path}' can't be used: {why.TrimEnd('.')}.", "Correct the file.", e);
}
