using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Json;

namespace Scramjet.Client.Http;

/// <summary>The one place where answers and failures become errors.</summary>
internal static class ResponseErrors
{
    private const int LongestText = 500;

    /// <summary>An answer whose status isn't a good one.</summary>
    public static ScramjetApiException FromStatus(Call call, HttpResponseMessage response, string body)
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
            401 when !call.HasToken => "Use an access token.",
            401 or 403 => "Check the access token: it may be wrong, expired, revoked, or not allow this.",
            404 => "Check the id; the thing may have ended or been removed meanwhile.",
            409 => call.Request.ConflictAdvice,
            419 => "Free memory or disk on the hub, or stop instances, and try again.",
            502 or 504 => "Check whether the hub is running and connected.",
            429 or 503 => "Try again later.",
            _ => null,
        };
        var situation = status switch
        {
            401 when !call.HasToken => ErrorSituation.TokenMissing,
            409 => call.Request.ConflictSituation,
            502 or 504 => ErrorSituation.HubUnreachable,
            _ => ErrorSituation.Unspecified,
        };
        var words = ServerMessage(body) ?? Reason(response);
        var retryAfter = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - DateTimeOffset.UtcNow,
            _ => (TimeSpan?)null,
        };
        return Create(
            call,
            code,
            $"{call.Description} was answered with {status}{(words is null ? "" : ": " + words)}{End(words)}",
            response.StatusCode,
            words,
            advice,
            retryAfter: retryAfter < TimeSpan.Zero ? TimeSpan.Zero : retryAfter,
            situation: situation);
    }

    /// <summary>A failure that may pass, after a wait that is too long.</summary>
    public static ScramjetApiException NotWaitedFor(ScramjetApiException failure, TimeSpan wait, string why) => new(
        failure.Code,
        $"{failure.Message} The server asks to wait {wait.TotalSeconds:0.###} s before the next try: {why}.",
        failure.Method,
        failure.Uri,
        failure.StatusCode,
        failure.ServerMessage,
        failure.RecommendedAction,
        failure.InnerException)
    {
        RetryAfter = failure.RetryAfter,
        Situation = failure.Situation,
    };

    /// <summary>A request that got no answer at all.</summary>
    public static ScramjetApiException FromConnection(Call call, HttpRequestException e)
    {
        var cause = Root(e);
        var origin = call.Uri.GetLeftPart(UriPartial.Authority);
        if (cause is AuthenticationException)
            return Create(call, ErrorCodes.CannotConnect, $"No secure connection to {origin}: {cause.Message}", advice: "Check that the address wants https and that this machine trusts the server's certificate.", cause: e);
        if (!IsConnectFailure(e))
            return BrokenAnswer(call, e);

        var proxy = ProxyOf(call.Uri);
        return Create(call, ErrorCodes.CannotConnect, $"No connection to {origin}{(proxy is null ? "" : $" through the proxy {proxy}")}: {cause.Message}", cause: e, advice: proxy is null
            ? "Check the address, that the server runs, and that this machine reaches it."
            : "Check the proxy, which the system's settings or the environment variables http_proxy and https_proxy name, and no_proxy for addresses that need none.");
    }

    /// <summary>An answer that ended before its end, or that isn't HTTP.</summary>
    public static ScramjetApiException BrokenAnswer(Call call, Exception e) => Create(
        call,
        ErrorCodes.InvalidResponse,
        $"{call.Description}: the connection was closed before the answer was complete, or the answer isn't HTTP. {Sentence(Root(e).Message)}",
        advice: "See whether the server still runs. Whether the request was carried out is not known.",
        cause: e);

    /// <summary>An answer that is too long, or encoded in a way that isn't known.</summary>
    public static ScramjetApiException Unreadable(Call call, Exception e) => Create(
        call,
        ErrorCodes.InvalidResponse,
        $"The answer to {call.Description} can't be read. {Sentence(e.Message)}",
        advice: "Check that the address is that of a Scramjet API. Ask for less at once, such as one hub.",
        cause: e,
        situation: ErrorSituation.ResponseUnreadable);

    /// <summary>A stream that ended before its end.</summary>
    public static ScramjetApiException StreamBroken(Call call, Exception e) => Create(
        call,
        ErrorCodes.StreamBroken,
        $"The stream of {call.Description} broke off: {Sentence(Root(e).Message)} What came before it is whole.",
        advice: "See whether the hub and the instance still run.",
        cause: e);

    /// <summary>A stream over which nothing came, of a server that doesn't answer otherwise either.</summary>
    public static ScramjetApiException Silent(Call call, Exception? e) => Create(
        call,
        ErrorCodes.StreamBroken,
        $"The stream of {call.Description} fell silent, and the server doesn't answer any more{(e is null ? "." : $": {Sentence(e.Message)}")} What came before it is whole.",
        advice: "See whether the hub still runs and is reached.",
        cause: e);

    /// <summary>No answer, of a server that doesn't answer otherwise either.</summary>
    public static ScramjetApiException Unanswered(Call call, Exception? e) => Create(
        call,
        ErrorCodes.Timeout,
        $"{call.Description} was not answered within {call.Elapsed.TotalSeconds:0.#} s, and the server doesn't answer otherwise either{(e is null ? "." : $": {Sentence(e.Message)}")}",
        advice: "See whether the hub still runs and is reached. Whether the request was carried out is not known.",
        cause: e);

    /// <summary>No answer within the time limit.</summary>
    public static ScramjetApiException TimedOut(Call call) => Create(
        call,
        ErrorCodes.Timeout,
        $"{call.Description} was not answered within {call.Timeout.TotalSeconds:0.###} s.",
        advice: "Allow more time, or check whether the server is overloaded. It isn't known whether the request was carried out.",
        situation: ErrorSituation.ResponseLate);

    /// <summary>A good answer whose body isn't JSON.</summary>
    public static ScramjetApiException NotJson(Call call, HttpResponseMessage response, string body)
    {
        var html = HtmlTitle(body);
        var shown = Shorten(body);
        return Create(
            call,
            ErrorCodes.InvalidResponse,
            html is not null ? $"{call.Description} was answered with an HTML page{Titled(html)}, not with JSON."
                : $"{call.Description} was answered with something that isn't JSON{(call.Request.AnswersSecret ? "" : ": " + shown)}{End(call.Request.AnswersSecret ? null : shown)}",
            response.StatusCode,
            call.Request.AnswersSecret ? null : html ?? shown,
            "Check the address: it should be the API's, such as https://api.scramjet.cloud/api/v1, not a web page's.");
    }

    /// <summary>Whether an answer is a web page.</summary>
    public static bool IsHtml(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is { } type && (type.Equals("text/html", StringComparison.OrdinalIgnoreCase) || type.Equals("application/xhtml+xml", StringComparison.OrdinalIgnoreCase));

    /// <summary>A web page where a stream should be.</summary>
    public static ScramjetApiException NotAStream(Call call, HttpResponseMessage response, string body) => Create(
        call,
        ErrorCodes.InvalidResponse,
        $"{call.Description} was answered with an HTML page{Titled(HtmlTitle(body) ?? "")}, not with a stream.",
        response.StatusCode,
        HtmlTitle(body),
        "Check the address: it should be the API's, such as https://api.scramjet.cloud/api/v1, not a web page's.");

    /// <summary>A good answer in JSON that isn't what the route answers.</summary>
    public static ScramjetApiException WrongShape(Call call, string expected, string? actual) => Create(
        call,
        ErrorCodes.InvalidResponse,
        $"{call.Description} was answered with {(actual is null ? "nothing" : call.Request.AnswersSecret ? "JSON of another form" : $"JSON of another form ({Shorten(actual)})")} where {expected} was expected.",
        advice: "Check that the address is a Scramjet API's, and whether its version is one that is known here.");

    /// <summary>A redirect that leads elsewhere.</summary>
    public static ScramjetApiException RedirectRefused(Call call, HttpStatusCode status, Uri? target) => Create(
        call,
        ErrorCodes.RedirectRefused,
        $"{call.Description} was redirected to {(target is null ? "nowhere" : target.GetLeftPart(UriPartial.Authority))}, which is another origin. It was not followed, and the token was not sent there.",
        status,
        advice: "If the platform has moved, connect to its new address.");

    /// <summary>A redirect on the same origin that can't be followed.</summary>
    public static ScramjetApiException TooManyRedirects(Call call, HttpStatusCode status, Uri target) => Create(
        call,
        ErrorCodes.RedirectRefused,
        $"{call.Description} was redirected to {target.AbsolutePath}: too often, or with a request that can't be repeated.",
        status,
        advice: "Connect to the address that the server redirects to.");

    /// <summary>The one place where an error of a call is made: what is shown of it holds no secret and nothing that a terminal would act on.</summary>
    private static ScramjetApiException Create(
        Call call,
        string code,
        string message,
        HttpStatusCode? status = null,
        string? serverMessage = null,
        string? advice = null,
        Exception? cause = null,
        TimeSpan? retryAfter = null,
        ErrorSituation situation = ErrorSituation.Unspecified) => new(
        code,
        DisplayText.Clean(call.Mask.Apply(message))!,
        call.Request.Method.Method,
        call.Mask.Apply(call.Uri),
        status,
        serverMessage is null ? null : call.Mask.Apply(serverMessage),
        advice,
        call.Mask.Apply(cause))
    {
        RetryAfter = retryAfter,
        Situation = situation,
    };

    /// <summary>The best of the forms in which servers say what went wrong.</summary>
    internal static string? ServerMessage(string body)
    {
        if (string.IsNullOrWhiteSpace(body))
            return null;

        if (HtmlTitle(body) is { } title)
            return title.Length > 0 ? title : "an HTML page";

        try
        {
            return FromJson(JsonText.Parse(body));
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

    /// <summary>The title of a web page, empty where it has none; null for what isn't a web page.</summary>
    private static string? HtmlTitle(string body)
    {
        var start = body.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (!start.StartsWith("<", StringComparison.Ordinal))
            return null;

        var open = start.IndexOf("<title", StringComparison.OrdinalIgnoreCase);
        var text = open < 0 ? -1 : start.IndexOf('>', open) + 1;
        var close = text <= 0 ? -1 : start.IndexOf("</title", text, StringComparison.OrdinalIgnoreCase);
        return close < 0 ? "" : Shorten(WebUtility.HtmlDecode(start.Substring(text, Math.Min(close - text, 4 * LongestText))).Trim());
    }

    private static string Titled(string title) => title.Length > 0 ? $" ('{title}')" : "";

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
                case WebException { Status: WebExceptionStatus.ConnectFailure or WebExceptionStatus.NameResolutionFailure or WebExceptionStatus.ProxyNameResolutionFailure }:
                    return true;
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

    /// <summary>The proxy that requests to the address go through; null where there is none.</summary>
    private static string? ProxyOf(Uri uri)
    {
        try
        {
            var proxy = WebRequest.DefaultWebProxy?.GetProxy(uri);
            return proxy is null || proxy == uri || WebRequest.DefaultWebProxy!.IsBypassed(uri) ? null : proxy.GetLeftPart(UriPartial.Authority);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or UriFormatException)
        {
            return null;
        }
    }

    private static string? Reason(HttpResponseMessage response) => Empty(response.ReasonPhrase ?? "");

    private static string? Empty(string s) => s.Length == 0 ? null : s;

    /// <summary>A text that is short enough to be read; what isn't text is only counted.</summary>
    private static string Shorten(string s)
    {
        var start = s.Length <= LongestText ? s : s.Substring(0, LongestText);
        return IsBinary(start) ? $"{s.Length} characters of binary data" : start.Length == s.Length ? s.Trim() : start.Trim() + "...";
    }

    private static bool IsBinary(string s)
    {
        var odd = 0;
        foreach (var c in s)
        {
            if (c is '\0' or '\uFFFD' || (char.IsControl(c) && c is not ('\t' or '\r' or '\n' or '\u001b')))
                odd++;
        }

        return odd > s.Length / 20 + 1 || s.IndexOf('\0') >= 0;
    }

    private static string Sentence(string s) => s + End(s);

    private static string End(string? s) => s is not null && s.EndsWith(".", StringComparison.Ordinal) ? "" : ".";
}
