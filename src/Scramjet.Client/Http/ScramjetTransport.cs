using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Compat;
using Scramjet.Client.Instances;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Http;

/// <summary>
/// The one way to a server: addresses, the token, time limits, retries, redirects and errors.
/// All clients that come from one another share one.
/// </summary>
public sealed class ScramjetTransport : IDisposable
{
    private readonly HttpClient _http;
    private readonly CallHandler _handlers;
    private readonly SecretMask _mask;
    private readonly TransportOptions _options;
    private volatile bool _disposed;

    /// <summary>Makes a transport. No request is sent yet.</summary>
    /// <param name="baseUri">The address that the token belongs to, e.g. <c>https://api.scramjet.cloud/api/v1</c>.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the address isn't absolute http or https, or has a user name, a query or a fragment in it, or the token can't be a header.</exception>
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
        _http = new HttpClient(_options.UsesContentHeaderHandler ? new ContentHeaderHandler(handler) : handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        var wire = new WireHandler(_http, _options.UserAgent);
        _handlers = new RetryHandler(new ErrorHandler(new RedirectHandler(new AuthorizationHandler(wire, BaseUri, accessToken), BaseUri)), _options);
    }

    /// <summary>The address that the token belongs to, without a trailing slash.</summary>
    public Uri BaseUri { get; }

    /// <summary>Whether requests carry a token.</summary>
    public bool HasAccessToken { get; }

    /// <summary>The bound for each call that isn't a stream.</summary>
    public TimeSpan Timeout => _options.Timeout;

    internal InputLedger Inputs { get; } = new();

    internal StartLedger Starts { get; } = new();
    internal HubVersions HubVersions { get; } = new();

    /// <summary>Closes all connections. Requests under way fail.</summary>
    public void Dispose()
    {
        _disposed = true;
        _http.Dispose();
    }

    /// <summary>The address; never the token.</summary>
    public override string ToString() => BaseUri.ToString();

    /// <summary>Sends a request and reads its whole answer as JSON; an empty answer is null. A call without a bound, and one whose body may last, is looked after.</summary>
    /// <param name="baseAddress">The address that the request's path comes behind.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">What the caller wants of its requests.</param>
    /// <param name="probe">Asks the server for a sign of life, and throws where there is none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<JToken?> SendJsonAsync(string baseAddress, ApiRequest request, RequestOptions? options, Func<CancellationToken, Task>? probe, CancellationToken cancellationToken)
    {
        var timeout = request.Timeout ?? options?.Timeout ?? _options.Timeout;
        if (timeout == System.Threading.Timeout.InfiniteTimeSpan && probe is not null)
            return await SendWatchedAsync(baseAddress, request, options, probe, cancellationToken).ConfigureAwait(false);

        if (options?.Throttle is { } throttle)
            await throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendJsonAsync(NewCall(baseAddress, request, options, timeout), probe, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            options?.Throttle?.Release();
        }
    }

    /// <summary>Sends a request and gives the body of its answer as it comes. Nothing but the caller bounds it; one that falls silent is looked after.</summary>
    /// <param name="baseAddress">The address that the request's path comes behind.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">What the caller wants of its requests.</param>
    /// <param name="probe">Asks the server for a sign of life, and throws where there is none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<ApiStream> OpenStreamAsync(string baseAddress, ApiRequest request, RequestOptions? options, Func<CancellationToken, Task> probe, CancellationToken cancellationToken)
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

    /// <summary>What a server said, without the token.</summary>
    internal string Redact(string text) => DisplayText.Clean(_mask.Apply(text))!;

    /// <summary>The version of the hub behind <paramref name="baseAddress"/>, asked for once, and again when it has connected anew.</summary>
    internal async Task<HubVersion> GetHubVersionAsync(string baseAddress, RequestOptions? options, CancellationToken cancellationToken)
    {
        if (HubVersions.Find(baseAddress) is { } known)
            return known;

        var answer = await SendJsonAsync(baseAddress, new ApiRequest(HttpMethod.Get, "/version"), options, null, cancellationToken).ConfigureAwait(false);
        return HubVersions.Set(baseAddress, HubVersion.Parse(answer is JObject o ? new JsonFields(o).Text("version") : null));
    }

    internal Call NewCall(string baseAddress, ApiRequest request, RequestOptions? options, TimeSpan timeout) =>
        new(request, new Uri(baseAddress + request.Path, UriKind.Absolute), options, timeout, _mask, HasAccessToken);

    private static TimeSpan OpeningOf(RequestOptions? options) => options?.EmptyAfter ?? options?.OpeningTime ?? System.Threading.Timeout.InfiniteTimeSpan;

