using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Compat;
using Scramjet.Client.Http;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Api;

/// <summary>
/// A hub, in a space or alone. Every method throws <see cref="ScramjetApiException"/> for a request that fails,
/// and <see cref="ScramjetException"/> with <c>NOT_SUPPORTED</c> for what the hub's version doesn't have.
/// </summary>
public sealed class HubClient : PlaceClient
{
    private const int DetailRequests = 8;

    /// <summary>Makes a client for the self-hosted hub that the transport leads to, e.g. <c>http://127.0.0.1:8000/api/v1</c>.</summary>
    public HubClient(ScramjetTransport transport)
        : this(transport, transport.BaseUri.AbsoluteUri.TrimEnd('/'), null, transport.BaseUri.Authority)
    {
    }

    internal HubClient(ScramjetTransport transport, string address, string? spaceId, string hubId) : base(transport, address)
    {
        SpaceId = spaceId;
        HubId = hubId;
    }

    /// <summary>The id of the space that the hub is in; null for a hub that is used alone.</summary>
    public string? SpaceId { get; }

    /// <summary>The client for the space that the hub is in; null for a hub that is used alone.</summary>
    public SpaceClient? Space => SpaceId is null ? null : Child(new SpaceClient(Transport, Address.Substring(0, Address.LastIndexOf("/sth/", StringComparison.Ordinal)), SpaceId));

    /// <summary>The hub's id; for a hub that is used alone, its host and port until <see cref="IdentifyAsync"/> has asked it.</summary>
    public string HubId { get; }

    private protected override string Place => HubId;

    private protected override async Task<bool> TopicsKeepTheirTypeAsync(CancellationToken cancellationToken) =>
        (await GetHubVersionAsync(cancellationToken).ConfigureAwait(false)).SupportsManagement;

    /// <summary>The same client, knowing the id that a self-hosted hub has given itself, where its version tells it.</summary>
    public async Task<HubClient> IdentifyAsync(CancellationToken cancellationToken = default)
    {
        var version = await GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (SpaceId is not null || !version.SupportsManagement)
            return this;

        var config = await SendForObjectAsync(Get("/config"), cancellationToken).ConfigureAwait(false);
        return config["host"] is JObject host && new JsonFields(host).Text("id") is { Length: > 0 } id
            ? Child(new HubClient(Transport, Address, null, id))
            : this;
    }

    /// <summary>What is known of the hub: from its space, with its version if it is connected; or from itself where it is used alone.</summary>
    public async Task<Hub> GetInfoAsync(CancellationToken cancellationToken = default) => await CompleteAsync(
        Space is { } space
            ? await space.GetHubAsync(HubId, cancellationToken).ConfigureAwait(false)
            : new Hub(await IdentifyAsync(cancellationToken).ConfigureAwait(false)),
        cancellationToken).ConfigureAwait(false);

    /// <summary>A hub with what it tells of itself: its version, and all else where no space tells it.</summary>
    internal async Task<Hub> CompleteAsync(Hub hub, CancellationToken cancellationToken)
    {
        var bounded = With(this, BoundedOptions());
        if (!hub.IsAlone)
        {
            if (hub.Connected != false)
                hub.Version = (await bounded.OrNullAsync(client => client.GetHubVersionAsync(cancellationToken)).ConfigureAwait(false))?.Known;
            return hub;
        }

        var version = await GetVersionAsync(cancellationToken).ConfigureAwait(false);
        if (!Transport.HubVersions.Set(Address, HubVersion.Parse(version.Version)).SupportsManagement)
            return new Hub(hub.Client, version.Version);

        var config = bounded.OrNullAsync(client => client.SendForObjectAsync(Get("/config"), cancellationToken));
        var status = bounded.OrNullAsync(client => client.SendForObjectAsync(Get("/status"), cancellationToken));
        return new Hub(hub.Client, version.Version, Fields(await config.ConfigureAwait(false)), Fields(await status.ConfigureAwait(false)));

        static JsonFields? Fields(JObject? answer) => answer is null ? null : new JsonFields(answer);
    }

