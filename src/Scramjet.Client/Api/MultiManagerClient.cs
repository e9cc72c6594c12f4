using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

/// <summary>
/// An operator's view of the managers that one machine runs.
/// Every method throws <see cref="ScramjetApiException"/> for a request that fails.
/// </summary>
public sealed class MultiManagerClient : ApiClient
{
    /// <summary>Makes a client for the multi-manager that the transport leads to.</summary>
    public MultiManagerClient(ScramjetTransport transport) : base(transport, transport.BaseUri.AbsoluteUri.TrimEnd('/'))
    {
    }

    /// <summary>Starts a manager: <c>POST {mm}/start</c>.</summary>
    /// <param name="configuration">The manager's configuration.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<Space> CreateSpaceAsync(JObject configuration, CancellationToken cancellationToken = default)
    {
        var request = Post("/start", new JObject { ["manager"] = configuration });
        var answer = await SendForObjectAsync(request, cancellationToken).ConfigureAwait(false);
        return ReadOne(answer, request, fields => new Space(fields, GetSpaceClient(fields.RequiredId())));
    }

    /// <summary>The managers, which are the spaces: <c>GET {mm}/list</c>.</summary>
    public Task<IReadOnlyList<Space>> ListSpacesAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/list", fields => new Space(fields, GetSpaceClient(fields.RequiredId())), cancellationToken);

    /// <summary>The version: <c>GET {mm}/version</c>.</summary>
    public Task<VersionInfo> GetVersionAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/version", fields => new VersionInfo(fields), cancellationToken);

    /// <summary>The load of its machine: <c>GET {mm}/load</c>.</summary>
    public Task<LoadCheck> GetLoadAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/load", fields => new LoadCheck(fields, null, null), cancellationToken);

    /// <summary>What it says of itself: <c>GET {mm}/info</c>.</summary>
    public Task<MultiManagerInfo> GetInfoAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/info", fields => new MultiManagerInfo(fields), cancellationToken);

    /// <summary>The client for a space; no request is sent.</summary>
    public SpaceClient GetSpaceClient(string managerId) =>
        Child(new SpaceClient(Transport, $"{Address}/cpm/{PathSegment.Encode(managerId, "space")}/api/v1", managerId));

    /// <summary>The log of the multi-manager, as it is written: <c>GET /log</c>.</summary>
    public Task<ApiStream> GetLogStreamAsync(CancellationToken cancellationToken = default) => OpenAsync(Get("/log"), cancellationToken);
}
