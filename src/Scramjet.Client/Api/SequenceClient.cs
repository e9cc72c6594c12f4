using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;

namespace Scramjet.Client.Api;

/// <summary>
/// A sequence on a hub. Every method throws <see cref="ScramjetApiException"/> for a request that fails,
/// and <see cref="ScramjetException"/> with <c>NOT_SUPPORTED</c> for what the hub's version doesn't have.
/// </summary>
public sealed class SequenceClient : ApiClient
{
    /// <summary>What to do where a hub calls a sequence in use.</summary>
    internal const string InUseAdvice = "Stop the sequence's instances. Hubs list an instance for a while after its end, and call its sequence in use: try again later then.";

    internal SequenceClient(HubClient hub, string id)
        : base(hub.Transport, $"{hub.Address}/sequence/{PathSegment.Encode(id, "sequence")}")
    {
        Hub = hub;
        SequenceId = id;
    }

    /// <summary>The hub that holds it.</summary>
    public HubClient Hub { get; }

    /// <summary>The sequence's id.</summary>
    public string SequenceId { get; }

    /// <summary>The sequence: <c>GET /sequence/{id}</c>.</summary>
    public Task<Sequence> GetInfoAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("", fields => new Sequence(fields, this), cancellationToken);

    /// <summary>The ids of its instances: <c>GET /sequence/{id}/instances</c>.</summary>
    public async Task<IReadOnlyList<string>> ListInstancesAsync(CancellationToken cancellationToken = default)
    {
        var items = await SendForArrayAsync(Get("/instances"), cancellationToken).ConfigureAwait(false);
        return items.Select(JsonFields.IdOf).OfType<string>().ToArray();
    }

    /// <summary>Starts an instance: <c>POST /sequence/{id}/start</c>. It is never sent twice.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: an instance id that doesn't have 36 characters. <c>NOT_SUPPORTED</c>: topics, limits or an instance id on a hub of 0.18.</exception>
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
        request.ConflictAdvice = "Specify another instance id, or none. The id of an instance that has ended can be used again once its hub no longer lists the instance.";
        var answer = await SendForObjectAsync(request, cancellationToken).ConfigureAwait(false);
        var instance = ReadOne(answer, request, fields => Child(new InstanceClient(Hub, fields.RequiredId())));

        // The id may be one that another instance had.
        Transport.Inputs.Forget(instance.Address);
        Transport.Starts.Add(instance.Address, options);
        return instance;
    }

    /// <summary>Starts an instance, and asks for it; where the hub doesn't list it (yet, or any more), what the start said. It is never sent twice.</summary>
    /// <param name="sequence">This sequence, as it is known.</param>
    /// <param name="options">What it is started with.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ScramjetException">As <see cref="StartAsync(StartOptions?, CancellationToken)"/>.</exception>
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

    /// <summary>Puts a package in this sequence's place, upstream's overwrite: <c>PUT /sequence/{id}</c>. Hubs since 0.26.</summary>
    public Task<SequenceClient> UpdateAsync(PackageSource package, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        With(Hub, Options ?? new RequestOptions()).UpdateSequenceAsync(SequenceId, package, progress, cancellationToken);

    /// <summary>
    /// Removes the sequence: <c>DELETE /sequence/{id}</c>. A hub refuses that, with status 409, as long as instances of it run, and for a while after
    /// their end: <see cref="InstanceWatch.RemoveAsync"/> kills them and waits.
    /// </summary>
    /// <param name="force">
    /// Have the hub kill its instances and wait for their end first (<c>x-seq-kill-inst</c>), which it does even if nobody waits for its answer. The
    /// 1.0.1 release takes 15 s for that; it takes minutes where an instance is being killed already, and leaves instances running where others have ended.
    /// </param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task DeleteAsync(bool force = false, CancellationToken cancellationToken = default)
    {
        var request = Delete("");
        if (force)
            request.Header("x-seq-kill-inst", "true");
        request.ConflictAdvice = InUseAdvice;
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks an instance id before it is sent.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: it doesn't have 36 characters.</exception>
    public static void CheckInstanceId(string? id)
    {
        if (id is not null && id.Length != StartOptions.InstanceIdLength)
        {
            throw new ScramjetException(
                ErrorCodes.BadParameters,
                $"'{id}' can't be an instance id: it has {id.Length} characters, and instance ids have {StartOptions.InstanceIdLength}.",
                "Give a GUID with its dashes.");
        }
    }
}
