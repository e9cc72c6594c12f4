using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Profiles;

/// <summary>Reads the settings that <c>si</c> stores in a folder. They are never written.</summary>
public sealed class SiSettings
{
    private const string DefaultName = "default";
    private const string Extension = ".json";

    /// <summary>Creates an object for a folder.</summary>
    /// <param name="folder">The folder; null for <c>.si</c> in the user's home folder.</param>
    public SiSettings(string? folder = null) =>
        Folder = folder ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".si");

    /// <summary>The folder.</summary>
    public string Folder { get; }

    private string ProfilesFolder => Path.Combine(Folder, "profiles");

    /// <summary>Returns the names of the profiles.</summary>
    public IReadOnlyList<string> ListNames()
    {
        try
        {
            var names = Directory.EnumerateFiles(ProfilesFolder, "*" + Extension).Select(Path.GetFileNameWithoutExtension);
            return [.. names.OrderBy(n => n, StringComparer.OrdinalIgnoreCase)!];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without settings, there are no profiles.
            return [];
        }
    }

    /// <summary>Reads a profile by its name or by the path of its file.</summary>
    /// <exception cref="ScramjetException">
    /// <c>NOT_FOUND</c>: no profile has the name; <c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PROFILE</c>.
    /// </exception>
    public SiProfile Read(string nameOrPath, CancellationToken cancellationToken = default)
    {
        var current = FindCurrent(cancellationToken);
        var path = IsPath(nameOrPath) ? LocalFile.FullPath(nameOrPath) : PathOf(nameOrPath);
        if (!IsPath(nameOrPath) && !File.Exists(path))
        {
            var names = ListNames();
            throw new ScramjetException(
                ErrorCodes.NotFound,
                $"'{ProfilesFolder}' has no profile '{nameOrPath}'.",
                names.Count == 0 ? "Create one with: si config profile create <name>." : $"Specify one of these: {string.Join(", ", names)}.");
        }

        var profile = SiProfile.FromFile(path, cancellationToken);
        profile.IsCurrent = path == current;
        return profile;
    }

    /// <summary>
    /// Reads the profile that <c>si</c> would use: that of SI_CONFIG_PATH, or that of SI_CONFIG, or the one that <c>si config profile use</c> selected. Returns
    /// null if there is none.
    /// </summary>
    /// <exception cref="ScramjetException">See <see cref="Read"/>. Also if a variable specifies a profile that doesn't exist.</exception>
    public SiProfile? ReadCurrent(CancellationToken cancellationToken = default)
    {
        if (Variable("SI_CONFIG_PATH") is { } path)
            return Read(LocalFile.FullPath(path), cancellationToken);
        if (Variable("SI_CONFIG") is { } name)
            return Read(name, cancellationToken);
        return FindCurrent(cancellationToken) is { } file && File.Exists(file) ? Read(file, cancellationToken) : null;
    }

    /// <summary>Returns whether a text is the path of a file, rather than the name of a profile.</summary>
    public static bool IsPath(string nameOrPath) =>
        nameOrPath.IndexOfAny(['/', '\\']) >= 0 || nameOrPath.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    private string? FindCurrent(CancellationToken cancellationToken)
    {
        if (Variable("SI_CONFIG_PATH") is { } path)
            return LocalFile.FullPath(path);
        if (Variable("SI_CONFIG") is { } name)
            return PathOf(name);

        var settings = Path.Combine(Folder, "si-config" + Extension);
        try
        {
            var selected = File.Exists(settings) ? (string?)(ConfigFile.ReadObject(settings, cancellationToken)["profile"] as JValue) : null;
            return PathOf(selected is { Length: > 0 } ? selected : DefaultName);
        }
        catch (ScramjetException)
        {
            // Like si, use the default profile if the settings can't be read.
            return PathOf(DefaultName);
        }
    }

    // The name can have characters that aren't allowed in a path.
    private string PathOf(string name) => ProfilesFolder + Path.DirectorySeparatorChar + name + Extension;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
