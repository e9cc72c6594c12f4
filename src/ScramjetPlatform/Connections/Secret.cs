using System.Net;
using System.Security;

namespace ScramjetPlatform;

/// <summary>Secrets in and out of SecureString.</summary>
internal static class Secret
{
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
