using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Http;

/// <summary>
/// The one way to a server: addresses, the token, time limits, retries, redirects and errors.
/// All clients that come from one another share one.
/// </summary>
public sealed class ScramjetTransport : IDisposable
{
    private const int MaxRedirects = 5;
    private const int ShortestSecret = 8;
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly string? _accessToken;
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
        _accessToken = CheckToken(_options.AccessToken);

        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = 1024,
        };
        if (_options.SkipCertificateCheck)
            handler.ServerCertificateCustomValidationCallback = static (_, _, _, _) => true;

        _http = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <summary>The address that the token belongs to, without a trailing slash.</summary>
    public Uri BaseUri { get; }

    /// <summary>Whether requests carry a token.</summary>
    public bool HasAccessToken => _accessToken is not null;

    /// <summary>The bound for each call that isn't a stream.</summary>
    public TimeSpan Timeout => _options.Timeout;

    internal InputLedger Inputs { get; } = new();

    internal HubVersions HubVersions { get; } = new();

    /// <summary>Closes all connections. Requests under way fail.</summary>
    public void Dispose()
    {
        _disposed = true;
        _http.Dispose();
    }

    /// <summary>The address; never the token.</summary>
    public override string ToString() => BaseUri.ToString();

    /// <summary>Sends a request and reads its whole answer as JSON; an empty answer is null.</summary>
    internal async Task<JToken?> SendJsonAsync(string baseAddress, ApiRequest request, RequestOptions? options, CancellationToken cancellationToken)
    {
        var timeout = request.Timeout ?? options?.Timeout ?? _options.Timeout;

        // What lasts as long as a stream would keep all others waiting.
        if (options?.Throttle is not { } throttle || timeout == System.Threading.Timeout.InfiniteTimeSpan)
            return await SendJsonAsync(baseAddress, request, options, timeout, cancellationToken).ConfigureAwait(false);

        await throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendJsonAsync(baseAddress, request, options, timeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            throttle.Release();
        }
    }

    private async Task<JToken?> SendJsonAsync(string baseAddress, ApiRequest request, RequestOptions? options, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var bound = new CallBound(timeout, cancellationToken);
        Uri? uri = null;
        try
        {
            using var response = await SendAsync(baseAddress, request, options, u => uri = u, bound.Token).ConfigureAwait(false);
            var body = await ReadBodyAsync(response, bound.Token).ConfigureAwait(false);
            return ParseJson(body, response, request, uri!);
        }
        catch (Exception e) when (bound.TimedOut(e))
        {
            throw ResponseErrors.TimedOut(request, uri ?? BaseUri, timeout);
        }
        catch (Exception e) when (Translate(e, request, uri ?? BaseUri, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Sends a request and gives the body of its answer as it comes. Nothing but the caller bounds it.</summary>
    internal async Task<ApiStream> OpenStreamAsync(string baseAddress, ApiRequest request, RequestOptions? options, CancellationToken cancellationToken)
    {
        var uri = BaseUri;
        HttpResponseMessage? response = null;
        try
        {
            response = await SendAsync(baseAddress, request, options, u => uri = u, cancellationToken).ConfigureAwait(false);
            return new ApiStream(response, await response.Content.ReadAsStreamAsync().ConfigureAwait(false), request, uri);
        }
        catch (Exception e)
        {
            response?.Dispose();
            throw Translate(e, request, uri, cancellationToken) ?? e;
        }
    }

    /// <summary>What a failure that isn't an error of ours yet comes to; null where it is one.</summary>
    private Exception? Translate(Exception e, ApiRequest request, Uri uri, CancellationToken cancellationToken) => e switch
    {
        ScramjetException => null,
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException("The call was stopped.", e, cancellationToken),
        _ when _disposed => new ScramjetException(ErrorCodes.NotConnected, $"The connection to {BaseUri} has been closed.", "Connect again with Connect-ScramjetPlatform.", e),
        IOException or HttpRequestException or WebException or ObjectDisposedException => ResponseErrors.BrokenAnswer(request, uri, e),
        _ => null,
    };

    /// <summary>What a server said, without the token, or another secret, should it have said that.</summary>
    internal string Redact(string text, string? secret = null)
    {
        if (!string.IsNullOrEmpty(secret))
            text = Hide(text, secret!);
        return _accessToken is null ? text : Hide(text, _accessToken);
    }

    /// <summary>A short secret, such as one for trying, is hidden where it stands as a word, not within others.</summary>
    private static string Hide(string text, string secret) => secret.Length >= ShortestSecret
        ? text.Replace(secret, "***")
        : Regex.Replace(text, $@"(?<!\w){Regex.Escape(secret)}(?!\w)", "***");

    /// <summary>The version of the hub behind <paramref name="baseAddress"/>, asked for once, and again when it has connected anew.</summary>
    internal async Task<HubVersion> GetHubVersionAsync(string baseAddress, RequestOptions? options, CancellationToken cancellationToken)
    {
        if (HubVersions.Find(baseAddress) is { } known)
            return known;

        var answer = await SendJsonAsync(baseAddress, new ApiRequest(HttpMethod.Get, "/version"), options, cancellationToken).ConfigureAwait(false);
        return HubVersions.Set(baseAddress, HubVersion.Parse((answer as JObject)?.Value<string>("version")));
    }

    /// <summary>Sends a request until there is a good answer, whose body is still to be read.</summary>
    private async Task<HttpResponseMessage> SendAsync(string baseAddress, ApiRequest request, RequestOptions? options, Action<Uri> tellAddress, CancellationToken cancellationToken)
    {
        var uri = Address(baseAddress + request.Path);
        for (var attempt = 0; ; attempt++)
        {
            tellAddress(uri);
            HttpResponseMessage? response = null;
            ScramjetApiException failure;
            try
            {
                response = await SendOnceAsync(uri, request, options, tellAddress, cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                    return response;

                var body = await ReadErrorBodyAsync(response, cancellationToken).ConfigureAwait(false);
                response.ReasonPhrase = Redact(response.ReasonPhrase ?? "", request.Secret);
                failure = ResponseErrors.FromStatus(response, Redact(body, request.Secret), request, uri, HasAccessToken);
            }
            catch (HttpRequestException e) when (!cancellationToken.IsCancellationRequested)
            {
                failure = ResponseErrors.FromConnection(request, uri, e);
            }
            catch
            {
                response?.Dispose();
                throw;
            }

            var delay = RetryDelay(request, failure, response, attempt);
            response?.Dispose();
            if (delay is null)
                throw failure;

            options?.Trace?.Invoke($"{request.Method} {uri}: {failure.Message} Trying again in {delay.Value.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s ({attempt + 1} of {_options.MaxRetries}).");
            await Task.Delay(delay.Value, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(Uri uri, ApiRequest request, RequestOptions? options, Action<Uri> tellAddress, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var message = CreateMessage(uri, request);
            var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            options?.Trace?.Invoke($"{request.Method} {uri}: {(int)response.StatusCode} {response.ReasonPhrase}");
            if (!IsRedirect(response.StatusCode))
                return response;

            var location = response.Headers.Location;
            var target = location is null ? null : location.IsAbsoluteUri ? location : new Uri(uri, location);
            var status = response.StatusCode;
            response.Dispose();
            if (target is null || !SameOrigin(target, BaseUri))
                throw ResponseErrors.RedirectRefused(request, uri, status, target);
            if (request.Method != HttpMethod.Get || redirects == MaxRedirects)
                throw ResponseErrors.TooManyRedirects(request, uri, status, target);

            uri = target;
            tellAddress(uri);
        }
    }

    private HttpRequestMessage CreateMessage(Uri uri, ApiRequest request)
    {
        var message = new HttpRequestMessage(request.Method, uri) { Content = request.Content?.Invoke() };
        if (message.Content is StreamingContent)
            message.Headers.TransferEncodingChunked = true;
        message.Headers.UserAgent.TryParseAdd(_options.UserAgent);
        if (_accessToken is not null && SameOrigin(uri, BaseUri))
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _accessToken);

        foreach (var header in request.Headers)
        {
            if (message.Headers.TryAddWithoutValidation(header.Key, header.Value))
                continue;

            // Some routes want a content-type without having a body.
            message.Content ??= new ByteArrayContent([]);
            message.Content.Headers.Remove(header.Key);
            message.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return message;
    }

    private TimeSpan? RetryDelay(ApiRequest request, ScramjetApiException failure, HttpResponseMessage? response, int attempt)
    {
        if (!request.Idempotent || attempt >= _options.MaxRetries)
            return null;

        var passing = failure.StatusCode is { } status
            ? (int)status is 408 or 429 or 502 or 503 or 504
            : failure.Code == ErrorCodes.CannotConnect && failure.InnerException?.InnerException is not System.Security.Authentication.AuthenticationException;
        if (!passing)
            return null;

        var backoff = TimeSpan.FromMilliseconds(_options.RetryDelay.TotalMilliseconds * Math.Pow(2, attempt) * (0.8 + 0.4 * Jitter.NextDouble()));
        var wanted = response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - DateTimeOffset.UtcNow,
            _ => backoff,
        };
        if (wanted < TimeSpan.Zero)
            wanted = TimeSpan.Zero;
        return wanted > LongestRetryDelay ? LongestRetryDelay : wanted;
    }

    private JToken? ParseJson(string body, HttpResponseMessage response, ApiRequest request, Uri uri)
    {
        if (string.IsNullOrWhiteSpace(body))
            return null;

        try
        {
            return Json.Parse(body);
        }
        catch (JsonException)
        {
            throw ResponseErrors.NotJson(response, Redact(body, request.Secret), request, uri);
        }
    }

    private static async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // netstandard2.0 can't cancel the read itself: closing the answer ends it.
        using var stop = cancellationToken.Register(static r => ((HttpResponseMessage)r!).Dispose(), response);
        var bytes = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes);
    }

    private static async Task<string> ReadErrorBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or WebException && !cancellationToken.IsCancellationRequested)
        {
            // The status alone says what is wrong.
            return "";
        }
    }

    private static Uri Address(string address) => new(address, UriKind.Absolute);

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static bool SameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase);

    private static Uri CheckAddress(Uri uri)
    {
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new ScramjetException(ErrorCodes.BadParameters, $"'{uri.OriginalString}' isn't an http or https address.", "Give an address such as https://api.scramjet.cloud/api/v1.");
        if (uri.UserInfo.Length > 0)
            throw new ScramjetException(ErrorCodes.BadParameters, "An address can't hold a user name or password.", "Give the token by itself.");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new ScramjetException(ErrorCodes.BadParameters, $"'{uri.GetLeftPart(UriPartial.Path)}' has a query or fragment behind it.", "Give the address up to its path, such as https://api.scramjet.cloud/api/v1.");

        return Address(uri.AbsoluteUri.TrimEnd('/'));
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

        public bool Stopped => _caller.IsCancellationRequested;

        public bool TimedOut(Exception e) => e is not ScramjetException && !Stopped && _timeout.IsCancellationRequested;

        public void Dispose()
        {
            _linked.Dispose();
            _timeout.Dispose();
        }
    }

    private static class Jitter
    {
        private static readonly Random Source = new();

        public static double NextDouble()
        {
            lock (Source)
                return Source.NextDouble();
        }
    }
}