    /// <summary>The hub's version and what follows from it, asked for once.</summary>
    public Task<HubVersion> GetHubVersionAsync(CancellationToken cancellationToken = default) =>
        Transport.GetHubVersionAsync(Address, Options, cancellationToken);

    /// <summary>Whether the hub is connected to a space: <c>GET /status</c>. Hubs since 0.26.</summary>
    public async Task<OrderedDictionary> GetStatusAsync(CancellationToken cancellationToken = default) =>
        (OrderedDictionary)JsonText.ToPlain(await ManagementAsync(Get("/status"), "status", cancellationToken).ConfigureAwait(false))!;

    /// <summary>The hub's public configuration: <c>GET /config</c>. Hubs since 0.26.</summary>
    public async Task<OrderedDictionary> GetConfigAsync(CancellationToken cancellationToken = default) =>
        (OrderedDictionary)JsonText.ToPlain(await ManagementAsync(Get("/config"), "configuration", cancellationToken).ConfigureAwait(false))!;

    /// <summary>The load of the hub's machine: <c>GET /load-check</c>.</summary>
    public Task<LoadCheck> GetLoadAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/load-check", fields => new LoadCheck(fields, SpaceId, HubId), cancellationToken);

    /// <summary>The hub's sequences: <c>GET /sequences</c>.</summary>
    public Task<IReadOnlyList<Sequence>> ListSequencesAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/sequences", ReadSequence, cancellationToken);

    /// <summary>One sequence: <c>GET /sequence/{id}</c>.</summary>
    public Task<Sequence> GetSequenceAsync(string id, CancellationToken cancellationToken = default) =>
        GetSequenceClient(id).GetInfoAsync(cancellationToken);

    /// <summary>The ids of the sequences with a name, upstream's getSequenceId.</summary>
    public async Task<IReadOnlyList<string>> ListSequenceIdsAsync(string name, CancellationToken cancellationToken = default) =>
        (await ListSequencesAsync(cancellationToken).ConfigureAwait(false)).Where(s => s.Name == name).Select(s => s.Id).ToArray();

    /// <summary>Uploads a package: <c>POST /sequence</c>. It is never sent twice.</summary>
    /// <param name="package">The package.</param>
    /// <param name="progress">Told of the bytes sent.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<SequenceClient> UploadSequenceAsync(PackageSource package, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        UploadAsync(HttpMethod.Post, "/sequence", package, progress, cancellationToken);

