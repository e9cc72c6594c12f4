using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Profiles;

/// <summary>
/// The saved connections, in a file of the user's configuration folder that only the user can read. A change is written completely or not at all, and
/// changes of several processes follow one another.
/// </summary>
internal sealed class SavedPlatforms
{
    private const string FolderName = "ScramjetPlatform";
    private const string FileName = "platforms.json";
    private const string VersionField = "version";
    private const string PlatformsField = "platforms";
    private const long NewestVersion = 1;

    /// <summary>Read, write and enter for the owner.</summary>
    private const int FolderMode = 0x1C0;

    /// <summary>How long another process may take to write its change.</summary>
    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(10);

    /// <summary>Saved connections in a folder.</summary>
    /// <param name="folder">The folder; null for one in the user's configuration folder.</param>
    public SavedPlatforms(string? folder = null) => Path = System.IO.Path.Combine(folder ?? DefaultFolder(), FileName);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The saved connections, by their names.</summary>
    /// <exception cref="ScramjetException"><c>INVALID_PROFILE</c> or <c>FILE_UNREADABLE</c>: the file can't be used.</exception>
    public IReadOnlyList<SavedPlatform> List(CancellationToken cancellationToken = default) => Read(cancellationToken).List;

    /// <summary>A saved connection; null if none has the name.</summary>
    /// <exception cref="ScramjetException">As <see cref="List"/>.</exception>
    public SavedPlatform? Find(string name, CancellationToken cancellationToken = default) =>
        List(cancellationToken).FirstOrDefault(p => HasName(p.Name, name));

    /// <summary>Saves a connection.</summary>
    /// <param name="platform">The connection.</param>
    /// <param name="replace">Whether one of the same name is replaced.</param>
    /// <param name="cancellationToken">Cancels the wait for another process.</param>
    /// <exception cref="ScramjetException"><c>ALREADY_EXISTS</c>; <c>FILE_UNWRITABLE</c>; or as <see cref="List"/>.</exception>
    public void Save(SavedPlatform platform, bool replace, CancellationToken cancellationToken = default) => Change(
        entries =>
        {
            var existing = Property(entries, platform.Name);
            if (existing is not null && !replace)
            {
                throw new ScramjetException(
                    ErrorCodes.AlreadyExists,
                    $"There is a saved connection '{existing.Name}' already.",
                    "Specify another name, or allow it to be replaced.") { Situation = ErrorSituation.ProfileExists };
            }

            existing?.Remove();
            entries[platform.Name] = platform.ToJson();
        },
        cancellationToken);

    /// <summary>Removes a saved connection, if it is there.</summary>
    /// <exception cref="ScramjetException"><c>FILE_UNWRITABLE</c>, or as <see cref="List"/>.</exception>
    public void Remove(string name, CancellationToken cancellationToken = default) => Change(entries => Property(entries, name)?.Remove(), cancellationToken);

    private static JProperty? Property(JObject entries, string name) => entries.Properties().FirstOrDefault(p => HasName(p.Name, name));

    private static bool HasName(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string DefaultFolder()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length > 0 ? System.IO.Path.Combine(folder, FolderName) : throw new ScramjetException(
            ErrorCodes.FileNotFound,
            "This user has no folder for configuration.",
            "Set the environment variable HOME or XDG_CONFIG_HOME.");
    }

    private (JObject Source, IReadOnlyList<SavedPlatform> List) Read(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path))
            return (new JObject(), []);

        try
        {
            var source = ConfigFile.ReadObject(Path, cancellationToken);
            if (source[VersionField] is not JValue { Value: long and <= NewestVersion } version)
            {
                throw Invalid(
                    $"its version is {source[VersionField]?.ToString(Formatting.None) ?? "missing"}, and "
                        + $"{NewestVersion.ToString(CultureInfo.InvariantCulture)} is the newest supported version");
            }

            var entries = source[PlatformsField] as JObject ?? throw Invalid($"it has no object '{PlatformsField}'");
            return (source, [.. entries.Properties().Select(p => SavedPlatform.Read(p.Name, p.Value)).OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase)]);
        }
        catch (ScramjetException e) when (e.Code == ErrorCodes.BadParameters)
        {
            throw new ScramjetException(ErrorCodes.InvalidProfile, e.Message, e.RecommendedAction, e);
        }
        catch (FormatException e)
        {
            throw Invalid(e.Message, e);
        }
    }

    private ScramjetException Invalid(string why, Exception? e = null) =>
        new(
            ErrorCodes.InvalidProfile,
            $"The saved connections in '{Path}' can't be used: {why}.",
            "Correct the file, or move it away and save the connections again.",
            e);

    private void Change(Action<JObject> change, CancellationToken cancellationToken)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        try
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                UnixFile.SetMode(folder, FolderMode);
            }
        }
        catch (Exception e) when (LocalFile.IsFileError(e))
        {
            throw LocalFile.Unwritable(folder, e);
        }

        using var held = Lock(cancellationToken);
        var (source, _) = Read(cancellationToken);
        source[VersionField] ??= NewestVersion;
        source[PlatformsField] ??= new JObject();
        change((JObject)source[PlatformsField]!);
        var text = new UTF8Encoding(false).GetBytes(source.ToString(Formatting.Indented) + "\n");
        LocalFile.Write(LocalFile.Target(Path), replace: true, file => file.Write(text, 0, text.Length), isPrivate: true);
    }

    /// <summary>A file that one process at a time can have open.</summary>
    private FileStream Lock(CancellationToken cancellationToken)
    {
        var path = Path + ".lock";
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(20))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < LockTime && File.Exists(path))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Thread.Sleep(20);
            }
            catch (Exception e) when (LocalFile.IsFileError(e))
            {
                throw LocalFile.Unwritable(path, e);
            }
        }
    }
}
