using System;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Model;

namespace Scramjet.Client.Profiles;

/// <summary>A saved connection: an address, and where its access token is. The token itself is never saved.</summary>
/// <param name="Name">The name.</param>
/// <param name="Address">The address, as it was given.</param>
internal sealed record SavedPlatform(string Name, string Address)
{
    /// <summary>The environment variable that has the access token.</summary>
    public string? TokenVariable { get; init; }

    /// <summary>The name of the secret that is the access token.</summary>
    public string? SecretName { get; init; }

    /// <summary>The vault of the secret; null for the default one, or all.</summary>
    public string? Vault { get; init; }

    /// <summary>The time limit of its calls, in seconds; null for the default.</summary>
    public double? TimeoutSec { get; init; }

    /// <summary>Whether any server certificate is accepted.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Reads an entry of the file.</summary>
    /// <exception cref="FormatException">It has no address.</exception>
    public static SavedPlatform Read(string name, JToken? entry)
    {
        var fields = new JsonFields(entry as JObject ?? throw new FormatException($"'{name}' is not an object"));
        return new SavedPlatform(name, fields.Text("uri") is { Length: > 0 } address ? address : throw new FormatException($"'{name}' has no uri"))
        {
            TokenVariable = fields.Text("accessTokenVariable"),
            SecretName = fields.Text("secretName"),
            Vault = fields.Text("vault"),
            TimeoutSec = fields.Number("timeoutSec"),
            SkipCertificateCheck = fields.Flag("skipCertificateCheck") == true,
        };
    }

    /// <summary>The entry of the file.</summary>
    public JObject ToJson()
    {
        var entry = new JObject { ["uri"] = Address };
        if (TokenVariable is not null)
            entry["accessTokenVariable"] = TokenVariable;
        if (SecretName is not null)
            entry["secretName"] = SecretName;
        if (Vault is not null)
            entry["vault"] = Vault;
        if (TimeoutSec is not null)
            entry["timeoutSec"] = TimeoutSec;
        if (SkipCertificateCheck)
            entry["skipCertificateCheck"] = true;
        return entry;
    }
}
