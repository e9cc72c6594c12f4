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
/// A space. Every method throws <see cref="ScramjetApiException"/> for a request that fails.
/// </summary>
public sealed class SpaceClient : PlaceClient
{
    internal SpaceClient(ScramjetTransport transport, string address, string spaceId) : base(transport, address) => SpaceId = spaceId;

    /// <summary>The space's id.</summary>
    public string SpaceId { get; }

    private protected override string Place => SpaceId;

    private protected override Task<bool> TopicsKeepTheirTypeAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>The platform that the space was found by; null for one of a multi-manager, or found by a hub.</summary>
    public MiddlewareClient? Middleware { get; internal set; }

    /// <summary>The hubs: <c>GET {space}/list</c>.</summary>
    public Task<IReadOnlyList<Hub>> ListHubsAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/list", ReadHub, cancellationToken);

    /// <summary>One hub: <c>GET {space}/sth/{hubId}/info</c>.</summary>
    public Task<Hub> GetHubAsync(string hubId, CancellationToken cancellationToken = default) =>
        GetOneAsync($"/sth/{PathSegment.Encode(hubId, "hub")}/info", ReadHub, cancellationToken);

    /// <summary>The load of the manager's machine: <c>GET {space}/load</c>.</summary>
    public Task<LoadCheck> GetLoadAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/load", fields => new LoadCheck(fields, SpaceId, null), cancellationToken);

    /// <summary>The manager's public configuration: <c>GET {space}/config</c>.</summary>
    public async Task<OrderedDictionary> GetConfigAsync(CancellationToken cancellationToken = default)
    {
        var answer = await SendForObjectAsync(Get("/config"), cancellationToken).ConfigureAwait(false);
        return (OrderedDictionary)JsonText.ToPlain(answer["config"] as JObject ?? answer)!;
    }

    /// <summary>The sequences of the space's hubs: <c>GET {space}/sequences</c>. Older platforms answer ids alone.</summary>
    public Task<IReadOnlyList<Sequence>> ListSequencesAsync(CancellationToken cancellationToken = default) => SequencesAsync("/sequences", cancellationToken);

    /// <summary>The sequences of the space's hubs and of its store: <c>GET {space}/all_sequences</c>.</summary>
    public Task<IReadOnlyList<Sequence>> ListAllSequencesAsync(CancellationToken cancellationToken = default) => SequencesAsync("/all_sequences", cancellationToken);

    /// <summary>The instances of the space's hubs: <c>GET {space}/instances</c>. Older platforms answer nested arrays of ids.</summary>
    public async Task<IReadOnlyList<Instance>> ListInstancesAsync(CancellationToken cancellationToken = default)
    {
        var request = Get("/instances");
        var items = Flatten(await SendForArrayAsync(request, cancellationToken).ConfigureAwait(false));
        return ReadList(items, request, fields => new Instance(fields, HostOf(InstanceLocation(fields.Source)).GetInstanceClient(fields.RequiredId())));
    }

    /// <summary>The topics across the space: <c>GET {space}/topics</c>.</summary>
    public override Task<IReadOnlyList<Topic>> ListTopicsAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/topics", fields => new Topic(fields, this, SpaceId, null), cancellationToken);

    /// <summary>The packages in the space's store: <c>GET {space}/s3</c>.</summary>
    public Task<IReadOnlyList<StoreItem>> ListStoreItemsAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/s3", fields => new StoreItem(fields, this), cancellationToken);

