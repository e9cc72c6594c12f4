using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Api;

/// <summary>
/// A space. Every method throws <see cref="ScramjetApiException"/> if a request fails.
/// </summary>
public sealed class SpaceClient : PlaceClient
{
    private MiddlewareClient? _middleware;

    internal SpaceClient(ScramjetTransport transport, string address, string spaceId) : base(transport, address) => SpaceId = spaceId;

    /// <summary>The space's id.</summary>
    public string SpaceId { get; }

    private protected override string Place => SpaceId;

    private protected override Task<bool> TopicsKeepTheirTypeAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>The client of the space's platform; null if the space was found through a multi-manager or a hub.</summary>
    public MiddlewareClient? Middleware
    {
        get => _middleware is null ? null : With(_middleware, Options);
        internal set => _middleware = value is null ? null : With(value, null);
    }

    /// <summary>Lists the hubs: <c>GET {space}/list</c>.</summary>
    public Task<IReadOnlyList<Hub>> ListHubsAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/list", ReadHub, cancellationToken);

    /// <summary>Completes a space with the ids of its hubs, if they can be listed soon.</summary>
    internal async Task CompleteAsync(Space space, CancellationToken cancellationToken)
    {
        try
        {
            space.Hubs = [.. (await With(this, DetailOptions()).ListHubsAsync(cancellationToken).ConfigureAwait(false)).Select(hub => hub.Id)];
        }
        catch (ScramjetException)
        {
            // The space is known without them.
        }
    }

    /// <summary>Gets a hub: <c>GET {space}/sth/{hubId}/info</c>.</summary>
    public Task<Hub> GetHubAsync(string hubId, CancellationToken cancellationToken = default) =>
        GetOneAsync($"/sth/{PathSegment.Encode(hubId, "hub")}/info", ReadHub, cancellationToken);

    /// <summary>Gets the load of the space's machine: <c>GET {space}/load</c>.</summary>
    public Task<LoadCheck> GetLoadAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/load", fields => new LoadCheck(fields, SpaceId, null), cancellationToken);

    /// <summary>Gets the space's public configuration: <c>GET {space}/config</c>.</summary>
    public Task<OrderedDictionary> GetConfigAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/config", static answer => (answer.Object("config") ?? answer).ToPlain(), cancellationToken);

    /// <summary>Lists the sequences of the space's hubs: <c>GET {space}/sequences</c>. Older platforms list only ids.</summary>
    public Task<IReadOnlyList<Sequence>> ListSequencesAsync(CancellationToken cancellationToken = default) => SequencesAsync("/sequences", cancellationToken);

    /// <summary>Lists the sequences of the space's hubs and store: <c>GET {space}/all_sequences</c>.</summary>
    public Task<IReadOnlyList<Sequence>> ListAllSequencesAsync(CancellationToken cancellationToken = default) =>
        SequencesAsync("/all_sequences", cancellationToken);

    /// <summary>Lists the instances of the space's hubs: <c>GET {space}/instances</c>. Older platforms list nested arrays of ids.</summary>
    public Task<IReadOnlyList<Instance>> ListInstancesAsync(CancellationToken cancellationToken = default) => GetListAsync(
        "/instances",
        fields => new Instance(fields, HubOf(InstanceLocation(fields.Source)).GetInstanceClient(fields.RequiredId())),
        cancellationToken,
        Leaves);

    /// <summary>Lists the topics of the space: <c>GET {space}/topics</c>.</summary>
    public override Task<IReadOnlyList<Topic>> ListTopicsAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/topics", fields => new Topic(fields, this, SpaceId, null), cancellationToken);

    /// <summary>Lists the packages in the space's store: <c>GET {space}/s3</c>.</summary>
    public Task<IReadOnlyList<StoreItem>> ListStoreItemsAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/s3", ReadStoreItem, cancellationToken);

