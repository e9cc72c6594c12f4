using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;

namespace Scramjet.Client.Packaging;

/// <summary>
/// The templates of new sequences. They are resources of this assembly, with a folder for each language. It contains the files that all kinds have, and a
/// folder for each kind.
/// </summary>
internal static class ProjectTemplate
{
    private const string Root = "Templates/";
    private const string Readme = "README.md";

    /// <summary>Returns a template's files with their placeholders replaced, ordered by path.</summary>
    public static IReadOnlyList<(string Path, string Text)> Read(SequenceLanguage language, SequenceKind kind, string name, string? description, string? usage)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var common = $"{Root}{language}/";
        var own = $"{common}{kind}/";
        foreach (var resource in typeof(ProjectTemplate).Assembly.GetManifestResourceNames())
        {
            if (resource.StartsWith(own, StringComparison.Ordinal))
                files[resource.Substring(own.Length)] = Text(resource);
            else if (resource.StartsWith(common, StringComparison.Ordinal) && resource.IndexOf('/', common.Length) < 0)
                files[resource.Substring(common.Length)] = Text(resource);
        }

        description = string.IsNullOrWhiteSpace(description) ? DescriptionOf(kind) : description!;
        files[PackageManifest.FileName] = FillManifest(files[PackageManifest.FileName], name, description);
        files[Readme] = string.Join("\n\n", new[] { $"# {name}", description, usage, files[Readme].TrimEnd() }.Where(static part => part is not null)) + "\n";
        return files.Select(static f => (f.Key, f.Value)).ToArray();
    }

    private static string DescriptionOf(SequenceKind kind) => kind switch
    {
        SequenceKind.Generator => "Sends the time at regular intervals.",
        SequenceKind.Consumer => "Counts the items that it receives and logs their number.",
        _ => "Greets each person that it receives.",
    };

    private static string FillManifest(string template, string name, string description)
    {
        var manifest = (JObject)JsonText.Parse(template);
        manifest["name"] = name;
        manifest["description"] = description;
        using var text = new StringWriter { NewLine = "\n" };
        using (var writer = new JsonTextWriter(text) { Formatting = Formatting.Indented, CloseOutput = false })
            manifest.WriteTo(writer);
        text.WriteLine();
        return text.ToString();
    }

    private static string Text(string resource)
    {
        using var reader = new StreamReader(typeof(ProjectTemplate).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }
}
