using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Profiles;

/// <summary>The settings that <c>si</c> keeps in a folder. They are read, and never written.</summary>
public sealed class SiSettings
{
    private const string DefaultName = "default";
    private const string Extension = ".json";

    /// <summary>Settings in a folder.</summary>
    /// <param name="folder">The folder; null for <c>.si</c> in the user's home.</param>
    public SiSettings(string? folder = null) =>
        Folder = folder ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".si");

    /// <summary>The folder.</summary>
    public string Folder { get; }

    private string ProfilesFolder => Path.Combine(Folder, "profiles");

    /// <summary>The names of the profiles.</summary>
    public IReadOnlyList<string> ListNames()
    {
        try
        {
            return [.. Directory.EnumerateFiles(ProfilesFolder, "*" + Extension).Select(Path.GetFileNameWithoutExtension).OrderBy(n => n, StringComparer.OrdinalIgnoreCase)!];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No settings are no profiles.
            return [];
        }
    }

    /// <summary>Reads a profile by its name, or by its file's path.</summary>
    /// <exception cref="ScramjetException"><c>NOT_FOUND</c>: no profile has the name; <c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PROFILE</c>.</exception>
    public SiProfile Read(string nameOrPath, CancellationToken cancellationToken = default)
    {
        var current = FindCurrent(cancellationToken);
        var path = IsPath(nameOrPath) ? LocalFile.FullPath(nameOrPath) : PathOf(nameOrPath);
        if (!IsPath(nameOrPath) && !File.Exists(path))
        {
            var names = ListNames();
            throw new ScramjetException(
                ErrorCodes.NotFound,
                $"There is no profile '{nameOrPath}' in '{ProfilesFolder}'.",
                names.Count == 0 ? "Create one with: si config profile create <name>." : $"Specify one of these: {string.Join(", ", names)}.");
        }

        var profile = SiProfile.FromFile(path, cancellationToken);
        profile.IsCurrent = path == current;
        return profile;
    }

    /// <summary>The profile that <c>si</c> would use now: SI_CONFIG_PATH's, else SI_CONFIG's, else the one that <c>si config profile use</c> chose. Null if there is none.</summary>
    /// <exception cref="ScramjetException">As <see cref="Read"/>; also where a variable names a profile that isn't there.</exception>
    public SiProfile? ReadCurrent(CancellationToken cancellationToken = default)
    {
        if (Variable("SI_CONFIG_PATH") is { } path)
            return Read(LocalFile.FullPath(path), cancellationToken);
        if (Variable("SI_CONFIG") is { } name)
            return Read(name, cancellationToken);
        return FindCurrent(cancellationToken) is { } file && File.Exists(file) ? Read(file, cancellationToken) : null;
    }

    /// <summary>Whether a text is a file's path, rather than a profile's name.</summary>
    public static bool IsPath(string nameOrPath) => nameOrPath.IndexOfAny(['/', '\\']) >= 0 || nameOrPath.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    private string? FindCurrent(CancellationToken cancellationToken)
    {
        if (Variable("SI_CONFIG_PATH") is { } path)
            return LocalFile.FullPath(path);
        if (Variable("SI_CONFIG") is { } name)
            return PathOf(name);

        var settings = Path.Combine(Folder, "si-config" + Extension);
        try
        {
            return PathOf(File.Exists(settings) && (string?)(ConfigFile.ReadObject(settings, cancellationToken)["profile"] as JValue) is { Length: > 0 } chosen ? chosen : DefaultName);
        }
        catch (ScramjetException)
        {
            // As si does: settings that can't be read mean the default profile.
            return PathOf(DefaultName);
        }
    }

    // Any text can be asked for, also one that can't be in a path.
    private string PathOf(string name) => ProfilesFolder + Path.DirectorySeparatorChar + name + Extension;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