    /// <summary>Uploads a package to the space's store: <c>PUT {space}/s3/{id}</c>.</summary>
    /// <param name="package">The package.</param>
    /// <param name="id">Its id in the store; null for a new id.</param>
    /// <param name="progress">Receives the number of bytes sent.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<StoreItem> UploadStoreItemAsync(
        PackageSource package,
        string? id = null,
        System.IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var request = Upload(HttpMethod.Put, id is null ? "/s3/" : StoreItemPath(id), package, progress, cancellationToken);
        request.ConflictSituation = ErrorSituation.StoreItemIdInUse;
        request.ConflictAdvice = "Specify another id, or remove the existing item first.";
        return SendForObjectAsync(request, ReadStoreItem, cancellationToken);
    }

    /// <summary>Removes a package from the space's store: <c>DELETE {space}/s3/{id}</c>.</summary>
    public Task DeleteStoreItemAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(Delete(StoreItemPath(id)), cancellationToken);

    /// <summary>Removes all packages from the space's store: <c>DELETE {space}/store</c>.</summary>
    public Task ClearStoreAsync(CancellationToken cancellationToken = default) => SendAsync(Delete("/store"), cancellationToken);

    /// <summary>Disconnects self-hosted hubs: <c>POST {space}/disconnect</c>.</summary>
    /// <param name="hubId">The hub; null for all hubs.</param>
    /// <param name="limit">How many self-hosted hubs may stay connected; null or 0 for none.</param>
    /// <param name="accessKey">Disconnects only the hubs that were connected with this key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<IReadOnlyList<DisconnectedHub>> DisconnectHubsAsync(
        string? hubId = null,
        int? limit = null,
        string? accessKey = null,
        CancellationToken cancellationToken = default)
    {
        var body = new JObject();
        if (hubId is not null)
            body["id"] = hubId;
        if (limit is not null)
            body["limit"] = limit;
        if (accessKey is not null)
            body["accessKey"] = accessKey;

        var request = Post("/disconnect", body);
        request.Secret = accessKey;
        return SendForObjectAsync<IReadOnlyList<DisconnectedHub>>(
            request,
            answer => answer.Source.Find("disconnected") is object?[] items ? ReadList(items, request, fields => new DisconnectedHub(fields, SpaceId)) : [],
            cancellationToken);
    }

    /// <summary>Removes a hub from the space: <c>DELETE {space}/sth/{hubId}</c>.</summary>
    /// <param name="hubId">The hub.</param>
    /// <param name="force">Whether to remove it even if it is connected.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task DeleteHubAsync(string hubId, bool force, CancellationToken cancellationToken = default) =>
        SendAsync(Delete($"/sth/{PathSegment.Encode(hubId, "hub")}").Header("x-force", force ? "true" : "false"), cancellationToken);

    /// <summary>Gets the client for a hub. No request is sent.</summary>
    public HubClient GetHubClient(string hubId) =>
        Child(new HubClient(Transport, $"{Address}/sth/{PathSegment.Encode(hubId, "hub")}/api/v1", SpaceId, hubId));

    private Hub ReadHub(JsonFields fields)
    {
        var hub = new Hub(fields, GetHubClient(fields.RequiredId()));
        Transport.HubVersions.SetConnected(hub.Client.Address, hub.LastConnected);
        return hub;
    }

    private StoreItem ReadStoreItem(JsonFields fields) => new(fields, this);

    private static string StoreItemPath(string id) => "/s3/" + PathSegment.Encode(id, "store item");

    private Task<IReadOnlyList<Sequence>> SequencesAsync(string path, CancellationToken cancellationToken) =>
        GetListAsync(path, ReadSequence, cancellationToken, Leaves);

    private Sequence ReadSequence(JsonFields fields) =>
        new(fields, HubOf(new JsonFields(fields.Source).Text("location")).GetSequenceClient(fields.RequiredId()));

    // If the platform doesn't report the hub, requests for the object fail, but its id can be read.
    private HubClient HubOf(string? hubId) => GetHubClient(string.IsNullOrEmpty(hubId) ? "unknown" : hubId!);

    private static string? InstanceLocation(JsonMap instance) =>
        new JsonFields(instance).Text("location") ?? new JsonFields(instance).Object("sequence")?.Text("location");

    /// <summary>Converts ids, and nested arrays of ids, to objects.</summary>
    private static IEnumerable<object?> Leaves(object? item) => item switch
    {
        object?[] items => items.SelectMany(Leaves),
        string id => [JsonMap.Of("id", id)],
        _ => [item],
    };
}
