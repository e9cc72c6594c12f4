using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Compat;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Api;

/// <summary>
/// A hub, in a space or standalone. Every method throws <see cref="ScramjetApiException"/> if a request fails,
/// and <see cref="ScramjetException"/> with <c>NOT_SUPPORTED</c> if the hub's version doesn't support it.
/// </summary>
public sealed class HubClient : PlaceClient
{
    private const int DetailRequests = 8;

    private const string TopicRemoval = "removing a topic";

    /// <summary>Creates a client for the standalone hub at the transport's address, such as <c>http://127.0.0.1:8000/api/v1</c>.</summary>
    public HubClient(ScramjetTransport transport)
        : this(transport, transport.BaseUri.AbsoluteUri.TrimEnd('/'), null, transport.BaseUri.Authority)
    {
    }

    internal HubClient(ScramjetTransport transport, string address, string? spaceId, string hubId) : base(transport, address)
    {
        SpaceId = spaceId;
        HubId = hubId;
    }

    /// <summary>The id of the space that the hub is in; null for a standalone hub.</summary>
    public string? SpaceId { get; }

    /// <summary>The client for the hub's space; null for a standalone hub.</summary>
    public SpaceClient? Space => SpaceId is null
        ? null
        : Child(new SpaceClient(Transport, Address.Substring(0, Address.LastIndexOf("/sth/", StringComparison.Ordinal)), SpaceId));

    /// <summary>The hub's id. For a standalone hub, it is the host and port until <see cref="IdentifyAsync"/> gets the id.</summary>
    public string HubId { get; }

    private protected override string Place => HubId;

    private protected override async Task<bool> TopicsKeepTheirTypeAsync(CancellationToken cancellationToken) =>
        (await GetHubVersionAsync(cancellationToken).ConfigureAwait(false)).SupportsManagement;

    /// <summary>Gets a client with the id of a standalone hub, if its version reports the id.</summary>
    public async Task<HubClient> IdentifyAsync(CancellationToken cancellationToken = default)
    {
        var version = await GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (SpaceId is not null || !version.SupportsManagement)
            return this;

        var id = await GetOneAsync("/config", static config => config.Object("host")?.Text("id"), cancellationToken).ConfigureAwait(false);
        return id is { Length: > 0 } ? Child(new HubClient(Transport, Address, null, id)) : this;
    }

    /// <summary>Gets the hub: from its space, with its version if it is connected, or from the standalone hub itself.</summary>
    public async Task<Hub> GetInfoAsync(CancellationToken cancellationToken = default) => await CompleteAsync(
        Space is { } space
            ? await space.GetHubAsync(HubId, cancellationToken).ConfigureAwait(false)
            : new Hub(await IdentifyAsync(cancellationToken).ConfigureAwait(false)),
        cancellationToken).ConfigureAwait(false);

    /// <summary>Adds what the hub itself reports: its version, and everything else for a standalone hub.</summary>
    internal async Task<Hub> CompleteAsync(Hub hub, CancellationToken cancellationToken)
    {
        var bounded = With(this, DetailOptions());
        if (!hub.IsStandalone)
        {
            if (hub.Connected != false)
                hub.Version = (await bounded.OrNullAsync(client => client.GetHubVersionAsync(cancellationToken)).ConfigureAwait(false))?.Known;
            return hub;
        }

        var version = await GetVersionAsync(cancellationToken).ConfigureAwait(false);
        var known = Transport.HubVersions.Set(Address, HubVersion.Parse(version.Version));
        var load = bounded.OrNullAsync(client => client.GetLoadAsync(cancellationToken));
        var entities = bounded.OrNullAsync(client => client.ListEntityIdsAsync(known, cancellationToken));
        if (!known.SupportsManagement)
            return new Hub(hub.Client, version.Version, null, null, await load.ConfigureAwait(false), await entities.ConfigureAwait(false));

        var config = bounded.OrNullAsync(client => client.GetOneAsync("/config", static fields => fields, cancellationToken));
        var status = bounded.OrNullAsync(client => client.GetOneAsync("/status", static fields => fields, cancellationToken));
        return new Hub(
            hub.Client,
            version.Version,
            await config.ConfigureAwait(false),
            await status.ConfigureAwait(false),
            await load.ConfigureAwait(false),
            await entities.ConfigureAwait(false));
    }

