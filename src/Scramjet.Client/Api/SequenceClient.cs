using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Http;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Api;

/// <summary>
/// A sequence on a hub. Every method throws <see cref="ScramjetApiException"/> if a request fails,
/// and <see cref="ScramjetException"/> with <c>NOT_SUPPORTED</c> if the hub's version doesn't support it.
/// </summary>
public sealed class SequenceClient : ApiClient
{
    /// <summary>The recommended action if a hub rejects a request because the sequence is in use.</summary>
    internal const string InUseAdvice =
        "Stop the sequence's instances. Hubs list an instance for a while after its end, and its sequence is in use until then. Try again later.";

    private readonly HubClient _hub;

    internal SequenceClient(HubClient hub, string id)
        : base(hub.Transport, $"{hub.Address}/sequence/{PathSegment.Encode(id, "sequence")}")
    {
        _hub = With(hub, null);
        SequenceId = id;
    }

    /// <summary>The hub that the sequence is on.</summary>
    public HubClient Hub => With(_hub, Options);

    /// <summary>The sequence's id.</summary>
    public string SequenceId { get; }

    /// <summary>Gets the sequence: <c>GET /sequence/{id}</c>.</summary>
    public Task<Sequence> GetInfoAsync(CancellationToken cancellationToken = default) => GetOneAsync("", Read, cancellationToken);

    /// <summary>Gets the sequence, or null if the hub doesn't have it.</summary>
    internal Task<Sequence?> GetInfoOrNullAsync(CancellationToken cancellationToken) => GetOneOrNullAsync("", Read, cancellationToken);

    private Sequence Read(JsonFields fields) => new(fields, this);

    /// <summary>Lists the ids of its instances: <c>GET /sequence/{id}/instances</c>.</summary>
    public Task<IReadOnlyList<string>> ListInstancesAsync(CancellationToken cancellationToken = default)
    {
        var request = Get("/instances");
        return SendAsync<IReadOnlyList<string>>(
            request,
            json => [.. ReadItems(json, request).Select(JsonFields.IdOf).OfType<string>()],
            cancellationToken);
    }

    /// <summary>Starts an instance: <c>POST /sequence/{id}/start</c>. The request is never retried.</summary>
    /// <exception cref="ScramjetException">
    /// <c>BAD_PARAMETERS</c>: the instance id doesn't have 36 characters. <c>NOT_SUPPORTED</c>: a hub of 0.18, and topics, limits or an instance id.
    /// </exception>
    public async Task<InstanceClient> StartAsync(StartOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new StartOptions();
        CheckInstanceId(options.InstanceId);
        if (options.NeedsStartOptions)
        {
            var version = await Hub.GetHubVersionAsync(cancellationToken).ConfigureAwait(false);
            if (!version.SupportsStartOptions)
                throw Hub.NotSupported("topics, limits or an instance id for a start", version);
        }

        var request = Post("/start", options.ToJson());
        request.ConflictSituation = ErrorSituation.InstanceIdInUse;
        request.ConflictAdvice =
            "Specify another instance id, or none. The id of an instance that has ended can be used again when its hub no longer lists the instance.";
        var instance = await SendForObjectAsync(request, fields => Hub.GetInstanceClient(fields.RequiredId()), cancellationToken).ConfigureAwait(false);

        // Another instance may have had the id.
        Transport.Inputs.Forget(instance.Address);
        Transport.Starts.Add(instance.Address, options);
        return instance;
    }

    /// <summary>Starts an instance and gets it, or its known properties if the hub doesn't list it. The request is never retried.</summary>
    /// <param name="sequence">This sequence.</param>
    /// <param name="options">The options to start the instance with.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ScramjetException">See <see cref="StartAsync(StartOptions?, CancellationToken)"/>.</exception>
    public async Task<Instance> StartAsync(Sequence sequence, StartOptions options, CancellationToken cancellationToken = default)
    {
        var client = await StartAsync(options, cancellationToken).ConfigureAwait(false);
        var instance = await client.GetInfoOrNullAsync(cancellationToken).ConfigureAwait(false);
        if (instance is null)
        {
            var known = options.ToJson();
            known["id"] = client.InstanceId;
            known["status"] = "starting";
            instance = new Instance(new JsonFields(known), client) { Transport = Transport };
        }

        instance.SequenceId ??= sequence.Id;
        instance.Sequence ??= sequence.Facts;
        return instance;
    }

    /// <summary>Replaces this sequence with a package: <c>PUT /sequence/{id}</c>. Hubs since 0.26.</summary>
    public Task<SequenceClient> UpdateAsync(PackageSource package, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        Hub.UpdateSequenceAsync(SequenceId, package, progress, cancellationToken);

    /// <summary>
    /// Removes the sequence: <c>DELETE /sequence/{id}</c>. A hub responds with status 409 while the sequence has instances, and for a while after
    /// their end: <see cref="InstanceWatch.RemoveAsync"/> kills them and waits.
    /// </summary>
    /// <param name="force">
    /// Whether the hub kills its instances and waits for their end first (<c>x-seq-kill-inst</c>), which it does even if the call is canceled. The 1.0.1
    /// release takes 15 seconds for that, or minutes if an instance is already being killed, and leaves instances running if others have ended.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task DeleteAsync(bool force = false, CancellationToken cancellationToken = default)
    {
        var request = Delete("");
        if (force)
            request.Header("x-seq-kill-inst", "true");
        request.ConflictAdvice = InUseAdvice;
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks that an instance id is valid.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: the id doesn't have 36 characters.</exception>
    public static void CheckInstanceId(string? id)
    {
        if (id is not null && id.Length != StartOptions.InstanceIdLength)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{id}' isn't an instance id: it has {id.Length} characters, and instance ids have {StartOptions.InstanceIdLength}.",
                "Specify a GUID with dashes.");
        }
    }
}
