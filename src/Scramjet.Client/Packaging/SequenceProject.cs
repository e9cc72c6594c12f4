using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Scramjet.Client.Packaging;

/// <summary>The folder of a new sequence: a small program that can be packed and run, with its package.json, README.md and .siignore.</summary>
public sealed class SequenceProject
{
    private const string DefaultName = "sequence";
    private const int MaxNameLength = 214;

    private static readonly Regex ValidName = new(@"^(?:@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*\z", RegexOptions.CultureInvariant);
    private static readonly Regex InvalidInName = new("[^a-z0-9._-]+", RegexOptions.CultureInvariant);

    private SequenceProject(string folder, string name, IReadOnlyList<ProjectFile> files)
    {
        Folder = folder;
        Name = name;
        Files = files;
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>The sequence's name.</summary>
    public string Name { get; }

    /// <summary>The files in the folder, ordered by path.</summary>
    public IReadOnlyList<ProjectFile> Files { get; }

    /// <summary>Checks the folder and the name, and lists the files to write. Nothing is written.</summary>
    /// <param name="folder">The folder to create, which can exist if it is empty.</param>
    /// <param name="language">The language of the program.</param>
    /// <param name="kind">What the program does with data.</param>
    /// <param name="name">The sequence's name; null to derive it from the name of the folder.</param>
    /// <param name="description">The description; null for that of the template.</param>
    /// <param name="overwrite">Whether the folder can contain files. Files with the same names are replaced.</param>
    /// <param name="usage">Creates the part of README.md about how to run the sequence of a name, in Markdown; null to omit it.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>, <c>ALREADY_EXISTS</c> or <c>FILE_UNREADABLE</c>.</exception>
    public static SequenceProject Plan(
        string folder,
        SequenceLanguage language,
        SequenceKind kind,
        string? name = null,
        string? description = null,
        bool overwrite = false,
        Func<string, string>? usage = null)
    {
        if (name is not null)
            CheckName(name);

        try
        {
            var root = Path.GetFullPath(folder);
            if (File.Exists(root))
                throw new ScramjetException(ErrorCodes.AlreadyExists, $"'{root}' is a file.", "Specify another folder.");
            if (!overwrite && Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
            {
                throw new ScramjetException(
                    ErrorCodes.AlreadyExists,
                    $"The folder '{root}' isn't empty.",
                    "Specify another folder, or allow files of the same names to be replaced.")
                {
                    Situation = ErrorSituation.FolderNotEmpty,
                };
            }

            name ??= NameFor(root);
            var files = ProjectTemplate.Read(language, kind, name, description, usage?.Invoke(name));
            return new SequenceProject(root, name, files.Select(f => new ProjectFile(root, f.Path, f.Text)).ToArray());
        }
        catch (Exception e) when (LocalFile.IsFileError(e))
        {
            throw LocalFile.Unreadable(folder, e);
        }
    }

    /// <summary>Checks that a name is valid for a sequence, by the rules of npm.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>.</exception>
    public static void CheckName(string name)
    {
        if (!IsValid(name))
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{name}' isn't a valid name for a sequence.",
                $"Specify at most {MaxNameLength} lowercase letters, digits and the characters - . _, beginning with a letter or digit. "
                    + "The name can begin with a scope, as in @me/hello.");
        }
    }

    /// <summary>Writes all files, or none if one of them can't be written.</summary>
    /// <exception cref="ScramjetException"><c>FILE_UNWRITABLE</c>: nothing was changed.</exception>
    public void Write() => ProjectWriter.Write(Files);

    private static bool IsValid(string name) => name.Length <= MaxNameLength && ValidName.IsMatch(name) && name is not ("node_modules" or "favicon.ico");

    private static string NameFor(string root)
    {
        var name = InvalidInName.Replace(new DirectoryInfo(root).Name.ToLowerInvariant(), "-").Trim('-', '.', '_');
        return IsValid(name) ? name : DefaultName;
    }
}
