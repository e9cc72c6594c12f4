using System;
using System.IO;
using System.Threading;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Model;

namespace Scramjet.Client.Profiles;

/// <summary>A profile of the <c>si</c> command line: an address, and a token for a platform.</summary>
public sealed class SiProfile
{
    private const int MaxConfigVersion = 1;
    private const string Production = "production";
    private const string Development = "development";

    private readonly string? _accessToken;

    private SiProfile(string path, JObject settings)
    {
        Path = path;
        Name = System.IO.Path.GetFileNameWithoutExtension(path);
        if (settings["configVersion"] is { } version && version is not JValue { Value: long and <= MaxConfigVersion })
            throw Invalid($"it has configVersion {version}, and {MaxConfigVersion} is the newest supported version", "Use a newer version of this software.");

        Environment = Text(settings, "env") ?? Development;
        if (Environment is not (Production or Development))
            throw Invalid($"its env is '{Environment}', which is neither {Production} nor {Development}", $"Set it with: si config set env {Production}.");

        Scope = Text(settings, "scope");
        _accessToken = IsPlatform ? Text(settings, "token") : null;
        var field = IsPlatform ? "middlewareApiUrl" : "apiUrl";
        var address = Text(settings, field) ?? throw Invalid($"it has no {field}", $"Set it with: si config set {field} <address>.");
        Uri = ParseAddress(address) ?? throw Invalid($"its {field} isn't a plain http or https address", $"Set it with: si config set {field} <address>.");
    }

    /// <summary>The profile's name, which is that of its file.</summary>
    public string Name { get; }

    /// <summary><c>production</c> for a platform, <c>development</c> for a standalone hub.</summary>
    public string Environment { get; }

    /// <summary>Whether the profile is for a platform, rather than for a hub.</summary>
    public bool IsPlatform => Environment == Production;

    /// <summary>The address of the platform or the hub.</summary>
    public Uri Uri { get; }

    /// <summary>Whether the profile has an access token. Use <see cref="GetAccessToken"/> to get it.</summary>
    public bool HasAccessToken => _accessToken is not null;

    /// <summary>The name of the scope that <c>si</c> uses with the profile.</summary>
    public string? Scope { get; }

    /// <summary>Whether <c>si</c> uses the profile by default.</summary>
    public bool IsCurrent { get; internal set; }

    /// <summary>The path of the profile's file.</summary>
    public string Path { get; }

    /// <summary>Returns the access token of a platform's profile; null for a hub's profile.</summary>
    /// <exception cref="ScramjetException"><c>INVALID_PROFILE</c>: the profile is for a platform and has no token.</exception>
    public string? GetAccessToken() => IsPlatform && _accessToken is null
        ? throw Invalid("it is for a platform and has no token", "Set the token with: si config set token <token>.", ErrorSituation.ProfileTokenMissing)
        : _accessToken;

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;

    /// <summary>Reads a profile from its file.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>INVALID_PROFILE</c>.</exception>
    public static SiProfile FromFile(string path, CancellationToken cancellationToken = default)
    {
        try
        {
            return new SiProfile(path, ConfigFile.ReadObject(path, cancellationToken));
        }
        catch (ScramjetException e) when (e.Code == ErrorCodes.BadParameters)
        {
            throw new ScramjetException(ErrorCodes.InvalidProfile, e.Message, e.RecommendedAction, e);
        }
    }

    private static Uri? ParseAddress(string address) =>
        Uri.TryCreate(address.Contains("://") ? address : "https://" + address, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0 ? uri : null;

    private static string? Text(JObject settings, string field) =>
        settings[field] is JValue { Type: JTokenType.String } value && ((string)value!).Length > 0 ? (string)value! : null;

    private ScramjetException Invalid(string why, string advice, ErrorSituation situation = ErrorSituation.Unspecified) =>
        new(ErrorCodes.InvalidProfile, $"The profile '{Path}' can't be used: {why}.", advice) { Situation = situation };
}
