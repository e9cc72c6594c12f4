using System;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Scramjet.Client.Http;

/// <summary>
/// Hides the values of JSON fields, headers and command-line arguments whose names say that they are secret, and passwords in addresses. The text may be
/// incomplete, or several lines of JSON.
/// </summary>
internal static class SecretFields
{
    private const string Hidden = "\"***\"";

    private static readonly Regex s_name = new(
        "passw|passphrase|pwd|secret|token|credential|authorization|cookie|signature|(api|access|private|account|shared|encryption|auth)[-_ "
            + "]?key|connection[-_ ]?string|x-revoke$|^(key|auth|sas|dsn|jwt|bearer)$"
            + "|(^|[-_ ])(pass|pw|pat)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly Regex s_addressPassword = new(@"(?<=://[^\s/""@:]*:)[^\s/""@]+(?=@)", RegexOptions.CultureInvariant);

    /// <summary>A name and its value in one text: an option of a command line takes all that follows, other pairs end at a separator.</summary>
    private static readonly Regex s_pair = new(@"(?<name>--?[\w.-]+)=(?:\\.|[^""\\\s])+|(?<name>[\w.-]+)=(?:\\.|[^""\\\s&;])+", RegexOptions.CultureInvariant);

    /// <summary>An option of a command line whose value is the next argument.</summary>
    private static readonly Regex s_option = new(@"(?<="")(?<name>--?[\w.-]+)""\s*,\s*""(?:\\.|[^""\\])*", RegexOptions.CultureInvariant);

    /// <summary>A field of JSON that is itself a text within JSON.</summary>
    private static readonly Regex s_innerField = new(@"(?<=\\"")(?<name>[^""\\]+)\\""\s*:\s*\\""[^""\\]*", RegexOptions.CultureInvariant);

    /// <summary>Whether what has this name is secret.</summary>
    public static bool IsSecret(string name) => s_name.IsMatch(name);

    /// <summary>Splits an argument such as <c>--token=value</c> before the secret value; null if it isn't one.</summary>
    public static (string Option, string Name, string Value)? SplitOption(string argument) =>
        argument.IndexOf('=') is > 0 and var at && argument.Substring(0, at).TrimStart('-') is var name && IsSecret(name) && at + 1 < argument.Length
            ? (argument.Substring(0, at + 1), name, argument.Substring(at + 1))
            : null;

    /// <summary>The text, with the values of secret fields replaced.</summary>
    public static string Hide(string text)
    {
        text = s_option.Replace(HideFields(text), match => HideValue(match, "\",\"***"));
        text = s_innerField.Replace(text, match => HideValue(match, "\\\":\\\"***"));
        return s_pair.Replace(s_addressPassword.Replace(text, "***"), match => HideValue(match, "=***"));
    }

    private static string HideValue(Match match, string hidden) =>
        IsSecret(match.Groups["name"].Value.TrimStart('-')) ? match.Groups["name"].Value + hidden : match.Value;

    private static string HideFields(string text)
    {
        if (text.IndexOf('"') < 0)
            return text;

        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '"')
            {
                result.Append(text[at++]);
                continue;
            }

            var end = EndOfString(text, at);
            var value = AfterColon(text, end);
            var name = text.Substring(at + 1, Math.Max(0, end - at - 2));
            if (value < 0 || !IsSecret(Unescape(name)))
            {
                result.Append(text, at, end - at);
                at = end;
                continue;
            }

            result.Append(text, at, value - at).Append(Hidden);
            at = EndOfValue(text, value);
        }

        return result.ToString();
    }

    /// <summary>A name can be written with escapes.</summary>
    private static string Unescape(string name) => name.IndexOf('\\') < 0 ? name : Regex.Replace(
        name,
        @"\\u([0-9a-fA-F]{4})",
        match => ((char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    /// <summary>The index behind the closing quote, or the end of the text.</summary>
    private static int EndOfString(string text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] == '\\')
                at++;
            else if (text[at] == '"')
                return at + 1;
        }

        return text.Length;
    }

    /// <summary>Where a value begins, if a colon follows; otherwise -1.</summary>
    private static int AfterColon(string text, int at)
    {
        at = SkipBlanks(text, at);
        return at < text.Length && text[at] == ':' ? SkipBlanks(text, at + 1) : -1;
    }

    private static int EndOfValue(string text, int at)
    {
        for (var depth = 0; at < text.Length;)
        {
            switch (text[at])
            {
                case '"':
                    at = EndOfString(text, at);
                    break;
                case '{' or '[':
                    depth++;
                    at++;
                    break;
                case '}' or ']' when depth == 0:
                case ',' or '\n' when depth == 0:
                    return at;
                case '}' or ']':
                    depth--;
                    at++;
                    break;
                default:
                    at++;
                    continue;
            }

            if (depth == 0)
                return at;
        }

        return at;
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
            at++;
        return at;
    }
}
