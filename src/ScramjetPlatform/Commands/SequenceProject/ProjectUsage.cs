using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Scramjet.Client.Packaging;

namespace ScramjetPlatform;

/// <summary>Creates the part of a new sequence's README.md about running it with this module's commands.</summary>
internal static class ProjectUsage
{
    private const string PythonInput =
        " The Python runner of a hub accepts only text and bytes. With -ContentType text/plain, the objects are sent as lines of JSON, " +
        "and main.py converts them back to objects.";

    private static readonly Regex s_placeholder = new(@"\{\{(\w+)\}\}", RegexOptions.CultureInvariant);
    private static readonly Regex s_plainArgument = new(@"^[a-z][a-z0-9._-]*\z", RegexOptions.CultureInvariant);

    /// <summary>Returns the text, in Markdown.</summary>
    /// <param name="language">The program's language.</param>
    /// <param name="kind">What the program does with data.</param>
    /// <param name="name">The sequence's name.</param>
    public static string For(SequenceLanguage language, SequenceKind kind, string name)
    {
        var isPython = language == SequenceLanguage.Python;
        var values = new Dictionary<string, string>
        {
            ["argument"] = s_plainArgument.IsMatch(name) ? name : $"'{name}'",
            ["options"] = isPython ? " -ContentType text/plain" : "",
            ["input"] = isPython ? PythonInput : "",
        };
        using var reader = new StreamReader(typeof(ProjectUsage).Assembly.GetManifestResourceStream($"ProjectUsage/{kind}.md")!);
        return s_placeholder.Replace(reader.ReadToEnd().Replace("\r\n", "\n").TrimEnd(), m => values[m.Groups[1].Value]);
    }
}
