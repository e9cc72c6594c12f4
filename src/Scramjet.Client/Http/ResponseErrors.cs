using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Http;

/// <summary>The one place where answers and failures become errors.</summary>
internal static class ResponseErrors
{
    private const int LongestText = 500;

    /// <summary>An answer whose status isn't a good one.</summary>
    public static ScramjetApiException FromStatus(HttpResponseMessage response, string body, ApiRequest request, Uri uri, bool hasToken)
    {
        var status = (int)response.StatusCode;
        var code = status switch
        {
            400 => ErrorCodes.BadParameters,
            401 => ErrorCodes.NeedAuthentication,
            403 => ErrorCodes.NotAuthorized,
            404 => ErrorCodes.NotFound,
            410 => ErrorCodes.Gone,
            419 => ErrorCodes.InsufficientResources,
            422 => ErrorCodes.UnprocessableEntity,
            >= 400 and < 500 => ErrorCodes.RequestError,
            >= 500 => ErrorCodes.ServerError,
            _ => ErrorCodes.InvalidResponse,
        };
        var advice = status switch
        {
            401 when !hasToken => "Connect with an access token: Connect-ScramjetPlatform -AccessToken.",
            401 or 403 => "Check the access token: it may be wrong, expired, revoked, or not allow this.",
            404 => "Check the id; the thing may have ended or been removed meanwhile.",
            409 => request.ConflictAdvice,
            419 => "Free memory or disk on the hub, or stop instances, and try again.",
            502 or 504 => "See whether the hub still runs and is connected: Get-ScramjetHub.",
            429 or 503 => "Try again later.",
            _ => null,
        };
        var words = ServerMessage(body) ?? Reason(response);
        return new ScramjetApiException(
            code,
            $"{Describe(request, uri)} was answered with {status}{(words is null ? "" : ": " + words)}{End(words)}",
            request.Method.Method,
            uri,
            response.StatusCode,
            words,
            advice);
    }

    /// <summary>A request that got no answer at all.</summary>
    public static ScramjetApiException FromConnection(ApiRequest request, Uri uri, HttpRequestException e)
    {
        var cause = Root(e);
        var origin = uri.GetLeftPart(UriPartial.Authority);
        if (cause is AuthenticationException)
        {
            return new ScramjetApiException(ErrorCodes.CannotConnect, $"No secure connection to {origin}: {cause.Message}", request.Method.Method, uri, innerException: e,
                recommendedAction: "Check that the address wants https and that this machine trusts the server's certificate.");
        }

        return IsConnectFailure(e)
            ? new ScramjetApiException(ErrorCodes.CannotConnect, $"No connection to {origin}: {cause.Message}", request.Method.Method, uri, innerException: e,
                recommendedAction: "Check the address, that the server runs, and that this machine reaches it.")
            : BrokenAnswer(request, uri, e);
    }

    /// <summary>An answer that ended before its end, or that isn't HTTP.</summary>
    public static ScramjetApiException BrokenAnswer(ApiRequest request, Uri uri, Exception e) => new(
        ErrorCodes.InvalidResponse,
        $"{Describe(request, uri)}: the connection was closed before the answer was complete, or the answer isn't HTTP. {Sentence(Root(e).Message)}",
        request.Method.Method,
        uri,
        innerException: e,
        recommendedAction: "See whether the server still runs. Whether the request was carried out is not known.");

    /// <summary>A stream that ended before its end.</summary>
    public static ScramjetApiException StreamBroken(ApiRequest request, Uri uri, Exception e) => new(
        ErrorCodes.StreamBroken,
        $"The stream of {Describe(request, uri)} broke off: {Sentence(Root(e).Message)} What came before it is whole.",
        request.Method.Method,
        uri,
        innerException: e,
        recommendedAction: "See whether the hub and the instance still run.");

    /// <summary>No answer within the time limit.</summary>
    public static ScramjetApiException TimedOut(ApiRequest request, Uri uri, TimeSpan timeout) => new(
        ErrorCodes.Timeout,
        $"{Describe(request, uri)} was not answered within {timeout.TotalSeconds:0.###} s.",
        request.Method.Method,
        uri,
        recommendedAction: "Give it more time with -TimeoutSec, or see whether the server is overloaded. Whether the request was carried out is not known.");

