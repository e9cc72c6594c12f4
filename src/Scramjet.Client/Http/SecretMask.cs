using System;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Scramjet.Client.Http;

/// <summary>Removes secrets from text, in each form in which a server can repeat them: plain, or escaped for JSON, HTML or an address.</summary>
internal sealed class SecretMask
{
    /// <summary>The length from which a secret is removed also where it is a part of a word.</summary>
    public const int MinSecretLength = 8;

    private const string Replacement = "***";

    private readonly string? _secret;
    private readonly SecretMask? _next;
    private readonly Lazy<Regex> _pattern;

    /// <param name="secret">The secret; null or empty for none.</param>
    /// <param name="next">A mask for other secrets.</param>
    public SecretMask(string? secret, SecretMask? next = null)
    {
        _secret = string.IsNullOrEmpty(secret) ? null : secret;
        _next = next;
        _pattern = new Lazy<Regex>(() => new Regex(Pattern(_secret!), RegexOptions.CultureInvariant | RegexOptions.IgnoreCase));
    }

    /// <summary>Returns the text without the secrets.</summary>
    public string Apply(string text)
    {
        if (_secret is not null && CanContain(text))
            text = _pattern.Value.Replace(text, Replacement);
        return _next?.Apply(text) ?? text;
    }

    /// <summary>Returns the address without the secrets.</summary>
    public Uri Apply(Uri uri)
    {
        var text = uri.AbsoluteUri;
        var shown = Apply(text);
        return ReferenceEquals(text, shown) || text == shown ? uri : new Uri(shown);
    }

    /// <summary>Returns the error without the secrets in its message and its inner exceptions.</summary>
    public Exception? Apply(Exception? error)
    {
        if (error is null)
            return null;

        var text = error.ToString();
        return Apply(text) == text ? error : new System.IO.IOException(Apply(error.Message), Apply(error.InnerException));
    }

    /// <summary>Returns whether the text can contain the secret. This saves the search in most texts.</summary>
    private bool CanContain(string text) =>
        text.IndexOfAny(['\\', '%', '&']) >= 0 || text.IndexOf(_secret!.Substring(0, Math.Min(4, _secret.Length)), StringComparison.OrdinalIgnoreCase) >= 0;

    private static string Pattern(string secret)
    {
        // A short secret, such as one for a test, is removed only as a whole word.
        if (secret.Length < MinSecretLength)
            return $@"(?<!\w){Regex.Escape(secret)}(?!\w)";

        var pattern = new StringBuilder();
        foreach (var c in secret)
        {
            var code = (int)c;
            var hex = code.ToString("x2", CultureInfo.InvariantCulture);
            pattern.Append("(?:").Append(Regex.Escape(c.ToString()))
                .Append(@"|\\+u00").Append(hex).Append(@"|\\+x").Append(hex).Append('|').Append('%').Append(hex)
                .Append("|&#0*").Append(code).Append(";?|&#x0*").Append(hex).Append(";?");
            if (c is '/' or '"' or '\\' or '\'')
                pattern.Append(@"|\\+").Append(Regex.Escape(c.ToString()));
            if (c is '&' or '<' or '>' or '"' or '\'')
                pattern.Append('|').Append(c switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", _ => "&apos;" });
            pattern.Append(')');
        }

        return pattern.ToString();
    }
}