    /// <summary>Puts a package into the space's store: <c>PUT {space}/s3/{id}</c>.</summary>
    /// <param name="package">Makes the package's stream; it is closed afterwards.</param>
    /// <param name="id">The id that it gets; null to have one made.</param>
    /// <param name="progress">Told of the bytes sent.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<StoreItem> UploadStoreItemAsync(PackageSource package, string? id = null, System.IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var request = Upload(HttpMethod.Put, id is null ? "/s3/" : StoreItemPath(id), package, progress, cancellationToken);
        request.ConflictSituation = ErrorSituation.StoreItemIdInUse;
        request.ConflictAdvice = "Specify another id, or remove the existing item first.";
        return ReadOne(await SendAsync(request, cancellationToken).ConfigureAwait(false), request, fields => new StoreItem(fields, this));
    }

    /// <summary>Removes a package from the space's store: <c>DELETE {space}/s3/{id}</c>.</summary>
    public Task DeleteStoreItemAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(Delete(StoreItemPath(id)), cancellationToken);

    /// <summary>Removes all packages from the space's store: <c>DELETE {space}/store</c>.</summary>
    public Task ClearStoreAsync(CancellationToken cancellationToken = default) => SendAsync(Delete("/store"), cancellationToken);

    /// <summary>Disconnects self-hosted hubs: <c>POST {space}/disconnect</c>.</summary>
    /// <param name="hubId">The hub; null for all of them.</param>
    /// <param name="limit">The most hubs to disconnect; null or 0 for no limit.</param>
    /// <param name="accessKey">Only the hubs that connected with this key.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<IReadOnlyList<DisconnectedHub>> DisconnectHubsAsync(string? hubId = null, int? limit = null, string? accessKey = null, CancellationToken cancellationToken = default)
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
        var answer = await SendForObjectAsync(request, cancellationToken).ConfigureAwait(false);
        return answer["disconnected"] is JArray items ? ReadList(items, request, fields => new DisconnectedHub(fields, SpaceId)) : [];
    }

    /// <summary>Removes a hub from the space: <c>DELETE {space}/sth/{hubId}</c>.</summary>
    /// <param name="hubId">The hub.</param>
    /// <param name="force">Also when it is connected.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task DeleteHubAsync(string hubId, bool force, CancellationToken cancellationToken = default) =>
        SendAsync(Delete($"/sth/{PathSegment.Encode(hubId, "hub")}").Header("x-force", force ? "true" : "false"), cancellationToken);

    /// <summary>The client for a hub; no request is sent.</summary>
    public HubClient GetHubClient(string hubId) =>
        Child(new HubClient(Transport, $"{Address}/sth/{PathSegment.Encode(hubId, "hub")}/api/v1", SpaceId, hubId));

    private Hub ReadHub(JsonFields fields)
    {
        var hub = new Hub(fields, GetHubClient(fields.RequiredId()));
        Transport.HubVersions.SetConnected(hub.Client.Address, hub.LastConnected);
        return hub;
    }

    private static string StoreItemPath(string id) => "/s3/" + PathSegment.Encode(id, "store item");

    private async Task<IReadOnlyList<Sequence>> SequencesAsync(string path, CancellationToken cancellationToken)
    {
        var request = Get(path);
        var items = Flatten(await SendForArrayAsync(request, cancellationToken).ConfigureAwait(false));
        return ReadList(items, request, fields => new Sequence(fields, HostOf(new JsonFields(fields.Source).Text("location")).GetSequenceClient(fields.RequiredId())));
    }

    // Where the platform doesn't say which hub holds something, a request for it would not find its way: the id stays readable.
    private HubClient HostOf(string? hubId) => GetHubClient(string.IsNullOrEmpty(hubId) ? "unknown" : hubId!);

    private static string? InstanceLocation(JObject instance) =>
        new JsonFields(instance).Text("location") ?? new JsonFields(instance).Object("sequence")?.Text("location");

    /// <summary>Ids and nested arrays of ids become objects.</summary>
    private static JArray Flatten(JArray items) => new(items.SelectMany(Leaves));

    private static IEnumerable<JToken> Leaves(JToken item) => item switch
    {
        JArray array => array.SelectMany(Leaves),
        JValue { Type: JTokenType.String } id => [new JObject { ["id"] = id }],
        _ => [item],
    };
}
