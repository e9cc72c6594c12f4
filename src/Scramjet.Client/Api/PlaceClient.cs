using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

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

    /// <summary>The topics: <c>GET /topics</c>.</summary>
    public abstract Task<IReadOnlyList<Topic>> ListTopicsAsync(CancellationToken cancellationToken = default);

    /// <summary>Sends data to a topic, which comes to be if it isn't there: <c>POST /topic/{name}</c>.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="body">The data, which may still be in the making.</param>
    /// <param name="endStream">Whether the topic ends with it.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the topic has another content type, which the message names. Nothing was sent.</exception>
    public async Task SendTopicDataAsync(string name, StreamBody body, bool endStream = false, CancellationToken cancellationToken = default)
    {
        // No answer is read before the body has ended: what would be refused then is found out before.
        if (await TopicsKeepTheirTypeAsync(cancellationToken).ConfigureAwait(false))
            await RequireTopicTypeAsync(name, body.ContentType, null, cancellationToken).ConfigureAwait(false);
        await StreamAsync(TopicPath(name), body, endStream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A topic's data as it comes: <c>GET /topic/{name}</c>. The topic comes to be if it isn't there.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="contentType">The topic's content type.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ScramjetApiException"><c>BAD_PARAMETERS</c>: the topic has another content type, which the message names.</exception>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the content type isn't one.</exception>
    public async Task<ApiStream> GetTopicStreamAsync(string name, string contentType, CancellationToken cancellationToken = default)
    {
        try
        {
            return await OpenAsync(Get(TopicPath(name)).Header("Content-Type", ContentTypes.Check(contentType)), cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when ((int?)e.StatusCode is 400 or 415 or 500)
        {
            await RequireTopicTypeAsync(name, contentType, e, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The content type that a topic has; null where the place doesn't list it.</summary>
    internal async Task<string?> GetTopicTypeAsync(string name, CancellationToken cancellationToken) =>
        (await ListTopicsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(t => t.Name == name)?.ContentType;

    private protected abstract string Place { get; }

    private static string TopicPath(string name) => "/topic/" + PathSegment.Encode(name, "topic");

    /// <summary>Whether data of another content type than a topic's is refused. Hubs of 1.0 do that with 500 and no reason.</summary>
    private protected abstract Task<bool> TopicsKeepTheirTypeAsync(CancellationToken cancellationToken);

    private async Task RequireTopicTypeAsync(string name, string contentType, ScramjetApiException? cause, CancellationToken cancellationToken)
    {
        string? type;
        try
        {
            type = await GetTopicTypeAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetException)
        {
            // What went wrong first counts.
            return;
        }

        if (type is null || ContentTypes.AreSame(type, contentType))
            return;

        var message = $"The topic '{name}' on '{Place}' has the content type {type}, not {contentType}.";
        var advice = $"Use {type} for this topic, or another topic.";
        throw cause is null
            ? new ScramjetException(ErrorCodes.BadParameters, message, advice)
            : new ScramjetApiException(ErrorCodes.BadParameters, message, cause.Method, cause.Uri, cause.StatusCode, cause.ServerMessage, advice, cause);
    }
}
