using System;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace ScramjetPlatform.HelpBuilder;

internal static class Program
{
    private const string AboutPrefix = "about_";

    /// <summary>
    /// Makes the help that ships with the module from the pages in docs. PlatyPS's own shows the fences of examples, loses defaults, and makes no about
    /// topics.
    /// </summary>
    private static int Main(string[] arguments)
    {
        if (arguments.Length != 2)
        {
            Console.Error.WriteLine("HelpBuilder <folder with pages> <folder for the help>");
            return 2;
        }

        var (pages, target) = (arguments[0], arguments[1]);
        Directory.CreateDirectory(target);
        var files = Directory.GetFiles(pages, "*.md").Order(StringComparer.Ordinal)
            .ToLookup(f => Path.GetFileName(f).StartsWith(AboutPrefix, StringComparison.Ordinal));
        Maml.From(files[false].Select(HelpPage.Read)).Save(Path.Combine(target, "ScramjetPlatform.dll-Help.xml"), SaveOptions.DisableFormatting);
        foreach (var about in files[true])
            File.WriteAllText(Path.Combine(target, Path.GetFileNameWithoutExtension(about) + ".help.txt"), AboutTopic.ToText(File.ReadLines(about)));
        return 0;
    }
}
