using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Conversion;

namespace ScramjetPlatform;

/// <summary>Reads and writes state files in the format that the extension tells: .json, .yaml, .yml or .psd1.</summary>
internal static class StateFileFormat
{
    private const int MaxFileSize = 4 * 1024 * 1024;
    private const string Indent = "    ";

    private static readonly Regex s_plainKey = new(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant);

    /// <summary>Returns the content of a file.</summary>
    /// <exception cref="ScramjetException">
    /// <c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>BAD_PARAMETERS</c>: the file isn't in its format, or has another extension.
    /// </exception>
    public static JObject Read(string path, CancellationToken cancellationToken) =>
        IsData(path) ? ReadData(path, cancellationToken) : ConfigFile.ReadObject(path, cancellationToken);

    /// <summary>Returns the text for a file.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the extension is another one, or the format can't have the content.</exception>
    public static string Write(string path, JObject content) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".json" => content.ToString(Newtonsoft.Json.Formatting.Indented) + "\n",
        ".psd1" => WriteData(path, content),
        _ => YamlText.Write(content),
    };

    /// <summary>Checks that the extension is that of a state file.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>.</exception>
    public static void Check(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".json" or ".yaml" or ".yml" or ".psd1"))
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{path}' can't be a state file: its extension doesn't tell its format.",
                "Use the extension .yaml, .yml, .json or .psd1.");
        }
    }

    private static bool IsData(string path)
    {
        Check(path);
        return Path.GetExtension(path).Equals(".psd1", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads a PowerShell data file. Nothing in it is run.</summary>
    private static JObject ReadData(string path, CancellationToken cancellationToken)
    {
        var text = LocalFile.ReadText(path, MaxFileSize, () => ConfigFile.Error(path, $"it has more than {MaxFileSize} bytes"), cancellationToken);
        var script = Parser.ParseInput(text, path, out _, out var errors);
        if (errors.Length > 0)
            throw Error(path, errors[0].Extent, errors[0].Message);
        if (script.EndBlock?.Statements is not { Count: 1 } statements
            || (statements[0] as PipelineAst)?.GetPureExpression() is not HashtableAst table)
        {
            throw ConfigFile.Error(path, "it isn't one hashtable, as a PowerShell data file is");
        }

        try
        {
            return (JObject)PSJson.From(table.SafeGetValue());
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            var dynamic = table.Find(static a => a is VariableExpressionAst or CommandAst or SubExpressionAst or InvokeMemberExpressionAst, true);
            throw Error(path, (dynamic ?? table).Extent, "a PowerShell data file can only have constants. Write a text with a $ in single quotes", e);
        }
    }

    private static ScramjetException Error(string path, IScriptExtent at, string why, Exception? inner = null) =>
        ConfigFile.Error(path, $"line {at.StartLineNumber}, column {at.StartColumnNumber}: {DisplayText.Clean(why)}", inner);

    private static string WriteData(string path, JObject content)
    {
        var text = new StringBuilder();
        Append(text, content, "", path);
        return text.Append('\n').ToString();
    }

    private static void Append(StringBuilder text, JToken token, string indent, string path)
    {
        switch (token)
        {
            case JObject { Count: 0 }:
                text.Append("@{}");
                break;
            case JObject fields:
                var twice = fields.Properties().GroupBy(p => p.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
                if (twice is not null)
                {
                    throw new ScramjetException(
                        ErrorCodes.BadParameters,
                        $"'{path}' can't be written: the names {string.Join(" and ", twice.Select(p => $"'{p.Name}'"))} " +
                        "are the same in a PowerShell data file.",
                        "Use the extension .yaml or .json.");
                }

                text.Append("@{\n");
                foreach (var field in fields.Properties())
                {
                    text.Append(indent).Append(Indent).Append(s_plainKey.IsMatch(field.Name) ? field.Name : Quote(field.Name)).Append(" = ");
                    Append(text, field.Value, indent + Indent, path);
                    text.Append('\n');
                }

                text.Append(indent).Append('}');
                break;
            case JArray { Count: 0 }:
                text.Append("@()");
                break;
            case JArray items:
                text.Append("@(\n");
                foreach (var item in items)
                {
                    // Without the comma, the items of a list in a list would become items of the outer list.
                    text.Append(indent).Append(Indent).Append(item is JArray ? ", " : "");
                    Append(text, item, indent + Indent, path);
                    text.Append('\n');
                }

                text.Append(indent).Append(')');
                break;
            case JRaw:
                text.Append(token);
                break;
            case { Type: JTokenType.String }:
                text.Append(Quote((string)token!));
                break;
            case { Type: JTokenType.Null }:
                text.Append("$null");
                break;
            case { Type: JTokenType.Boolean }:
                text.Append((bool)token ? "$true" : "$false");
                break;
            default:
                text.Append(Convert.ToString(((JValue)token).Value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