    /// <summary>Gets the hub's version and what it supports. It is requested once.</summary>
    public Task<HubVersion> GetHubVersionAsync(CancellationToken cancellationToken = default) =>
        Transport.GetHubVersionAsync(Address, Options, cancellationToken);

    /// <summary>Gets whether the hub is connected to a space: <c>GET /status</c>. Hubs since 0.26.</summary>
    public Task<OrderedDictionary> GetStatusAsync(CancellationToken cancellationToken = default) =>
        ManagementAsync(Get("/status"), "status", static fields => fields.ToPlain(), cancellationToken);

    /// <summary>Gets the hub's public configuration: <c>GET /config</c>. Hubs since 0.26.</summary>
    public Task<OrderedDictionary> GetConfigAsync(CancellationToken cancellationToken = default) =>
        ManagementAsync(Get("/config"), "configuration", static fields => fields.ToPlain(), cancellationToken);

    /// <summary>Gets the load of the hub's machine: <c>GET /load-check</c>.</summary>
    public Task<LoadCheck> GetLoadAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("/load-check", fields => new LoadCheck(fields, SpaceId, HubId), cancellationToken);

    /// <summary>Lists the hub's sequences: <c>GET /sequences</c>.</summary>
    public Task<IReadOnlyList<Sequence>> ListSequencesAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/sequences", ReadSequence, cancellationToken);

    /// <summary>Gets a sequence: <c>GET /sequence/{id}</c>.</summary>
    public Task<Sequence> GetSequenceAsync(string id, CancellationToken cancellationToken = default) =>
        GetSequenceClient(id).GetInfoAsync(cancellationToken);

    /// <summary>Lists the ids of the sequences with a name, as getSequenceId does in JavaScript.</summary>
    public async Task<IReadOnlyList<string>> ListSequenceIdsAsync(string name, CancellationToken cancellationToken = default) =>
        (await ListSequencesAsync(cancellationToken).ConfigureAwait(false)).Where(s => s.Name == name).Select(s => s.Id).ToArray();

    /// <summary>Uploads a package, which creates a sequence: <c>POST /sequence</c>. The request is never retried.</summary>
    /// <param name="package">The package.</param>
    /// <param name="progress">Receives the number of bytes sent.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<SequenceClient> UploadSequenceAsync(PackageSource package, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        UploadAsync(HttpMethod.Post, "/sequence", package, progress, cancellationToken);

