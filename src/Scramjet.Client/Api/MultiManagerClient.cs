using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

/// <summary>
/// A multi-manager: the spaces of one machine, for its operator. Every method throws <see cref="ScramjetApiException"/> if a request fails.
/// </summary>
public sealed class MultiManagerClient : ApiClient
{
    /// <summary>Creates a client for the multi-manager at the transport's address.</summary>
    public MultiManagerClient(ScramjetTransport transport) : base(transport, transport.BaseUri.AbsoluteUri.TrimEnd('/'))
    {
    }

    /// <summary>Creates a space by starting its manager: <c>POST {mm}/start</c>.</summary>
    /// <param name="configuration">The configuration of the space's manager.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Space> CreateSpaceAsync(JObject configuration, CancellationToken cancellationToken = default) =>
        SendForObjectAsync(Post("/start", new JObject { ["manager"] = configuration }), ReadSpace, cancellationToken);

    /// <summary>Lists the spaces: <c>GET {mm}/list</c>.</summary>
    public Task<IReadOnlyList<Space>> ListSpacesAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/list", ReadSpace, cancellationToken);

    /// <summary>Gets the version: <c>GET {mm}/version</c>.</summary>
    public Task<VersionInfo> GetVersionAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/version", fields => new VersionInfo(fields), cancellationToken);

    /// <summary>Gets the load of its machine: <c>GET {mm}/load</c>.</summary>
    public Task<LoadCheck> GetLoadAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/load", fields => new LoadCheck(fields, null, null), cancellationToken);

    /// <summary>Gets information about the multi-manager: <c>GET {mm}/info</c>.</summary>
    public Task<MultiManagerInfo> GetInfoAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/info", fields => new MultiManagerInfo(fields), cancellationToken);

    /// <summary>Gets the client for a space. No request is sent.</summary>
    public SpaceClient GetSpaceClient(string spaceId) =>
        Child(new SpaceClient(Transport, $"{Address}/cpm/{PathSegment.Encode(spaceId, "space")}/api/v1", spaceId));

    private Space ReadSpace(JsonFields fields) => new(fields, GetSpaceClient(fields.RequiredId()));

    /// <summary>Opens the log of the multi-manager: <c>GET /log</c>.</summary>
    public Task<ApiStream> GetLogStreamAsync(CancellationToken cancellationToken = default) => OpenAsync(Get("/log"), cancellationToken);
}