    /// <summary>Puts a package in the place of a sequence: <c>PUT /sequence/{id}</c>. Hubs since 0.26; the sequence must have no instances.</summary>
    /// <param name="id">The sequence's id.</param>
    /// <param name="package">The package.</param>
    /// <param name="progress">Told of the bytes sent.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<SequenceClient> UpdateSequenceAsync(string id, PackageSource package, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var path = "/sequence/" + PathSegment.Encode(id, "sequence");
        await RequireManagementRoutesAsync("overwriting a sequence", cancellationToken).ConfigureAwait(false);
        return await UploadAsync(HttpMethod.Put, path, package, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a sequence: <c>DELETE /sequence/{id}</c>.</summary>
    /// <param name="id">The sequence's id.</param>
    /// <param name="force">Have the hub kill its instances first; see <see cref="SequenceClient.DeleteAsync"/>.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task DeleteSequenceAsync(string id, bool force = false, CancellationToken cancellationToken = default) =>
        GetSequenceClient(id).DeleteAsync(force, cancellationToken);

    /// <summary>The hub's instances: <c>GET /instances</c>. A hub that lists ids alone (0.18) is asked for each one.</summary>
    public async Task<IReadOnlyList<Instance>> ListInstancesAsync(CancellationToken cancellationToken = default)
    {
        var request = Get("/instances");
        var items = await SendForArrayAsync(request, cancellationToken).ConfigureAwait(false);
        var instances = ReadList(items, request, ReadInstance);
        return instances.Any(IsIdOnly) ? await FillInAsync(instances, cancellationToken).ConfigureAwait(false) : instances;
    }

    /// <summary>One instance: <c>GET /instance/{id}</c>.</summary>
    public Task<Instance> GetInstanceAsync(string id, CancellationToken cancellationToken = default) =>
        GetInstanceClient(id).GetInfoAsync(cancellationToken);

    /// <summary>All sequences and instances: <c>GET /entities</c>; a hub without it (0.18) is asked for both.</summary>
    public async Task<HubEntities> ListEntitiesAsync(CancellationToken cancellationToken = default)
    {
        var version = await GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (!version.SupportsManagement)
        {
            var sequences = ListSequencesAsync(cancellationToken);
            var instances = ListInstancesAsync(cancellationToken);
            await Task.WhenAll(sequences, instances).ConfigureAwait(false);
            return new HubEntities(await sequences.ConfigureAwait(false), await instances.ConfigureAwait(false));
        }

        var request = Get("/entities");
        var answer = await SendForObjectAsync(request, cancellationToken).ConfigureAwait(false);
        return new HubEntities(
            ReadList(answer["sequences"] as JArray ?? throw WrongShape(request, "sequences", answer), request, ReadSequence),
            ReadList(answer["instances"] as JArray ?? throw WrongShape(request, "instances", answer), request, ReadInstance));
    }

    /// <summary>The hub's topics: <c>GET /topics</c>. Hubs of 0.18 leave out those that sending made.</summary>
    public override Task<IReadOnlyList<Topic>> ListTopicsAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/topics", ReadTopic, cancellationToken);

    /// <summary>Makes a topic: <c>POST /topics</c>. Hubs since 0.26.</summary>
    public async Task<Topic> CreateTopicAsync(string name, string contentType, CancellationToken cancellationToken = default)
    {
        var request = Post("/topics", new JObject { ["id"] = name, ["content-type"] = ContentTypes.Check(contentType) });
        return ReadOne(await ManagementAsync(request, "creating a topic", cancellationToken).ConfigureAwait(false), request, ReadTopic);
    }

    /// <summary>Removes a topic: <c>DELETE /topics/{id}</c>. Hubs since 0.26.</summary>
    public async Task DeleteTopicAsync(string name, CancellationToken cancellationToken = default)
    {
        var request = Delete("/topics/" + PathSegment.Encode(name, "topic"));
        await RequireManagementRoutesAsync("removing a topic", cancellationToken).ConfigureAwait(false);
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The client for a sequence; no request is sent.</summary>
    public SequenceClient GetSequenceClient(string id) => Child(new SequenceClient(this, id));

    /// <summary>The client for an instance; no request is sent.</summary>
    public InstanceClient GetInstanceClient(string id) => Child(new InstanceClient(this, id));

    /// <summary>The client for the space that the hub is connected to, reached through the hub: <c>{hub}/cpm/api/v1</c>. Hubs since 1.0.</summary>
    /// <exception cref="ScramjetException"><c>HUB_DISCONNECTED</c>: the hub is in no space. <c>NOT_SUPPORTED</c>: its version doesn't lead there.</exception>
    public async Task<SpaceClient> GetSpaceClientAsync(CancellationToken cancellationToken = default)
    {
        var version = await GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (!version.SupportsSpaceRoute)
            throw NotSupported("a way to its space", version, "1.0");

        var status = await SendForObjectAsync(Get("/status"), cancellationToken).ConfigureAwait(false);
        var space = new JsonFields(status).Object("cpm");
        return space?.Flag("connected") == true && space.Text("cpmId") is { Length: > 0 } id
            ? Child(new SpaceClient(Transport, Address + "/cpm/api/v1", id))
            : throw new ScramjetException(ErrorCodes.HubDisconnected, $"The hub '{HubId}' is not connected to a space.", "Connect the hub to a space, or use it alone.");
    }

    internal async Task RequireManagementRoutesAsync(string what, CancellationToken cancellationToken)
    {
        var version = await GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (!version.SupportsManagement)
            throw NotSupported(what, version);
    }

    internal ScramjetException NotSupported(string what, HubVersion version, string since = "0.26") => new(
        ErrorCodes.NotSupported,
        $"The hub '{HubId}' has version {version}, which doesn't have {what}.",
        $"Use a hub of version {since} or newer for this.");

    internal Sequence ReadSequence(JsonFields fields) => new(fields, GetSequenceClient(fields.RequiredId()));

    internal Instance ReadInstance(JsonFields fields) => new(fields, GetInstanceClient(fields.RequiredId()));

    private Topic ReadTopic(JsonFields fields) => new(fields, this, SpaceId, HubId);

    private async Task<JObject> ManagementAsync(ApiRequest request, string what, CancellationToken cancellationToken)
    {
        await RequireManagementRoutesAsync(what, cancellationToken).ConfigureAwait(false);
        return await SendForObjectAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<SequenceClient> UploadAsync(HttpMethod method, string path, PackageSource package, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var request = Upload(method, path, package, progress, cancellationToken);
        request.ConflictAdvice = SequenceClient.InUseAdvice;
        var answer = await SendForObjectAsync(request, cancellationToken).ConfigureAwait(false);
        return ReadOne(answer, request, fields => GetSequenceClient(fields.RequiredId()));
    }

    /// <summary>The caller's options for a detail that may be missing: it isn't waited for long.</summary>
    private RequestOptions BoundedOptions()
    {
        var wanted = Options?.Timeout ?? Transport.Timeout;
        return new RequestOptions { Timeout = wanted < Timings.OptionalDetail ? wanted : Timings.OptionalDetail, Trace = Options?.Trace, Throttle = Options?.Throttle };
    }

    /// <summary>A detail, or null where the hub can't be asked for it.</summary>
    private async Task<T?> OrNullAsync<T>(Func<HubClient, Task<T>> ask) where T : class
    {
        try
        {
            return await ask(this).ConfigureAwait(false);
        }
        catch (ScramjetException)
        {
            return null;
        }
    }

    private static bool IsIdOnly(Instance instance) => instance is { State: InstanceStatus.Unknown, Created: null, Started: null };

    private async Task<IReadOnlyList<Instance>> FillInAsync(List<Instance> instances, CancellationToken cancellationToken)
    {
        var sequences = SequencesByIdAsync(cancellationToken);
        using var slots = new SemaphoreSlim(Options?.Throttle is null ? DetailRequests : int.MaxValue);

        // Asked for an instance that is just being set up, 0.18 never answers: its id is all that is known of it then.
        var bounded = BoundedOptions();
        var filled = await Task.WhenAll(instances.Select(async instance =>
        {
            await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return IsIdOnly(instance) ? await With(instance.Client, bounded).GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false) : instance;
            }
            catch (ScramjetApiException e) when (e.Code == ErrorCodes.Timeout)
            {
                return instance;
            }
            finally
            {
                slots.Release();
            }
        })).ConfigureAwait(false);

        var known = await sequences.ConfigureAwait(false);
        var result = filled.OfType<Instance>().ToList();
        foreach (var instance in result)
        {
            if (instance.Sequence is null && instance.SequenceId is { } id && known.TryGetValue(id, out var sequence))
                instance.Sequence = sequence;
        }

        return result;
    }

    private async Task<Dictionary<string, SequenceFacts>> SequencesByIdAsync(CancellationToken cancellationToken)
    {
        var sequences = new Dictionary<string, SequenceFacts>(StringComparer.Ordinal);
        foreach (var sequence in await ListSequencesAsync(cancellationToken).ConfigureAwait(false))
            sequences[sequence.Id] = sequence.Facts;
        return sequences;
    }

    /// <summary>The audit of the hub, as NDJSON: <c>GET /audit</c>. Hubs since 0.26.</summary>
    public override async Task<ApiStream> GetAuditStreamAsync(CancellationToken cancellationToken = default)
    {
        await RequireManagementRoutesAsync("an audit", cancellationToken).ConfigureAwait(false);
        return await base.GetAuditStreamAsync(cancellationToken).ConfigureAwait(false);
    }
}
