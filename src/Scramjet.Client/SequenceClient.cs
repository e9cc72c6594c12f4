using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Http;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;

namespace Scramjet.Client;

/// <summary>
/// A sequence on a hub. Every method throws <see cref="ScramjetApiException"/> for a request that fails,
/// and <see cref="ScramjetException"/> with <c>NOT_SUPPORTED</c> for what the hub's version doesn't have.
/// </summary>
public sealed class SequenceClient : ApiClient
{
    internal SequenceClient(HostClient hub, string id)
        : base(hub.Transport, $"{hub.Address}/sequence/{PathSegment.Encode(id, "sequence")}")
    {
        Hub = hub;
        SequenceId = id;
    }

    /// <summary>The hub that holds it.</summary>
    public HostClient Hub { get; }

    /// <summary>The sequence's id.</summary>
    public string SequenceId { get; }

    /// <summary>The sequence: <c>GET /sequence/{id}</c>.</summary>
    public Task<Sequence> GetInfoAsync(CancellationToken cancellationToken = default) =>
        GetOneAsync("", fields => new Sequence(fields, this), cancellationToken);

    /// <summary>The ids of its instances: <c>GET /sequence/{id}/instances</c>.</summary>
    public async Task<IReadOnlyList<string>> ListInstancesAsync(CancellationToken cancellationToken = default)
    {
        var items = await SendForArrayAsync(Get("/instances"), cancellationToken).ConfigureAwait(false);
        return items.Select(item => item is JObject o ? (string?)o["id"] : (string?)item).OfType<string>().ToArray();
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
            if (!version.HasStartOptions)
                throw Hub.NotSupported("topics, limits or an instance id for a start", version);
        }

        var request = Post("/start", options.ToJson());
        request.ConflictAdvice = "Give another -InstanceId, or none.";
        var answer = await SendForObjectAsync(request, cancellationToken).ConfigureAwait(false);
        var instance = ReadOne(answer, request, fields => Child(new InstanceClient(Hub, fields.RequiredId())));

        // The id may be one that another instance had.
        Transport.Inputs.Forget(instance.Address);
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
    public Task<SequenceClient> OverwriteAsync(PackageSource package, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        With(Hub, Options ?? new RequestOptions()).UpdateSequenceAsync(SequenceId, package, progress, cancellationToken);

    /// <summary>Removes the sequence: <c>DELETE /sequence/{id}</c>.</summary>
    /// <param name="force">
    /// Kill its instances first. Hubs can do that themselves (<c>x-seq-kill-inst</c>), but 1.0.1 never answers while an ended instance
    /// is still listed; so the client kills them, waits until they have ended, and asks with the header only where the hub still calls the sequence in use.
    /// </param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task DeleteAsync(bool force = false, CancellationToken cancellationToken = default)
    {
        if (force)
            await KillInstancesAsync(cancellationToken).ConfigureAwait(false);

        var request = Delete("");
        request.ConflictAdvice = "Its instances must end first: see Stop-ScramjetInstance, or use -Force.";
        try
        {
            await SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (force && (int?)e.StatusCode == 409)
        {
            await SendAsync(Delete("").Header("x-seq-kill-inst", "true"), cancellationToken).ConfigureAwait(false);
        }
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

    private async Task KillInstancesAsync(CancellationToken cancellationToken)
    {
        var hub = With(Hub, Options ?? new RequestOptions());
        var instances = (await ListInstancesAsync(cancellationToken).ConfigureAwait(false)).Select(hub.GetInstanceClient).ToArray();
        await Task.WhenAll(instances.Select(async instance =>
        {
            await instance.KillIfRunningAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            await instance.WaitUntilRemovedAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        })).ConfigureAwait(false);
    }
}
