using System.Management.Automation;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security;

namespace ScramjetPlatform;

/// <summary>Converts secrets to and from SecureString.</summary>
internal static class Secret
{
    private static readonly ConditionalWeakTable<SecureString, object> s_plain = new();

    /// <summary>Protects a secret that was specified as plain text, for example on a command line.</summary>
    public static SecureString FromPlainText(string text)
    {
        var secret = Protect(text);
        s_plain.Add(secret, secret);
        return secret;
    }

    /// <summary>The secret in a string, a SecureString or a credential, which has it as its password; null for anything else.</summary>
    public static SecureString? From(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        string text => FromPlainText(text),
        PSCredential credential => credential.Password,
        SecureString secret => secret,
        _ => null,
    };

    /// <summary>Returns whether the secret was specified as plain text.</summary>
    public static bool WasPlainText(SecureString secret) => s_plain.TryGetValue(secret, out _);

    public static SecureString Protect(string text)
    {
        var secret = new SecureString();
        foreach (var c in text)
            secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }

    public static string? Reveal(SecureString? secret) => secret is null ? null : new NetworkCredential("", secret).Password;
}
