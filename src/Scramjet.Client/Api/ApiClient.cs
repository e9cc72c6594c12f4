using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

/// <summary>The base class of all clients, with a transport, an address, and the options of the caller.</summary>
public abstract class ApiClient
{
    /// <summary>The client without options from which this one was created. Objects keep it, since they can outlast the caller and its options.</summary>
    private ApiClient? _origin;

    private protected ApiClient(ScramjetTransport transport, string address)
    {
        Transport = transport;
        Address = address;
    }

    /// <summary>The transport to the server. Clients that create one another share it.</summary>
    public ScramjetTransport Transport { get; }

    /// <summary>The client's base address, without a trailing slash.</summary>
    public Uri Uri => new(Address);

    internal string Address { get; }

    internal RequestOptions? Options { get; private set; }

    /// <summary>Returns a client with other options. The clients that it creates have them too; the objects that it returns don't.</summary>
    /// <param name="client">The client.</param>
    /// <param name="options">The time limit, tracing and throttle of its requests; null for the transport's.</param>
    public static T With<T>(T client, RequestOptions? options) where T : ApiClient
    {
        if (client.Options == options)
            return client;
        if (options is null)
            return (T)client._origin!;

        var copy = (T)client.MemberwiseClone();
        copy._origin ??= client;
        copy.Options = options;
        return copy;
    }

    /// <summary>Returns the client's address.</summary>
    public override string ToString() => Address;

    /// <summary>Creates a client with the options of this one.</summary>
    private protected T Child<T>(T client) where T : ApiClient => With(client, Options);

    private protected static ApiRequest Get(string path) => new(HttpMethod.Get, path);

    // Hubs reject a DELETE without a content type.
    private protected static ApiRequest Delete(string path) => new ApiRequest(HttpMethod.Delete, path).Header("Content-Type", "application/json");

    private protected static ApiRequest Post(string path, JToken body) => new(HttpMethod.Post, path) { Content = () => JsonBody(body) };

    /// <summary>Creates the request that uploads a package. It is never retried.</summary>
    private protected ApiRequest Upload(HttpMethod method, string path, PackageSource package, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var timed = new TimedProgress(progress);
        return new ApiRequest(method, path)
        {
            Content = () => new PackageContent(package, timed, cancellationToken),
            Timeout = PackageContent.TimeoutFor(Options, Transport),
            Waiting = () => timed.Age,
        };
    }

