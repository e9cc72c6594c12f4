using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Scramjet.Client.Compat;
using Scramjet.Client.Instances;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Http;

/// <summary>
/// Sends requests to a server: addresses, the token, time limits, retries, redirects and errors. Clients that create one another share it.
/// </summary>
public sealed class ScramjetTransport : IDisposable
{
    private readonly HttpClient _http;
    private readonly CallHandler _handlers;
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);
    private volatile SecretMask _mask;
    private readonly TransportOptions _options;
    private volatile bool _disposed;

    /// <summary>Creates a transport. No request is sent.</summary>
    /// <param name="baseUri">The address that the token belongs to, e.g. <c>https://api.scramjet.cloud/api/v1</c>.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ScramjetException">
    /// <c>BAD_PARAMETERS</c>: the address isn't an absolute http or https address, or has a user name, a query or a fragment, or the token has characters
    /// that aren't allowed in a header.
    /// </exception>
    public ScramjetTransport(Uri baseUri, TransportOptions? options = null)
    {
        BaseUri = CheckAddress(baseUri);
        _options = options ?? new TransportOptions();
        var accessToken = CheckToken(_options.AccessToken);
        HasAccessToken = accessToken is not null;
        _mask = new SecretMask(accessToken);

        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = 1024,
        };
        if (_options.SkipCertificateCheck)
            handler.ServerCertificateCustomValidationCallback = static (_, _, _, _) => true;

        if (ContentHeaderHandler.IsNeeded)
            ContentHeaderHandler.AllowTls12();
        _http = new HttpClient(
            _options.UsesContentHeaderHandler ? new ContentHeaderHandler(handler) : handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        var wire = new WireHandler(_http, _options.UserAgent);
        _handlers = new RetryHandler(new ErrorHandler(new RedirectHandler(new AuthorizationHandler(wire, BaseUri, accessToken), BaseUri)), _options);
    }

    /// <summary>Gets the address that the token is sent to, without a trailing slash.</summary>
    public Uri BaseUri { get; }

    /// <summary>Gets whether requests have a token.</summary>
    public bool HasAccessToken { get; }

    /// <summary>Gets the time limit of each call that isn't a stream.</summary>
    public TimeSpan Timeout => _options.Timeout;

    internal InputLedger Inputs { get; } = new();

    internal StartLedger Starts { get; } = new();
    internal HubVersions HubVersions { get; } = new();

    /// <summary>Hides secrets in traces and errors from now on. Short ones aren't hidden, because they are parts of other texts.</summary>
    internal void Hide(IReadOnlyCollection<string> secrets)
    {
        lock (_hidden)
        {
            foreach (var secret in secrets)
            {
                if (secret.Length >= SecretMask.MinSecretLength && _hidden.Add(secret))
                    _mask = new SecretMask(secret, _mask);
            }
        }
    }

    /// <summary>Closes all connections. Requests in progress fail.</summary>
    public void Dispose()
    {
        _disposed = true;
        _http.Dispose();
    }

    /// <summary>Returns the address.</summary>
    public override string ToString() => BaseUri.ToString();

    /// <summary>
    /// Sends a request and reads its response as JSON. A call without a time limit, and one whose body can last, is watched: it fails if the server doesn't
    /// respond to checks.
    /// </summary>
    /// <param name="baseAddress">The address that the path of the request is appended to.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">The caller's options.</param>
    /// <param name="probe">Checks whether the server responds, and throws if it doesn't.</param>
    /// <param name="read">Reads the response; its argument is null if the response is empty.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was read; null or the default if the object may be missing, and is.</returns>
    internal async Task<T> SendAsync<T>(
        string baseAddress,
        ApiRequest request,
        RequestOptions? options,
        Func<CancellationToken, Task>? probe,
        Func<JsonValueReader?, T> read,
        CancellationToken cancellationToken)
    {
        var timeout = request.Timeout ?? options?.Timeout ?? _options.Timeout;
        if (timeout == System.Threading.Timeout.InfiniteTimeSpan && probe is not null)
            return await SendWatchedAsync(baseAddress, request, options, probe, read, cancellationToken).ConfigureAwait(false);

        if (options?.Throttle is { } throttle)
            await throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendAsync(NewCall(baseAddress, request, options, timeout), probe, read, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            options?.Throttle?.Release();
        }
    }

    /// <summary>
    /// Sends a request and returns the body of its response while it is received. Only the caller limits its duration, but a stream without data fails if the
    /// server doesn't respond to a check.
    /// </summary>
    /// <param name="baseAddress">The address that the path of the request is appended to.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">The caller's options.</param>
    /// <param name="probe">Checks whether the server responds, and throws if it doesn't.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    internal async Task<ApiStream> OpenStreamAsync(
        string baseAddress,
        ApiRequest request,
        RequestOptions? options,
        Func<CancellationToken, Task> probe,
        CancellationToken cancellationToken)
    {
        var call = NewCall(baseAddress, request, options, OpeningOf(options));
        HttpResponseMessage? response = null;
        var watch = Watch(call, options, probe);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            response = await OpenAsync(watch, _handlers.SendAsync(call, bound.Token), bound, options).ConfigureAwait(false);
            if (ResponseErrors.IsHtml(response))
                throw ResponseErrors.NotAStream(call, response, await ResponseBody.ReadErrorAsync(response, cancellationToken).ConfigureAwait(false));
            return new ApiStream(response, await ResponseBody.OpenAsync(response).ConfigureAwait(false), call, watch);
        }
        catch (Exception e)
        {
            response?.Dispose();
            watch.Dispose();
            throw Translate(e, call, cancellationToken) ?? e;
        }
    }

    /// <summary>Removes the token from a text of a server.</summary>
    internal string Redact(string text) => DisplayText.Clean(_mask.Apply(text))!;

    /// <summary>Returns the version of the hub at <paramref name="baseAddress"/>. It is requested once, and again after the hub has reconnected.</summary>
    internal async Task<HubVersion> GetHubVersionAsync(string baseAddress, RequestOptions? options, CancellationToken cancellationToken)
    {
        if (HubVersions.Find(baseAddress) is { } known)
            return known;

        var version = await SendAsync(
            baseAddress,
            new ApiRequest(HttpMethod.Get, "/version"),
            options,
            null,
            static json => json?.ReadAll() is JsonMap answer ? new JsonFields(answer).Text("version") : null,
            cancellationToken).ConfigureAwait(false);
        return HubVersions.Set(baseAddress, HubVersion.Parse(version));
    }

    internal Call NewCall(string baseAddress, ApiRequest request, RequestOptions? options, TimeSpan timeout) =>
        new(request, new Uri(baseAddress + request.Path, UriKind.Absolute), options, timeout, _mask, HasAccessToken);

    private static TimeSpan OpeningOf(RequestOptions? options) => options?.EmptyAfter ?? options?.OpeningTime ?? System.Threading.Timeout.InfiniteTimeSpan;

    private SilenceWatch Watch(Call call, RequestOptions? options, Func<CancellationToken, Task> probe)
    {
        // The server must be checked before the time limit ends.
        var third = options?.OpeningTime is null ? TimeSpan.MaxValue : TimeSpan.FromTicks(Math.Max(OpeningOf(options).Ticks / 3, TimeSpan.TicksPerMillisecond));
        return new SilenceWatch(call, probe, third < _options.SilenceLimit ? third : _options.SilenceLimit);
    }

    private static Task<T> OpenAsync<T>(SilenceWatch watch, Task<T> answer, CancellationTokenSource bound, RequestOptions? options) =>
        options?.OpeningTime is { } most
        ? watch.WithinAsync(answer, bound.Cancel, OpeningOf(options), most)
        : watch.WhileAsync(answer, bound.Cancel);

    /// <summary>Sends a request whose response or body lasts as long as a stream. It doesn't count for the throttle.</summary>
    private async Task<T> SendWatchedAsync<T>(
        string baseAddress,
        ApiRequest request,
        RequestOptions? options,
        Func<CancellationToken, Task> probe,
        Func<JsonValueReader?, T> read,
        CancellationToken cancellationToken)
    {
        // Sending a body has no time limit.
        if (request.Waiting is not null)
            options = options?.Opening(null);
        var call = NewCall(baseAddress, request, options, OpeningOf(options));
        using var watch = Watch(call, options, probe);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await OpenAsync(watch, AnswerAsync(call, read, bound.Token), bound, options).ConfigureAwait(false);
        }
        catch (Exception e) when (Translate(e, call, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    private async Task<T> AnswerAsync<T>(Call call, Func<JsonValueReader?, T> read, CancellationToken cancellationToken)
    {
        using var response = await _handlers.SendAsync(call, cancellationToken).ConfigureAwait(false);
        var body = await ResponseBody.ReadAsync(response, _options.MaxResponseSize, cancellationToken).ConfigureAwait(false);
        call.Content?.TraceBody(ResponseBody.Text(body));
        if (response.StatusCode == HttpStatusCode.NotFound)
            return default!;

        try
        {
            return JsonText.Read(body.GetBuffer(), (int)body.Length, read);
        }
        catch (JsonException)
        {
            throw ResponseErrors.NotJson(call, response, ResponseBody.Text(body));
        }
    }

    private async Task<T> SendAsync<T>(Call call, Func<CancellationToken, Task>? probe, Func<JsonValueReader?, T> read, CancellationToken cancellationToken)
    {
        using var bound = new CallBound(call.Timeout, cancellationToken);
        using var watch = probe is null || call.Request.Waiting is null ? null : new SilenceWatch(call, probe, _options.SilenceLimit);
        try
        {
            var answer = AnswerAsync(call, read, bound.Token);
            return await (watch is null ? answer : watch.WhileAsync(answer, bound.Cancel)).ConfigureAwait(false);
        }
        catch (Exception e) when (bound.TimedOut(e))
        {
            throw ResponseErrors.TimedOut(call);
        }
        catch (Exception e) when (Translate(e, call, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Returns the client's error for an exception, or null if no conversion is needed.</summary>
    private Exception? Translate(Exception e, Call call, CancellationToken cancellationToken) => e switch
    {
        ScramjetException => null,
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException("The call was stopped.", e, cancellationToken),
        _ when _disposed => new ScramjetException(ErrorCodes.NotConnected, $"The connection to {BaseUri} has been closed.", "Connect again.", e)
        {
            Situation = ErrorSituation.ConnectionClosed,
        },
        InvalidDataException => ResponseErrors.Unreadable(call, e),
        IOException or HttpRequestException or WebException or ObjectDisposedException => ResponseErrors.Interrupted(call, e),
        _ => null,
    };

    /// <summary>An address that can be connected to, without a trailing slash.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: it isn't absolute http or https, or has a user name, a query or a fragment in it.</exception>
    internal static Uri CheckAddress(Uri uri)
    {
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{uri.OriginalString}' isn't an http or https address.",
                "Specify an address such as https://api.scramjet.cloud/api/v1.");
        }

        if (uri.UserInfo.Length > 0)
            throw new ScramjetException(ErrorCodes.BadParameters, "An address can't have a user name or password.", "Specify the token separately.");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{uri.GetLeftPart(UriPartial.Path)}' has a query or fragment.",
                "Specify the address without it, such as https://api.scramjet.cloud/api/v1.");
        }

        return new Uri(uri.AbsoluteUri.TrimEnd('/'), UriKind.Absolute);
    }

    private static string? CheckToken(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return null;

        foreach (var c in token!)
        {
            if (c is <= ' ' or > '~')
            {
                throw new ScramjetException(
                    ErrorCodes.BadParameters,
                    "The access token has white space or other characters that aren't allowed in a token.",
                    "Copy the token again, without quotes or line breaks.");
            }
        }

        return token;
    }

    /// <summary>Distinguishes a call's time limit from its caller's cancellation.</summary>
    private sealed class CallBound : IDisposable
    {
        private readonly CancellationTokenSource _timeout;
        private readonly CancellationTokenSource _linked;
        private readonly CancellationToken _caller;

        public CallBound(TimeSpan timeout, CancellationToken caller)
        {
            _caller = caller;
            _timeout = new CancellationTokenSource(timeout);
            _linked = CancellationTokenSource.CreateLinkedTokenSource(caller, _timeout.Token);
        }

        public CancellationToken Token => _linked.Token;

        public void Cancel() => _linked.Cancel();

        public bool TimedOut(Exception e) => e is not ScramjetException && !_caller.IsCancellationRequested && _timeout.IsCancellationRequested;

        public void Dispose()
        {
            _linked.Dispose();
            _timeout.Dispose();
        }
    }
}
