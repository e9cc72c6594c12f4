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

/// <summary>Creates the exceptions for error responses and failures.</summary>
internal static class ResponseErrors
{
    private const int MaxTextLength = 500;

    /// <summary>Creates the error for a response whose status isn't successful.</summary>
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
            401 or 403 when !call.HasToken => "Use an access token.",
            401 or 403 => "Check the access token. It may be wrong, expired or revoked, or may not allow this.",
            404 => "Check the id. The object may have ended or been removed meanwhile.",
            409 => call.Request.ConflictAdvice,
            419 => "Free memory or disk on the hub, or stop instances, and try again.",
            502 or 504 => "Check whether the hub is running and connected.",
            429 or 503 => "Try again later.",
            _ => null,
        };
        var situation = status switch
        {
            401 or 403 when !call.HasToken => ErrorSituation.TokenMissing,
            409 => call.Request.ConflictSituation,
            502 or 504 => ErrorSituation.HubUnreachable,
            _ => ErrorSituation.Unspecified,
        };
        var serverMessage = ServerMessage(body) ?? Reason(response);
        var retryAfter = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - DateTimeOffset.UtcNow,
            _ => (TimeSpan?)null,
        };
        return Create(
            call,
            code,
            $"{call.Description} failed with status {status}{(serverMessage is null ? "" : ": " + serverMessage)}{End(serverMessage)}",
            response.StatusCode,
            serverMessage,
            advice,
            retryAfter: retryAfter < TimeSpan.Zero ? TimeSpan.Zero : retryAfter,
            situation: situation);
    }

    /// <summary>Creates the error for a transient failure if the server requests too long a wait.</summary>
    public static ScramjetApiException NotWaitedFor(ScramjetApiException failure, TimeSpan wait, string why) => new(
        failure.Code,
        $"{failure.Message} The server requests to wait {wait.TotalSeconds:0.###} s before the next attempt, {why}.",
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

    /// <summary>Creates the error for a request without a response.</summary>
    public static ScramjetApiException FromConnection(Call call, HttpRequestException e)
    {
        var cause = Root(e);
        var origin = call.Uri.GetLeftPart(UriPartial.Authority);
        if (cause is AuthenticationException)
        {
            return Create(
                call,
                ErrorCodes.CannotConnect,
                $"No secure connection to {origin}: {cause.Message}",
                advice: "Check whether the address needs https, and that this machine trusts the server's certificate.",
                cause: e);
        }

        if (!IsConnectFailure(e))
            return Interrupted(call, e);

        var proxy = ProxyOf(call.Uri);
        return Create(
            call,
            ErrorCodes.CannotConnect,
            $"No connection to {origin}{(proxy is null ? "" : $" through the proxy {proxy}")}: {cause.Message}",
            cause: e,
            advice: proxy is null
                ? "Check the address, that the server is running, and that this machine can reach it."
                : "Check the proxy in the system's settings or in the environment variables http_proxy and https_proxy, and the exceptions in no_proxy.");
    }

    /// <summary>Creates the error for a response that was interrupted or isn't HTTP.</summary>
    public static ScramjetApiException Interrupted(Call call, Exception e) => Create(
        call,
        ErrorCodes.InvalidResponse,
        $"{call.Description}: the connection was closed before the response was complete, or the response isn't HTTP. {Sentence(Root(e).Message)}",
        advice: "Check whether the server is still running. The request may or may not have been executed.",
        cause: e);

    /// <summary>Creates the error for a response that is too long or has an unknown content encoding.</summary>
    public static ScramjetApiException Unreadable(Call call, Exception e) => Create(
        call,
        ErrorCodes.InvalidResponse,
        $"The response to {call.Description} can't be read. {Sentence(e.Message)}",
        advice: "Check that the address is that of a Scramjet API. Request less data at once, such as that of one hub.",
        cause: e,
        situation: ErrorSituation.ResponseUnreadable);

    /// <summary>Creates the error for a stream that was interrupted.</summary>
    public static ScramjetApiException StreamBroken(Call call, Exception e) => Create(
        call,
        ErrorCodes.StreamBroken,
        $"The stream of {call.Description} was interrupted: {Sentence(Root(e).Message)} The data before that is complete.",
        advice: "Check whether the hub and the instance are still running.",
        cause: e);

    /// <summary>Creates the error for a stream without data whose server doesn't respond to a check.</summary>
    public static ScramjetApiException Silent(Call call, Exception? e) => Create(
        call,
        ErrorCodes.StreamBroken,
        $"The stream of {call.Description} has no more data, and the server no longer responds{Because(e)} The data before that is complete.",
        advice: "Check whether the hub is still running and can be reached.",
        cause: e);

    /// <summary>Creates the error for a request without a response whose server doesn't respond to a check.</summary>
    public static ScramjetApiException Unanswered(Call call, Exception? e) => Create(
        call,
        ErrorCodes.Timeout,
        $"No response to {call.Description} within {call.Elapsed.TotalSeconds:0.#} s, and the server doesn't respond to other requests{Because(e)}",
        advice: "Check whether the hub is still running and can be reached. The request may or may not have been executed.",
        cause: e);

    /// <summary>Creates the error for a request without a response within the time limit.</summary>
    public static ScramjetApiException TimedOut(Call call) => Create(
        call,
        ErrorCodes.Timeout,
        $"No response to {call.Description} within {call.Timeout.TotalSeconds:0.###} s.",
        advice: "Allow more time, or check whether the server is overloaded. The request may or may not have been executed.",
        situation: ErrorSituation.ResponseLate);

    /// <summary>Creates the error for a successful response whose body isn't JSON.</summary>
    public static ScramjetApiException NotJson(Call call, HttpResponseMessage response, string body)
    {
        var html = HtmlTitle(body);
        var shown = Shorten(body);
        return Create(
            call,
            ErrorCodes.InvalidResponse,
            html is not null
                ? $"The response to {call.Description} is an HTML page{Titled(html)}, not JSON."
                : $"The response to {call.Description} isn't JSON{(call.Request.AnswersSecret ? "." : $": {shown}{End(shown)}")}",
            response.StatusCode,
            call.Request.AnswersSecret ? null : html ?? shown,
            "Check the address. It must be that of an API, such as https://api.scramjet.cloud/api/v1, not that of a web page.");
    }

    /// <summary>Returns whether a response is a web page.</summary>
    public static bool IsHtml(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType is { } type
        && (type.Equals("text/html", StringComparison.OrdinalIgnoreCase) || type.Equals("application/xhtml+xml", StringComparison.OrdinalIgnoreCase));

    /// <summary>Creates the error for a web page instead of a stream.</summary>
    public static ScramjetApiException NotAStream(Call call, HttpResponseMessage response, string body) => Create(
        call,
        ErrorCodes.InvalidResponse,
        $"The response to {call.Description} is an HTML page{Titled(HtmlTitle(body) ?? "")}, not a stream.",
        response.StatusCode,
        HtmlTitle(body),
        "Check the address. It must be that of an API, such as https://api.scramjet.cloud/api/v1, not that of a web page.");

    /// <summary>Creates the error for JSON that isn't what the route returns.</summary>
    public static ScramjetApiException WrongShape(Call call, string expected, string? actual) => Create(
        call,
        ErrorCodes.InvalidResponse,
        actual is null ? $"The response to {call.Description} is empty. Expected: {expected}."
            : $"The response to {call.Description} is JSON of another form{(call.Request.AnswersSecret ? "" : $" ({Shorten(actual)})")}. Expected: {expected}.",
        advice: "Check that the address is that of a Scramjet API of a supported version.");

    /// <summary>Creates the error for a redirect to another origin.</summary>
    public static ScramjetApiException RedirectRefused(Call call, HttpStatusCode status, Uri? target) => Create(
        call,
        ErrorCodes.RedirectRefused,
        $"{call.Description} was redirected to {(target is null ? "no address" : $"another origin, {target.GetLeftPart(UriPartial.Authority)}")}. "
            + "The redirect was not followed, and the token was not sent there.",
        status,
        advice: "If the platform has moved, connect to its new address.");

    /// <summary>Creates the error for a redirect within the origin that can't be followed.</summary>
    public static ScramjetApiException TooManyRedirects(Call call, HttpStatusCode status, Uri target) => Create(
        call,
        ErrorCodes.RedirectRefused,
        $"{call.Description} was redirected to {target.AbsolutePath}: too many times, or for a request that can't be repeated.",
        status,
        advice: "Connect to the address that the server redirects to.");

    /// <summary>Creates an exception for a call, without secrets and control characters.</summary>
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

    /// <summary>Returns the error message in the body of a response, in any of the forms that servers use.</summary>
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

    /// <summary>Returns the title of a web page, which is empty if it has none, or null if the text isn't a web page.</summary>
    private static string? HtmlTitle(string body)
    {
        var start = body.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (!start.StartsWith("<", StringComparison.Ordinal))
            return null;

        var open = start.IndexOf("<title", StringComparison.OrdinalIgnoreCase);
        var text = open < 0 ? -1 : start.IndexOf('>', open) + 1;
        var close = text <= 0 ? -1 : start.IndexOf("</title", text, StringComparison.OrdinalIgnoreCase);
        return close < 0 ? "" : Shorten(WebUtility.HtmlDecode(start.Substring(text, Math.Min(close - text, 4 * MaxTextLength))).Trim());
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
                case WebException
                {
                    Status: WebExceptionStatus.ConnectFailure or WebExceptionStatus.NameResolutionFailure or WebExceptionStatus.ProxyNameResolutionFailure
                }:
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

    /// <summary>Returns the proxy for requests to the address, or null if there is none.</summary>
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

    /// <summary>Limits the length of a text. Binary data is replaced with its length.</summary>
    private static string Shorten(string s)
    {
        var start = s.Length <= MaxTextLength ? s : s.Substring(0, MaxTextLength);
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

    private static string Because(Exception? e) => e is null ? "." : $": {Sentence(e.Message)}";

    private static string Sentence(string s) => s + End(s);

    private static string End(string? s) => s is not null && s.EndsWith(".", StringComparison.Ordinal) ? "" : ".";
}
