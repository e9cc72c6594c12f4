using System;
using System.Collections.Generic;
using System.IO;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;

namespace Scramjet.Client.Packaging;

/// <summary>What a sequence's package.json says, as far as a hub reads it.</summary>
public sealed class PackageManifest
{
    internal const string FileName = "package.json";
    internal const long LongestFile = 4 * 1024 * 1024;

    private PackageManifest(string? name, string? version, string main, IReadOnlyDictionary<string, string> engines)
    {
        Name = name;
        Version = version;
        Main = main;
        Engines = engines;
    }

    /// <summary>The name.</summary>
    public string? Name { get; }

    /// <summary>The version.</summary>
    public string? Version { get; }

    /// <summary>The file that the hub runs, relative to the package.</summary>
    public string Main { get; }

    /// <summary>The file that is meant by <see cref="Main"/>, for a folder: its path in the package.</summary>
    internal string? MainFile { get; private set; }

    /// <summary>The engines that it needs, like <c>node</c> or <c>python3</c>, and their versions.</summary>
    public IReadOnlyDictionary<string, string> Engines { get; }

    internal static PackageManifest Parse(string text, string origin)
    {
        JToken json;
        try
        {
            json = Json.Parse(text);
        }
        catch (JsonException e)
        {
            throw Invalid(origin, $"its package.json isn't valid JSON ({e.Message})", e);
        }

        if (json is not JObject o)
            throw Invalid(origin, "its package.json isn't a JSON object");

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

    /// <summary>Reads a folder's package.json, and checks that its main is there.</summary>
    internal static PackageManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Invalid(folder, "it has no package.json", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PackageFile.Unreadable(path, e);
        }

        var manifest = Parse(text, folder);
        var main = Path.GetFullPath(Path.Combine(folder, manifest.Main));
        if (!main.StartsWith(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw Invalid(folder, $"its main, '{manifest.Main}', is outside of it");
        var found = FindMain(main);
        if (found is null)
        {
            var compiles = File.Exists(Path.Combine(folder, "tsconfig.json"));
            throw Invalid(folder, $"its main, '{manifest.Main}', doesn't exist", action: compiles ? "Compile it first: npm install, then npm run build." : null);
        }

        manifest.MainFile = found.Substring(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar).Length + 1).Replace(Path.DirectorySeparatorChar, '/');
        return manifest;
    }

    // Node finds a main without its ending, and a folder's index.js.
    private static string? FindMain(string main) =>
        Array.Find([main, main + ".js", main + ".json", Path.Combine(main, "index.js")], File.Exists);

    private static string? Text(JObject o, string name, string origin) => o[name] switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Type: JTokenType.String } v => (string?)v,
        _ => throw Invalid(origin, $"\"{name}\" in its package.json isn't a text"),
    };
}
