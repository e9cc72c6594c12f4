using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

/// <summary>
/// The common parts of spaces and hubs: a version, a log, an audit, and topics. Every method throws <see cref="ScramjetApiException"/> if a request fails.
/// </summary>
public abstract class PlaceClient : ApiClient
{
    private protected PlaceClient(ScramjetTransport transport, string address) : base(transport, address)
    {
    }

    /// <summary>Gets the version: <c>GET /version</c>.</summary>
    public Task<VersionInfo> GetVersionAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/version", fields => new VersionInfo(fields), cancellationToken);

    /// <summary>Opens the log: <c>GET /log</c>.</summary>
    public Task<ApiStream> GetLogStreamAsync(CancellationToken cancellationToken = default) => OpenAsync(Get("/log"), cancellationToken);

    /// <summary>Opens the audit, which is NDJSON: <c>GET /audit</c>. Hubs since 0.26.</summary>
    public virtual Task<ApiStream> GetAuditStreamAsync(CancellationToken cancellationToken = default) => OpenAsync(Get("/audit"), cancellationToken);

    /// <summary>Lists the topics: <c>GET /topics</c>.</summary>
    public abstract Task<IReadOnlyList<Topic>> ListTopicsAsync(CancellationToken cancellationToken = default);

    /// <summary>Sends data to a topic: <c>POST /topic/{name}</c>. Creates the topic if it doesn't exist.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="body">The data, which can be written while it is sent.</param>
    /// <param name="endStream">Whether the topic ends with this data.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ScramjetException">
    /// <c>BAD_PARAMETERS</c>: the topic has another content type, which the message contains, or the hub rejects the name. Nothing was sent.
    /// </exception>
    public async Task SendTopicDataAsync(string name, StreamBody body, bool endStream = false, CancellationToken cancellationToken = default)
    {
        // The response isn't read before the body has ended, so a wrong content type must be detected before.
        if (await TopicsKeepTheirTypeAsync(cancellationToken).ConfigureAwait(false))
            await RequireTopicTypeAsync(name, body.ContentType, null, cancellationToken).ConfigureAwait(false);
        try
        {
            await StreamAsync(TopicPath(name), body, endStream, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (IsRejectedName(e, name))
        {
            throw TopicName.Rejected(name, e);
        }
    }

    /// <summary>Opens a topic's data: <c>GET /topic/{name}</c>. Creates the topic if it doesn't exist.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="contentType">The topic's content type.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ScramjetApiException"><c>BAD_PARAMETERS</c>: the topic has another content type, which the message contains.</exception>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the content type is invalid, or the hub rejects the name.</exception>
    public async Task<ApiStream> GetTopicStreamAsync(string name, string contentType, CancellationToken cancellationToken = default)
    {
        try
        {
            return await OpenAsync(Get(TopicPath(name)).Header("Content-Type", ContentTypes.Check(contentType)), cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (IsRejectedName(e, name))
        {
            throw TopicName.Rejected(name, e);
        }
        catch (ScramjetApiException e) when ((int?)e.StatusCode is 400 or 415 or 500)
        {
            await RequireTopicTypeAsync(name, contentType, e, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Gets the content type of a topic; null if the topic isn't listed.</summary>
    internal async Task<string?> GetTopicTypeAsync(string name, CancellationToken cancellationToken) =>
        (await ListTopicsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(t => t.Name == name)?.ContentType;

    private protected abstract string Place { get; }

    private static string TopicPath(string name) => "/topic/" + TopicName.Encode(name);

    private protected static bool IsRejectedName(ScramjetApiException error, string name) =>
        error.StatusCode == HttpStatusCode.BadRequest && !TopicName.IsValid(name);

    /// <summary>Returns whether data with another content type than the topic's is rejected. Hubs of 1.0 respond with 500 and no reason.</summary>
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
            // The original error is reported.
            return;
        }

        if (type is null || ContentTypes.AreSame(type, contentType))
            return;

        var message = $"The topic '{name}' on '{Place}' has the content type {type}, not {contentType}.";
        var advice = $"Use {type} for this topic, or use another topic.";
        throw cause is null
            ? new ScramjetException(ErrorCodes.BadParameters, message, advice)
            : new ScramjetApiException(ErrorCodes.BadParameters, message, cause.Method, cause.Uri, cause.StatusCode, cause.ServerMessage, advice, cause);
    }
}
