using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Scramjet.Client.Http;

/// <summary>An address as a person gives it, which may leave out the scheme and the path of the API.</summary>
internal sealed class ServerAddress(string text)
{
    private const string ApiPath = "/api/v1";
    private const string SchemeEnd = "://";

    private readonly string _text = text.Trim();

    /// <summary>The address without what may be a secret in it.</summary>
    public string Shown => Uri.TryCreate(_text, UriKind.Absolute, out var address) && HasScheme ? ShownOf(address) : _text.Split('?', '#')[0].Split('@').Last();

    /// <summary>Whether it is a single word, which is rather the name of a saved connection than of a host.</summary>
    public bool IsWord => _text.IndexOfAny(['.', ':', '/']) < 0 && !_text.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private bool HasScheme => _text.Contains(SchemeEnd);

    /// <summary>
    /// The addresses to try, in this order, by their schemes. Without a scheme, this computer is asked over http, and any other over https. A token isn't
    /// sent to another computer over http unless the address says so: whoever blocks https on the way would get it.
    /// </summary>
    /// <param name="hasToken">Whether the requests have a token.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: it isn't an address.</exception>
    public IEnumerable<IReadOnlyList<Uri>> Candidates(bool hasToken)
    {
        if (HasScheme)
            return [Paths(_text)];

        var secure = Paths(Uri.UriSchemeHttps + SchemeEnd + _text);
        var plain = Paths(Uri.UriSchemeHttp + SchemeEnd + _text);
        if (plain[0].IsLoopback)
            return [plain, secure];
        return hasToken ? [secure] : [secure, plain];
    }

    /// <summary>An address without what may be a secret in it.</summary>
    public static string ShownOf(Uri address) => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>The address as it is given and with the path of an API: that one first where the address is only a host.</summary>
    private static Uri[] Paths(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{new ServerAddress(text).Shown}' isn't an http or https address.",
                "Specify an address such as https://api.scramjet.cloud/api/v1.");
        }

        if (Regex.IsMatch(address.AbsolutePath, @"/api/v\d+/?$") || address.Query.Length > 0 || address.Fragment.Length > 0)
            return [address];

        var completed = new Uri(address.AbsoluteUri.TrimEnd('/') + ApiPath);
        return address.AbsolutePath == "/" ? [completed, address] : [address, completed];
    }
}