    /// <summary>A good answer whose body isn't JSON.</summary>
    public static ScramjetApiException NotJson(HttpResponseMessage response, string body, ApiRequest request, Uri uri)
    {
        var html = HtmlTitle(body);
        return new ScramjetApiException(
            ErrorCodes.InvalidResponse,
            html is null && request.AnswersSecret ? $"{Describe(request, uri)} was answered with something that isn't JSON." : html is null
                ? $"{Describe(request, uri)} was answered with something that isn't JSON: {Shorten(body)}"
                : $"{Describe(request, uri)} was answered with an HTML page{(html.Length > 0 ? $" («{html}»)" : "")}, not with JSON.",
            request.Method.Method,
            uri,
            response.StatusCode,
            html ?? Shorten(body),
            "Check the address: it should be the API's, such as https://api.scramjet.cloud/api/v1, not a web page's.");
    }

    /// <summary>A good answer in JSON that isn't what the route answers.</summary>
    public static ScramjetApiException WrongShape(ApiRequest request, Uri uri, string expected, string? actual) => new(
        ErrorCodes.InvalidResponse,
        $"{Describe(request, uri)} was answered with {(actual is null ? "nothing" : request.AnswersSecret ? "JSON of another form" : $"JSON of another form ({Shorten(actual)})")} where {expected} was expected.",
        request.Method.Method,
        uri,
        recommendedAction: "Check that the address is a Scramjet API's, and whether its version is one that is known here.");

    /// <summary>A redirect that leads elsewhere.</summary>
    public static ScramjetApiException RedirectRefused(ApiRequest request, Uri uri, HttpStatusCode status, Uri? target) => new(
        ErrorCodes.RedirectRefused,
        $"{Describe(request, uri)} was redirected to {(target is null ? "nowhere" : target.GetLeftPart(UriPartial.Authority))}, which is another origin. It was not followed, and the token was not sent there.",
        request.Method.Method,
        uri,
        status,
        recommendedAction: "If the platform has moved, connect to its new address.");

    /// <summary>A redirect on the same origin that can't be followed.</summary>
    public static ScramjetApiException TooManyRedirects(ApiRequest request, Uri uri, HttpStatusCode status, Uri target) => new(
        ErrorCodes.RedirectRefused,
        $"{Describe(request, uri)} was redirected to {target.AbsolutePath}: too often, or with a request that can't be repeated.",
        request.Method.Method,
        uri,
        status,
        recommendedAction: "Connect to the address that the server redirects to.");

    /// <summary>The best of the forms in which servers say what went wrong.</summary>
    internal static string? ServerMessage(string body)
    {
        if (string.IsNullOrWhiteSpace(body))
            return null;

        if (HtmlTitle(body) is { } title)
            return title.Length > 0 ? title : "an HTML page";

        try
        {
            return FromJson(Json.Parse(body));
        }
        catch (JsonException)
        {
            return Shorten(body);
        }
    }

    private static string? FromJson(JToken? token) => token switch
    {
        null => null,
        JObject o => FromJson(o["error"]) ?? FromJson(o["message"]) ?? CodeAndData(o) ?? FromJson(o["opStatus"])
            ?? (o.Count == 0 ? null : Shorten(o.ToString(Formatting.None))),
        JValue { Value: null } => null,
        JValue { Type: JTokenType.String } v => Empty((string)v!),
        _ => Shorten(token.ToString(Formatting.None)),
    };

    private static string? CodeAndData(JObject o) => o["code"] is { } code
        ? o["data"] is { } data ? $"{code}: {(data is JValue ? data.ToString() : Shorten(data.ToString(Formatting.None)))}" : code.ToString()
        : null;

    private static string? HtmlTitle(string body)
    {
        var start = body.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (!start.StartsWith("<", StringComparison.Ordinal))
            return null;

        var title = Regex.Match(start, @"<title[^>]*>(.*?)</title>", RegexOptions.IgnoreCase | RegexOptions.Singleline, TimeSpan.FromSeconds(1));
        return title.Success ? Shorten(WebUtility.HtmlDecode(title.Groups[1].Value).Trim()) : "";
    }

    private static bool IsConnectFailure(Exception e)
    {
        for (var inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case IOException:
                    return false;
                case SocketException:
                    return true;
                case WebException web:
                    return web.Status is WebExceptionStatus.ConnectFailure or WebExceptionStatus.NameResolutionFailure or WebExceptionStatus.ProxyNameResolutionFailure;
            }
        }

        return false;
    }

    private static Exception Root(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e;
    }

    private static string Describe(ApiRequest request, Uri uri) => $"{request.Method} {uri}";

    private static string? Reason(HttpResponseMessage response) => Empty(response.ReasonPhrase ?? "");

    private static string? Empty(string s) => s.Length == 0 ? null : s;

    private static string Shorten(string s) => s.Length <= LongestText ? s.Trim() : s.Substring(0, LongestText).Trim() + "...";

    private static string Sentence(string s) => s + End(s);

    private static string End(string? s) => s is not null && s.EndsWith(".", StringComparison.Ordinal) ? "" : ".";
}
