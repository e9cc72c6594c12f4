using System;
using Scramjet.Client.Profiles;

namespace ScramjetPlatform;

/// <summary>A saved connection, or a profile of the si command line: what Connect-ScramjetPlatform takes by name.</summary>
public sealed class ScramjetProfile
{
    internal ScramjetProfile(SiProfile profile)
    {
        Name = profile.Name;
        Source = "si";
        Kind = (profile.IsPlatform ? ConnectionKind.Platform : ConnectionKind.Hub).ToString();
        Uri = profile.Uri;
        HasAccessToken = profile.HasAccessToken;
        AccessTokenSource = profile.HasAccessToken ? "profile" : null;
        IsCurrent = profile.IsCurrent;
        Environment = profile.Environment;
        Scope = profile.Scope;
        Path = profile.Path;
    }

    internal ScramjetProfile(SavedPlatform platform, string path)
    {
        Name = platform.Name;
        Source = nameof(ScramjetPlatform);
        Uri = new Uri(platform.Address, UriKind.RelativeOrAbsolute);
        AccessTokenSource = platform switch
        {
            { TokenVariable: { } variable } => $"$env:{variable}",
            { SecretName: { } secret, Vault: { } vault } => $"secret {secret} in {vault}",
            { SecretName: { } secret } => $"secret {secret}",
            _ => null,
        };
        HasAccessToken = AccessTokenSource is not null;
        Path = path;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Whose it is: <c>ScramjetPlatform</c> for a connection that Register-ScramjetPlatform saved, <c>si</c> for a profile of si.</summary>
    public string Source { get; }

    /// <summary>What it leads to: <c>Platform</c> or <c>Hub</c>; null for a saved connection, which finds out when it connects.</summary>
    public string? Kind { get; }

    /// <summary>The address, as it was saved.</summary>
    public Uri Uri { get; }

    /// <summary>Whether it has an access token, or says where one is.</summary>
    public bool HasAccessToken { get; }

    /// <summary>Where the access token is; null if there is none. The token itself is never shown.</summary>
    public string? AccessTokenSource { get; }

    /// <summary>Whether it is the profile that si uses now.</summary>
    public bool IsCurrent { get; }

    /// <summary><c>production</c> or <c>development</c>, for a profile of si.</summary>
    public string? Environment { get; }

    /// <summary>The name of the scope that si uses with it.</summary>
    public string? Scope { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
