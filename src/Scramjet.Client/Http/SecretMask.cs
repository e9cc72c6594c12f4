using System;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Scramjet.Client.Http;

/// <summary>Replaces secrets in texts, in each form in which a server can repeat them: plain, or escaped for JSON, HTML or an address.</summary>
internal sealed class SecretMask
{
    private const int ShortestSecret = 8;
    private const string Hidden = "***";

    private readonly string? _secret;
    private readonly SecretMask? _next;
    private readonly Lazy<Regex> _pattern;

    /// <param name="secret">The secret; null or empty for none.</param>
    /// <param name="next">What hides other secrets.</param>
    public SecretMask(string? secret, SecretMask? next = null)
    {
        _secret = string.IsNullOrEmpty(secret) ? null : secret;
        _next = next;
        _pattern = new Lazy<Regex>(() => new Regex(Pattern(_secret!), RegexOptions.CultureInvariant | RegexOptions.IgnoreCase));
    }

    /// <summary>The text without the secrets.</summary>
    public string Apply(string text)
    {
        if (_secret is not null && MayHold(text))
            text = _pattern.Value.Replace(text, Hidden);
        return _next?.Apply(text) ?? text;
    }

    /// <summary>The address without the secrets.</summary>
    public Uri Apply(Uri uri)
    {
        var text = uri.AbsoluteUri;
        var shown = Apply(text);
        return ReferenceEquals(text, shown) || text == shown ? uri : new Uri(shown);
    }

    /// <summary>The error, without the secrets in it or in its causes.</summary>
    public Exception? Apply(Exception? error)
    {
        if (error is null)
            return null;

        var text = error.ToString();
        return Apply(text) == text ? error : new System.IO.IOException(Apply(error.Message), Apply(error.InnerException));
    }

    /// <summary>Most texts hold neither the secret's beginning nor anything escaped: they need no closer look.</summary>
    private bool MayHold(string text) =>
        text.IndexOfAny(['\\', '%', '&']) >= 0 || text.IndexOf(_secret!.Substring(0, Math.Min(4, _secret.Length)), StringComparison.OrdinalIgnoreCase) >= 0;

    private static string Pattern(string secret)
    {
        // A short secret, such as one for trying, is hidden where it stands as a word, not within others.
        if (secret.Length < ShortestSecret)
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