    private protected Task SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, static json => json?.ReadAll(), cancellationToken);

    private protected Task<T> SendAsync<T>(ApiRequest request, Func<JsonValueReader?, T> read, CancellationToken cancellationToken) =>
        Transport.SendAsync(Address, request, Options, ProbeAsync, read, cancellationToken);

    /// <summary>Sends a request and reads the object of its response.</summary>
    private protected Task<T> SendForObjectAsync<T>(ApiRequest request, Func<JsonFields, T> read, CancellationToken cancellationToken) =>
        SendAsync(request, json => ReadOne(json?.ReadAll(), request, read), cancellationToken);

    private protected Task<ApiStream> OpenAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Transport.OpenStreamAsync(Address, request, Options, ProbeAsync, cancellationToken);

    /// <summary>The address at which /version shows whether the server responds.</summary>
    private protected virtual string ProbeAddress => Address;

    /// <summary>Checks whether the server responds.</summary>
    /// <exception cref="ScramjetException">The server doesn't respond.</exception>
    internal async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var time = Timings.Shorter(Transport.Timeout, Timings.Probe);
            var options = new RequestOptions { Timeout = time, Trace = Options?.Trace, ContentTrace = Options?.ContentTrace };
            await Transport.SendAsync(ProbeAddress, Get("/version"), options, null, static json => json?.ReadAll(), cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.StatusCode is not null && (int)e.StatusCode < 500 && e.StatusCode != System.Net.HttpStatusCode.NotFound)
        {
            // Any response shows that the server is running.
        }
    }

    /// <summary>Checks whether the server of a stream without data responds.</summary>
    /// <exception cref="ScramjetApiException"><c>STREAM_BROKEN</c>: the server doesn't respond.</exception>
    internal async Task ProbeAsync(ApiStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await ProbeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetException e)
        {
            throw stream.ServerSilent(e);
        }
    }

    /// <summary>The caller's options with a short time limit, for details that may be missing.</summary>
    private protected RequestOptions DetailOptions()
    {
        var time = Timings.Shorter(Options?.Timeout ?? Transport.Timeout, Timings.OptionalDetail);
        return (Options ?? new RequestOptions()).Within(time);
    }

    /// <summary>Sends a body of unknown length.</summary>
    private protected Task StreamAsync(string path, StreamBody body, bool? end, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Post, path)
        {
            Content = () => body.ToContent(cancellationToken),
            Timeout = Timeout.InfiniteTimeSpan,
            Waiting = () => body.Waiting,
        };
        if (end is not null)
            request.Header("x-end-stream", end.Value ? "true" : "false");
        return SendAsync(request, cancellationToken);
    }

    /// <summary>Gets an object.</summary>
    private protected Task<T> GetOneAsync<T>(string path, Func<JsonFields, T> read, CancellationToken cancellationToken) =>
        SendForObjectAsync(Get(path), read, cancellationToken);

    /// <summary>Gets an object, or null if the server responds with 404.</summary>
    private protected Task<T?> GetOneOrNullAsync<T>(string path, Func<JsonFields, T> read, CancellationToken cancellationToken) where T : class
    {
        var request = Get(path);
        request.MayBeMissing = true;
        return SendForObjectAsync<T?>(request, read, cancellationToken);
    }

    /// <summary>Gets a list of objects. They are read one by one, without a tree of the whole list.</summary>
    /// <param name="path">The path of the route.</param>
    /// <param name="read">Reads an object.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="flatten">Returns the objects of an item; null if each item is an object.</param>
    private protected Task<IReadOnlyList<T>> GetListAsync<T>(
        string path,
        Func<JsonFields, T> read,
        CancellationToken cancellationToken,
        Func<object?, IEnumerable<object?>>? flatten = null)
    {
        var request = Get(path);
        return SendAsync(
            request,
            json =>
            {
                var items = ReadItems(json, request);
                return ReadList(flatten is null ? items : items.SelectMany(flatten), request, read);
            },
            cancellationToken);
    }

    private protected IEnumerable<object?> ReadItems(JsonValueReader? json, ApiRequest request) =>
        json?.ReadItems() ?? throw WrongShape(request, "an array", json?.ReadAll());

    /// <summary>Reads a list in a field of a response.</summary>
    private protected IReadOnlyList<T> ReadList<T>(JsonFields answer, string name, ApiRequest request, Func<JsonFields, T> read) =>
        answer.Source.Find(name) is object?[] items ? ReadList(items, request, read) : throw WrongShape(request, name, answer.Source);

    /// <summary>Reads a list. Its items must be objects with an id.</summary>
    private protected IReadOnlyList<T> ReadList<T>(IEnumerable<object?> items, ApiRequest request, Func<JsonFields, T> read)
    {
        var result = new List<T>();
        foreach (var item in items)
            result.Add(ReadOne(item, request, read));
        return result;
    }

    private T ReadOne<T>(object? item, ApiRequest request, Func<JsonFields, T> read)
    {
        var source = item as JsonMap ?? throw WrongShape(request, "an object", item);
        try
        {
            var result = read(new JsonFields(source));
            if (result is Entity entity)
                entity.Transport = Transport;
            return result;
        }
        catch (FormatException)
        {
            throw WrongShape(request, "an object with an id", item);
        }
    }

    private ScramjetApiException WrongShape(ApiRequest request, string expected, object? answer) => ResponseErrors.WrongShape(
        Transport.NewCall(Address, request, Options, Timeout.InfiniteTimeSpan),
        expected,
        answer is null ? null : JsonText.ToToken(answer).ToString(Formatting.None));

    /// <summary>Measures the time since the last progress.</summary>
    private sealed class TimedProgress(IProgress<long>? next) : IProgress<long>
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();

        public TimeSpan Age => _clock.Elapsed;

        public void Report(long value)
        {
            _clock.Restart();
            next?.Report(value);
        }
    }

    private static StringContent JsonBody(JToken body)
    {
        var content = new StringContent(body.ToString(Formatting.None), Encoding.UTF8);
        content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
        return content;
    }
}