    private SilenceWatch Watch(Call call, RequestOptions? options, Func<CancellationToken, Task> probe)
    {
        // Within a time that is bounded, a sign of life must have come before it is over.
        var third = options?.OpeningTime is null ? TimeSpan.MaxValue : TimeSpan.FromTicks(Math.Max(OpeningOf(options).Ticks / 3, TimeSpan.TicksPerMillisecond));
        return new SilenceWatch(call, probe, third < _options.SilenceLimit ? third : _options.SilenceLimit);
    }

    private static Task<T> OpenAsync<T>(SilenceWatch watch, Task<T> answer, CancellationTokenSource bound, RequestOptions? options) => options?.OpeningTime is { } most
        ? watch.WithinAsync(answer, bound.Cancel, OpeningOf(options), most)
        : watch.WhileAsync(answer, bound.Cancel);

    /// <summary>Sends a request whose answer, or whose body, lasts as long as a stream. It takes no slot from others.</summary>
    private async Task<JToken?> SendWatchedAsync(string baseAddress, ApiRequest request, RequestOptions? options, Func<CancellationToken, Task> probe, CancellationToken cancellationToken)
    {
        // What is sent has no bound but its own end.
        if (request.Waiting is not null)
            options = options?.Opening(null);
        var call = NewCall(baseAddress, request, options, OpeningOf(options));
        using var watch = Watch(call, options, probe);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await OpenAsync(watch, AnswerAsync(call, bound.Token), bound, options).ConfigureAwait(false);
        }
        catch (Exception e) when (Translate(e, call, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    private async Task<JToken?> AnswerAsync(Call call, CancellationToken cancellationToken)
    {
        using var response = await _handlers.SendAsync(call, cancellationToken).ConfigureAwait(false);
        return ParseJson(await ResponseBody.ReadAsync(response, _options.MaxResponseSize, cancellationToken).ConfigureAwait(false), response, call);
    }

    private async Task<JToken?> SendJsonAsync(Call call, Func<CancellationToken, Task>? probe, CancellationToken cancellationToken)
    {
        using var bound = new CallBound(call.Timeout, cancellationToken);
        using var watch = probe is null || call.Request.Waiting is null ? null : new SilenceWatch(call, probe, _options.SilenceLimit);
        try
        {
            var answer = AnswerAsync(call, bound.Token);
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

    /// <summary>What a failure that isn't an error of ours yet comes to; null where it is one.</summary>
    private Exception? Translate(Exception e, Call call, CancellationToken cancellationToken) => e switch
    {
        ScramjetException => null,
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException("The call was stopped.", e, cancellationToken),
        _ when _disposed => new ScramjetException(ErrorCodes.NotConnected, $"The connection to {BaseUri} has been closed.", "Connect again.", e)
        {
            Situation = ErrorSituation.ConnectionClosed,
        },
        InvalidDataException => ResponseErrors.Unreadable(call, e),
        IOException or HttpRequestException or WebException or ObjectDisposedException => ResponseErrors.BrokenAnswer(call, e),
        _ => null,
    };

    private static JToken? ParseJson(string body, HttpResponseMessage response, Call call)
    {
        if (string.IsNullOrWhiteSpace(body))
            return null;

        try
        {
            return JsonText.Parse(body);
        }
        catch (JsonException)
        {
            throw ResponseErrors.NotJson(call, response, body);
        }
    }

    private static Uri CheckAddress(Uri uri)
    {
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new ScramjetException(ErrorCodes.BadParameters, $"'{uri.OriginalString}' isn't an http or https address.", "Give an address such as https://api.scramjet.cloud/api/v1.");
        if (uri.UserInfo.Length > 0)
            throw new ScramjetException(ErrorCodes.BadParameters, "An address can't hold a user name or password.", "Give the token by itself.");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new ScramjetException(ErrorCodes.BadParameters, $"'{uri.GetLeftPart(UriPartial.Path)}' has a query or fragment behind it.", "Give the address up to its path, such as https://api.scramjet.cloud/api/v1.");

        return new Uri(uri.AbsoluteUri.TrimEnd('/'), UriKind.Absolute);
    }

    private static string? CheckToken(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return null;

        foreach (var c in token!)
        {
            if (c is <= ' ' or > '~')
                throw new ScramjetException(ErrorCodes.BadParameters, "The access token has white space or other characters that a token can't have.", "Copy the token again, without quotes or line breaks.");
        }

        return token;
    }

    /// <summary>A call's time limit and its caller's wish to stop, told apart.</summary>
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
