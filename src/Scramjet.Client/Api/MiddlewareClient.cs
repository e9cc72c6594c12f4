using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

/// <summary>
/// The middleware of a platform: its spaces and their access keys. Every method throws <see cref="ScramjetApiException"/> if a request fails.
/// </summary>
public sealed class MiddlewareClient : ApiClient
{
    /// <summary>Creates a client for the platform at the transport's address.</summary>
    /// <param name="transport">The transport to the middleware, such as <c>https://api.scramjet.cloud/api/v1</c>, with its token.</param>
    public MiddlewareClient(ScramjetTransport transport) : base(transport, transport.BaseUri.AbsoluteUri.TrimEnd('/'))
    {
    }

    /// <summary>Lists the spaces that the token has access to: <c>GET {mw}/spaces</c>.</summary>
    public Task<IReadOnlyList<Space>> ListSpacesAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/spaces", fields => new Space(fields, GetSpaceClient(fields.RequiredId())), cancellationToken);

    /// <summary>Gets the version: <c>GET {mw}/version</c>.</summary>
    public Task<VersionInfo> GetVersionAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/version", fields => new VersionInfo(fields), cancellationToken);

    /// <summary>Lists a space's access keys, without the keys themselves: <c>GET {mw}/space/{id}/apikey</c>.</summary>
    public Task<IReadOnlyList<AccessKey>> ListAccessKeysAsync(string spaceId, CancellationToken cancellationToken = default)
    {
        var request = Get(KeyPath(spaceId)).Header("Content-Type", "application/json");
        return SendForObjectAsync(request, answer => ReadList(answer, "accessKeys", request, Read), cancellationToken);

        AccessKey Read(JsonFields fields) => new(fields, spaceId, Address + KeyPath(spaceId));
    }

    /// <summary>Creates an access key: <c>POST {mw}/space/{id}/apikey</c>. The response is secret and can't be requested again.</summary>
    public Task<JObject> CreateAccessKeyAsync(string spaceId, string description, CancellationToken cancellationToken = default)
    {
        var request = Post(KeyPath(spaceId), new JObject { ["description"] = description });
        request.AnswersSecret = true;
        return SendForObjectAsync(request, static answer => (JObject)JsonText.ToToken(answer.Source), cancellationToken);
    }

    /// <summary>Revokes one key: <c>DELETE {mw}/space/{id}/apikey</c> with <c>x-revoke</c>.</summary>
    public Task RevokeAccessKeyAsync(string spaceId, string key, CancellationToken cancellationToken = default)
    {
        var request = Delete(KeyPath(spaceId)).Header("x-revoke", key);
        request.Secret = key;
        return SendAsync(request, cancellationToken);
    }

    /// <summary>Revokes all of a space's keys: <c>DELETE {mw}/space/{id}/apikey</c> with <c>x-revoke-all</c>.</summary>
    /// <returns>The number of revoked keys; null if the platform doesn't report it.</returns>
    public Task<int?> RevokeAllAccessKeysAsync(string spaceId, CancellationToken cancellationToken = default) => SendAsync(
        Delete(KeyPath(spaceId)).Header("x-revoke-all", "true"),
        static json => (int?)(json?.ReadAll() is JsonMap answer ? new JsonFields(answer).Integer("keysRevoked") : null),
        cancellationToken);

    /// <summary>Gets the client for a space. No request is sent.</summary>
    public SpaceClient GetSpaceClient(string spaceId) =>
        Child(new SpaceClient(Transport, $"{Address}/space/{PathSegment.Encode(spaceId, "space")}/api/v1", spaceId) { Middleware = this });

    private static string KeyPath(string spaceId) => $"/space/{PathSegment.Encode(spaceId, "space")}/apikey";

    /// <summary>Opens the audit of the platform, which is NDJSON: <c>GET /audit</c>.</summary>
    public Task<ApiStream> GetAuditStreamAsync(CancellationToken cancellationToken = default) => OpenAsync(Get("/audit"), cancellationToken);
}
