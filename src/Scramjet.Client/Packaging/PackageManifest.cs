using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;

namespace Scramjet.Client.Packaging;

/// <summary>The fields of a sequence's package.json that a hub reads.</summary>
public sealed class PackageManifest
{
    internal const string FileName = "package.json";
    internal const int MaxFileSize = 4 * 1024 * 1024;

    private PackageManifest(string? name, string? version, string main, IReadOnlyDictionary<string, string> engines)
    {
        Name = name;
        Version = version;
        Main = main;
        Engines = engines;
    }

    /// <summary>The name; null if it has none.</summary>
    public string? Name { get; }

    /// <summary>The version; null if it has none.</summary>
    public string? Version { get; }

    /// <summary>The path of the file to run, relative to the package.</summary>
    public string Main { get; }

    /// <summary>The required engines, such as <c>node</c> or <c>python3</c>, and their versions.</summary>
    public IReadOnlyDictionary<string, string> Engines { get; }

    internal static PackageManifest Parse(string text, string origin)
    {
        var o = ParseObject(text, origin);
        var main = Text(o, "main", origin);
        if (string.IsNullOrWhiteSpace(main))
            throw Invalid(origin, "its package.json has no \"main\", the file that the hub runs");

        var engines = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (o["engines"])
        {
            case null or { Type: JTokenType.Null }:
                break;
            case JObject list:
                foreach (var engine in list.Properties())
                    engines[engine.Name] = Text(list, engine.Name, origin) ?? "";
                break;
            default:
                throw Invalid(origin, "\"engines\" in its package.json isn't an object");
        }

        return new PackageManifest(Text(o, "name", origin), Text(o, "version", origin), main!, engines);
    }

    internal static ScramjetException Invalid(string origin, string why, Exception? e = null, string? action = null) => new(
        ErrorCodes.InvalidPackage,
        $"'{origin}' can't be a sequence: {why}.",
        action ?? "A sequence's package.json has at least: { \"name\": \"...\", \"version\": \"1.0.0\", \"main\": \"index.js\" }.",
        e);

    /// <summary>Returns a copy with another version.</summary>
    internal PackageManifest WithVersion(string version) => new(Name, version, Main, Engines);

    /// <summary>Decodes text by its byte order mark, or as UTF-8 if it has none.</summary>
    internal static string Decode(byte[] bytes)
    {
        using var text = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        return text.ReadToEnd();
    }

    /// <summary>Returns the bytes of a package.json with another version.</summary>
    internal static byte[] WithVersion(byte[] bytes, string version, string origin)
    {
        var package = ParseObject(Decode(bytes), origin);
        package["version"] = version;
        return Encoding.UTF8.GetBytes(package.ToString(Formatting.Indented));
    }

    /// <summary>Reads a folder's package.json, and checks that it has a name and a version and that its main file exists.</summary>
    internal static PackageManifest Read(string folder, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            text = LocalFile.ReadText(Path.Combine(folder, FileName), MaxFileSize, () => Invalid(folder, "its package.json is too large"), cancellationToken);
        }
        catch (ScramjetException e) when (e.Code == ErrorCodes.FileNotFound)
        {
            throw Invalid(folder, "it has no package.json", e);
        }

        var manifest = Parse(text, folder);
        if (string.IsNullOrWhiteSpace(manifest.Name))
            throw Invalid(folder, "its package.json has no \"name\"");
        if (string.IsNullOrWhiteSpace(manifest.Version))
            throw Invalid(folder, "its package.json has no \"version\"");
        var main = FullPath(folder, manifest.Main);
        if (!main.StartsWith(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw Invalid(folder, $"its main, '{manifest.Main}', is outside of it");
        if (manifest.HasMain(name => File.Exists(Path.Combine(folder, name))))
            return manifest;

        var compiles = File.Exists(Path.Combine(folder, "tsconfig.json"));
        throw Invalid(folder, $"its main, '{manifest.Main}', doesn't exist", action: compiles ? "Compile it first: npm install, then npm run build." : null);
    }

    private static JObject ParseObject(string text, string origin)
    {
        try
        {
            return JsonText.Parse(text) as JObject ?? throw Invalid(origin, "its package.json isn't a JSON object");
        }
        catch (JsonException e)
        {
            throw Invalid(origin, $"its package.json isn't valid JSON ({DisplayText.Clean(e.Message)})", e);
        }
    }

    private static string FullPath(string folder, string main)
    {
        try
        {
            return Path.GetFullPath(Path.Combine(folder, main));
        }
        catch (Exception e) when (LocalFile.IsFileError(e))
        {
            throw Invalid(folder, "its main isn't a path", e);
        }
    }

    /// <summary>Returns whether the main file exists. Node.js adds the extension, and finds index.js in a folder.</summary>
    internal bool HasMain(Func<string, bool> exists)
    {
        var main = Main.Replace('\\', '/').TrimEnd('/');
        if (main.StartsWith("./", StringComparison.Ordinal))
            main = main.Substring(2);
        return exists(main) || exists(main + ".js") || exists(main + ".json") || exists(main + "/index.js");
    }

    private static string? Text(JObject o, string name, string origin) => o[name] switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Type: JTokenType.String } v => (string?)v,
        _ => throw Invalid(origin, $"\"{name}\" in its package.json isn't a string"),
    };
}