    /// <summary>Replaces a sequence with a package: <c>PUT /sequence/{id}</c>. Hubs since 0.26. The sequence must have no instances.</summary>
    /// <param name="id">The sequence's id.</param>
    /// <param name="package">The package.</param>
    /// <param name="progress">Receives the number of bytes sent.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<SequenceClient> UpdateSequenceAsync(
        string id,
        PackageSource package,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var path = "/sequence/" + PathSegment.Encode(id, "sequence");
        await RequireManagementRoutesAsync("updating a sequence", cancellationToken).ConfigureAwait(false);
        return await UploadAsync(HttpMethod.Put, path, package, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Gets when sequences were uploaded, or last replaced, by their ids, from <c>GET /audit</c>, or from <c>GET /log</c> of hubs of 0.18: no route gives
    /// the time itself. Hubs keep the latest records only, and none from before their start. So the sequences that are missing here are older than all others.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The times; null if it can't be told whether they are complete, because the hub doesn't record its requests.</returns>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>?> GetUploadTimesAsync(CancellationToken cancellationToken = default)
    {
        var version = await GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Timings.Records);
        try
        {
            // The streams are endless. A request that is recorded, too, shows where the past ends.
            var marker = Guid.NewGuid().ToString();
            await GetSequenceClient(marker).GetInfoOrNullAsync(bound.Token).ConfigureAwait(false);
            using var stream = await (version.SupportsManagement ? GetAuditStreamAsync(bound.Token) : GetLogStreamAsync(bound.Token)).ConfigureAwait(false);
            return await ReadUploadTimesAsync(new LineReader(stream), version.SupportsManagement, marker, bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Removes a sequence: <c>DELETE /sequence/{id}</c>.</summary>
    /// <param name="id">The sequence's id.</param>
    /// <param name="force">Whether the hub kills its instances first. See <see cref="SequenceClient.DeleteAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task DeleteSequenceAsync(string id, bool force = false, CancellationToken cancellationToken = default) =>
        GetSequenceClient(id).DeleteAsync(force, cancellationToken);

    /// <summary>Lists the hub's instances: <c>GET /instances</c>. Hubs of 0.18 list only ids, so each instance is requested too.</summary>
    public async Task<IReadOnlyList<Instance>> ListInstancesAsync(CancellationToken cancellationToken = default)
    {
        var sequences = new SharedSequenceFacts();
        var instances = await GetListAsync("/instances", fields => ReadInstance(fields, sequences), cancellationToken).ConfigureAwait(false);
        return instances.Any(IsIdOnly) ? await FillInAsync(instances, cancellationToken).ConfigureAwait(false) : instances;
    }

    /// <summary>Gets an instance: <c>GET /instance/{id}</c>.</summary>
    public Task<Instance> GetInstanceAsync(string id, CancellationToken cancellationToken = default) =>
        GetInstanceClient(id).GetInfoAsync(cancellationToken);

    /// <summary>Gets a sequence as <see cref="ListSequencesAsync"/> returns it, or null if the hub doesn't list it under this id.</summary>
    internal async Task<Sequence?> FindSequenceAsync(string id, CancellationToken cancellationToken)
    {
        var sequence = await GetSequenceClient(id).GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false);
        return sequence is not null && sequence.Id == id && IsHere(sequence.Location) ? sequence : null;
    }

    /// <summary>Gets an instance as <see cref="ListInstancesAsync"/> returns it, or null if the hub doesn't list it under this id.</summary>
    internal async Task<Instance?> FindInstanceAsync(string id, CancellationToken cancellationToken)
    {
        Instance? instance;
        try
        {
            instance = await With(this, DetailOptions()).GetInstanceClient(id).GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.Code == ErrorCodes.Timeout)
        {
            // 0.18 never responds to the request for an instance that is being prepared. The list contains it.
            return null;
        }

        if (instance is null || instance.Id != id || !IsHere(instance.Location))
            return null;
        if (instance is { Sequence: null, SequenceId: { } sequenceId })
            instance.Sequence = (await GetSequenceClient(sequenceId).GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false))?.Facts;
        return instance;
    }

    /// <summary>Lists all sequences and instances: <c>GET /entities</c>. Hubs of 0.18 don't have the route, so both lists are requested.</summary>
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
        var facts = new SharedSequenceFacts();
        return await SendForObjectAsync(
            request,
            answer => new HubEntities(
                ReadList(answer, "sequences", request, ReadSequence),
                ReadList(answer, "instances", request, fields => ReadInstance(fields, facts))),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the hub's topics: <c>GET /topics</c>. Hubs of 0.18 don't list those that were created by sending data.</summary>
    public override Task<IReadOnlyList<Topic>> ListTopicsAsync(CancellationToken cancellationToken = default) =>
        GetListAsync("/topics", ReadTopic, cancellationToken);

    /// <summary>Creates a topic: <c>POST /topics</c>. Hubs since 0.26.</summary>
    /// <exception cref="ScramjetException">
    /// <c>ALREADY_EXISTS</c>; <c>BAD_PARAMETERS</c>: hubs don't accept the name; <c>NOT_SUPPORTED</c>: a hub of 0.18.
    /// </exception>
    public async Task<Topic> CreateTopicAsync(string name, string contentType, CancellationToken cancellationToken = default)
    {
        var request = Post("/topics", new JObject { ["id"] = TopicName.Check(name), ["content-type"] = ContentTypes.Check(contentType) });
        try
        {
            return await ManagementAsync(request, "creating a topic", ReadTopic, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.StatusCode == HttpStatusCode.BadRequest)
        {
            var existing = (await ListTopicsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(t => t.Name == name);
            if (existing is null)
                throw;
            throw new ScramjetException(
                ErrorCodes.AlreadyExists,
                $"The hub '{HubId}' already has a topic '{name}'{(existing.ContentType is { } type ? $" with the content type {type}" : "")}.",
                "Use it as it is, or specify another name.",
                e);
        }
    }

    /// <summary>Lists the hub's topics, if it can remove topics.</summary>
    /// <exception cref="ScramjetException"><c>NOT_SUPPORTED</c>: a hub of 0.18.</exception>
    internal async Task<IReadOnlyList<Topic>> ListRemovableTopicsAsync(CancellationToken cancellationToken)
    {
        await RequireManagementRoutesAsync(TopicRemoval, cancellationToken).ConfigureAwait(false);
        return await ListTopicsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a topic: <c>DELETE /topics/{id}</c>. Hubs since 0.26.</summary>
    /// <exception cref="ScramjetException"><c>NOT_SUPPORTED</c>: a hub of 0.18, or the hub doesn't accept the characters of the name.</exception>
    public async Task DeleteTopicAsync(string name, CancellationToken cancellationToken = default)
    {
        var request = Delete("/topics/" + TopicName.Encode(name));
        await RequireManagementRoutesAsync(TopicRemoval, cancellationToken).ConfigureAwait(false);
        try
        {
            await SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (IsRejectedName(e, name))
        {
            if ((await ListTopicsAsync(cancellationToken).ConfigureAwait(false)).All(t => t.Name != name))
                throw new ScramjetException(ErrorCodes.NotFound, $"The hub '{HubId}' has no topic '{DisplayText.Clean(name)}'.", "Check the name.", e);
            throw new ScramjetException(
                ErrorCodes.NotSupported,
                $"The hub '{HubId}' can't remove the topic '{DisplayText.Clean(name)}': it accepts only names with {TopicName.Characters}.",
                "Restart the hub, which then has no topics, and use another name for the topic.",
                e);
        }
    }

    /// <summary>Gets the client for a sequence. No request is sent.</summary>
    public SequenceClient GetSequenceClient(string id) => Child(new SequenceClient(this, id));

    /// <summary>Gets the client for an instance. No request is sent.</summary>
    public InstanceClient GetInstanceClient(string id) => Child(new InstanceClient(this, id));

    /// <summary>
    /// Gets the client for the space that the hub is connected to. Its requests go through the hub: <c>{hub}/cpm/api/v1</c>. Hubs since 1.0.
    /// </summary>
    /// <exception cref="ScramjetException">
    /// <c>HUB_DISCONNECTED</c>: the hub isn't connected to a space. <c>NOT_SUPPORTED</c>: its version doesn't support it.
    /// </exception>
    public async Task<SpaceClient> GetSpaceClientAsync(CancellationToken cancellationToken = default)
    {
        var version = await GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (!version.SupportsSpaceRoute)
            throw NotSupported("requests to its space", version, "1.0");

        var space = await GetOneAsync("/status", static status => status.Object("cpm"), cancellationToken).ConfigureAwait(false);
        return space?.Flag("connected") == true && space.Text("cpmId") is { Length: > 0 } id
            ? Child(new SpaceClient(Transport, Address + "/cpm/api/v1", id))
            : throw new ScramjetException(
                ErrorCodes.HubDisconnected,
                $"The hub '{HubId}' isn't connected to a space.",
                "Connect the hub to a space, or use the hub itself.");
    }

    private static async Task<IReadOnlyDictionary<string, DateTimeOffset>?> ReadUploadTimesAsync(
        LineReader reader,
        bool isAudit,
        string marker,
        CancellationToken cancellationToken)
    {
        var times = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var last = DateTimeOffset.MinValue;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } lines)
        {
            foreach (var line in lines)
            {
                if (line.Contains(marker))
                    return times;
                if ((isAudit ? UploadRecord.FromAudit(line) : UploadRecord.FromLog(line)) is not { } record)
                    continue;

                // The order of the records counts, also where the hub's clock was set back.
                last = record.Time > last ? record.Time : last.AddTicks(1);
                times[record.Id] = last;
            }
        }

        return null;
    }

    internal async Task RequireManagementRoutesAsync(string what, CancellationToken cancellationToken)
    {
        var version = await GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
        if (!version.SupportsManagement)
            throw NotSupported(what, version);
    }

    internal ScramjetException NotSupported(string what, HubVersion version, string since = "0.26") => new(
        ErrorCodes.NotSupported,
        $"The hub '{HubId}' has version {version}, which doesn't support {what}.",
        $"Use a hub of version {since} or newer for this.");

    internal Sequence ReadSequence(JsonFields fields) => new(fields, new SequenceClient(this, fields.RequiredId()));

    private Instance ReadInstance(JsonFields fields, SharedSequenceFacts sequences) => new(fields, new InstanceClient(this, fields.RequiredId()), sequences);

    private Topic ReadTopic(JsonFields fields) => new(fields, this, SpaceId, HubId);

    private async Task<T> ManagementAsync<T>(ApiRequest request, string what, Func<JsonFields, T> read, CancellationToken cancellationToken)
    {
        await RequireManagementRoutesAsync(what, cancellationToken).ConfigureAwait(false);
        return await SendForObjectAsync(request, read, cancellationToken).ConfigureAwait(false);
    }

    private Task<SequenceClient> UploadAsync(
        HttpMethod method,
        string path,
        PackageSource package,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        var request = Upload(method, path, package, progress, cancellationToken);
        request.ConflictAdvice = SequenceClient.InUseAdvice;
        return SendForObjectAsync(request, fields => GetSequenceClient(fields.RequiredId()), cancellationToken);
    }

    /// <summary>The ids of the sequences and instances, with one request. Hubs of 0.18 list instances with their sequences.</summary>
    private async Task<Tuple<IReadOnlyList<string>, IReadOnlyList<string>>> ListEntityIdsAsync(HubVersion version, CancellationToken cancellationToken)
    {
        if (version.SupportsManagement)
        {
            var entities = await ListEntitiesAsync(cancellationToken).ConfigureAwait(false);
            return new([.. entities.Sequences.Select(s => s.Id)], [.. entities.Instances.Select(i => i.Id)]);
        }

        var sequences = await ListSequencesAsync(cancellationToken).ConfigureAwait(false);
        return new([.. sequences.Select(s => s.Id)], [.. sequences.SelectMany(s => s.Instances)]);
    }

    /// <summary>Gets a detail, or null if the request fails.</summary>
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

    /// <summary>Whether an object is on the hub that this client knows, and not on another one that has since been started at its address.</summary>
    private bool IsHere(string? location) => SpaceId is not null || location is null || location == HubId;

    private static bool IsIdOnly(Instance instance) => instance is { State: InstanceStatus.Unknown, Created: null, Started: null };

    private async Task<IReadOnlyList<Instance>> FillInAsync(IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
    {
        var sequences = SequencesByIdAsync(cancellationToken);
        using var slots = new SemaphoreSlim(Options?.Throttle is null ? DetailRequests : int.MaxValue);

        // 0.18 never responds to the request for an instance that is being prepared. Only its id is known then.
        var bounded = DetailOptions();
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

    /// <summary>Opens the audit of the hub, which is NDJSON: <c>GET /audit</c>. Hubs since 0.26.</summary>
    public override async Task<ApiStream> GetAuditStreamAsync(CancellationToken cancellationToken = default)
    {
        await RequireManagementRoutesAsync("an audit", cancellationToken).ConfigureAwait(false);
        return await base.GetAuditStreamAsync(cancellationToken).ConfigureAwait(false);
    }
}
