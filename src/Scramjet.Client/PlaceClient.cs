using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client;

/// <summary>
/// What a space and a hub have in common: a version, a log, an audit, and topics. Every method throws <see cref="ScramjetApiException"/>
/// for a request that fails.
/// </summary>
public abstract class PlaceClient : ApiClient
{
    private protected PlaceClient(ScramjetTransport transport, string address) : base(transport, address)
    {
    }

    /// <summary>The version: <c>GET /version</c>.</summary>
    public Task<VersionInfo> GetVersionAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/version", fields => new VersionInfo(fields), cancellationToken);

    /// <summary>The log, as it is written: <c>GET /log</c>.</summary>
    public Task<ApiStream> GetLogStreamAsync(CancellationToken cancellationToken = default) => OpenAsync(Get("/log"), cancellationToken);

    /// <summary>The audit, as NDJSON: <c>GET /audit</c>. Hubs since 0.26.</summary>
    public virtual Task<ApiStream> GetAuditStreamAsync(CancellationToken cancellationToken = default) => OpenAsync(Get("/audit"), cancellationToken);

    /// <summary>Sends data to a topic, which comes to be if it isn't there: <c>POST /topic/{name}</c>.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="body">The data, which may still be in the making.</param>
    /// <param name="endStream">Whether the topic ends with it.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task SendNamedDataAsync(string name, StreamBody body, bool endStream = false, CancellationToken cancellationToken = default) =>
        StreamAsync("/topic/" + PathSegment.Encode(name, "topic"), body, endStream, cancellationToken);

    /// <summary>A topic's data as it comes: <c>GET /topic/{name}</c>. The topic comes to be if it isn't there.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="contentType">The topic's content type.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the content type isn't one.</exception>
    public Task<ApiStream> GetNamedDataAsync(string name, string contentType, CancellationToken cancellationToken = default) =>
        OpenAsync(Get("/topic/" + PathSegment.Encode(name, "topic")).Header("Content-Type", ContentTypes.Check(contentType)), cancellationToken);
}
