using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Api;
using Scramjet.Client.Model;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>A sequence on a hub that runs it for a command.</summary>
/// <param name="hub">The hub.</param>
/// <param name="name">The sequence's name.</param>
/// <param name="engines">The names of the engines that can run it.</param>
internal sealed class SequenceCopy(HubClient hub, string name, IEnumerable<string> engines)
{
    /// <summary>The hub.</summary>
    public HubClient Hub => hub;

    /// <summary>The sequence's name.</summary>
    public string Name => name;

    /// <summary>The names of the engines that can run it.</summary>
    public IEnumerable<string> Engines => engines;

    /// <summary>The sequence; null if it isn't published.</summary>
    public SequenceClient? Client { get; set; }

    /// <summary>The upload of the sequence, if the command has published it.</summary>
    public Task<SequenceClient>? Publishing { get; set; }

    /// <summary>Whether the hub has failed.</summary>
    public bool IsFailing { get; set; }

    /// <summary>Whether the hub no longer has the sequence.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether the user has decided against running it on the hub.</summary>
    public bool IsDeclined { get; set; }

    /// <summary>The number of instances that replace others.</summary>
    public int Replacements { get; set; }
}

/// <summary>
/// Finds a sequence, or publishes a package, on the hubs that run it. One instance runs on the first hub in alphabetical order; several are spread over the
/// hubs, those with the least load first.
/// </summary>
/// <param name="context">The command's context.</param>
/// <param name="scope">The hubs; null for those of a sequence that is an object.</param>
/// <param name="count">The number of instances.</param>
internal sealed class SequencePlacement(CommandContext context, CommandScope? scope, int count)
{
    /// <summary>More than the load of any hub that responds.</summary>
    private const double UnknownLoad = 1_000_000;

    private readonly object _gate = new();
    private IReadOnlyList<SequenceCopy> _copies = [];

    /// <summary>Whether the command only shows what it would do.</summary>
    public bool IsWhatIf { get; init; }

    /// <summary>Whether the sequences that the command publishes are removed.</summary>
    public bool RemovesAfter { get; init; }

    /// <summary>The hubs that are used, also if something failed.</summary>
    public IReadOnlyList<SequenceCopy> Copies => _copies;

    /// <summary>Finds a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="latest">Whether to use the newest one if a hub has several.</param>
    /// <returns>The hub of each instance.</returns>
    public async Task<IReadOnlyList<SequenceCopy>> FindAsync(SequenceReference sequence, bool latest)
    {
        var copies = new SequenceCopies(context);
        var found = await RequestContext.CollectAsync<Sequence>(collect =>
            Finder.Sequences(context, latest ? Several.AreMeant : Several.AreOnePerPlace).ForEachAsync(scope, [sequence], async one =>
            {
                if (!latest || await copies.IsNewestAsync(one).ConfigureAwait(false))
                    await collect(one).ConfigureAwait(false);
            })).ConfigureAwait(false);
        if (found.Select(s => s.Name).Distinct().Skip(1).Any())
        {
            throw new ScramjetException(
                ErrorCodes.Ambiguous,
                $"'{sequence}' matches several sequences: {string.Join(", ", found.Select(s => s.Name ?? s.Id).Distinct())}.",
                "Specify one.");
        }

        var all = InOrder(found.Select(s => new SequenceCopy(s.Client.Hub, s.Name ?? s.Id, s.Engines) { Client = s.Client }), c => c.Hub);
        _copies = count == 1 ? [.. all.Take(1)] : all;
        if (count == 1 && all.Count > 1)
            context.Output.PostVerbose($"{all.Count} hubs have '{sequence}': {all[0].Hub.HubId} runs it.");
        return await ConfirmedAsync(await SpreadAsync(_copies, c => c.Hub, count).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Publishes a package or a folder. Several instances use a sequence with the same content, if a hub has it already.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The hub of each instance.</returns>
    public async Task<IReadOnlyList<SequenceCopy>> PublishAsync(string path)
    {
        using var package = await Packages.CheckAsync(context, path, label: count > 1).ConfigureAwait(false);

        // What is removed afterwards has no label, by which another command would find it and use it, too.
        using var unlabelled = count > 1 && RemovesAfter ? await Packages.CheckAsync(context, path, label: false).ConfigureAwait(false) : null;
        var hubs = InOrder(await RequestContext.CollectAsync<HubClient>(new PlaceFinder(context, scope!).ForEachClientAsync).ConfigureAwait(false), h => h);
        var planned = await SpreadAsync(count == 1 ? [.. hubs.Take(1)] : hubs, h => h, count).ConfigureAwait(false);
        var manifest = package.Manifest;
        var copies = planned.Distinct().ToDictionary(h => h, h => new SequenceCopy(h, manifest.Name ?? path, manifest.Engines.Keys));
        _copies = [.. copies.Values];
        if (count == 1)
            await PublishAsync(path, package, package, _copies.FirstOrDefault()).ConfigureAwait(false);
        else
            await context.ForEachAsync(_copies, copy => PublishAsync(path, package, unlabelled ?? package, copy)).ConfigureAwait(false);
        return await ConfirmedAsync([.. planned.Select(h => copies[h]).Where(c => c.Client is not null || IsWhatIf)]).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns the hub for an instance that replaces another: the one with the least load of those that haven't failed, if there are any. Call
    /// <see cref="Release"/> when it has ended.
    /// </summary>
    public async Task<SequenceCopy?> ReplaceAsync()
    {
        var usable = _copies.Where(c => c is { Client: not null, IsDeclined: false, IsGone: false }).ToArray();
        if (Array.Exists(usable, c => !c.IsFailing))
            usable = [.. usable.Where(c => !c.IsFailing)];
        var loads = await GetLoadsAsync(usable, c => c.Hub).ConfigureAwait(false);
        lock (_gate)
        {
            // Those that have just started aren't part of the load yet.
            var best = Enumerable.Range(0, usable.Length).OrderBy(i => loads[i] + usable[i].Replacements).Select(i => usable[i]).FirstOrDefault();
            if (best is not null)
                best.Replacements++;
            return best;
        }
    }

    /// <summary>Notes that an instance that replaced another has ended.</summary>
    public void Release(SequenceCopy copy)
    {
        lock (_gate)
            copy.Replacements--;
    }

    /// <param name="path">The path.</param>
    /// <param name="package">What a hub can have already.</param>
    /// <param name="upload">What is uploaded otherwise.</param>
    /// <param name="copy">The sequence on a hub; null if there is no hub.</param>
    private async Task PublishAsync(string path, LazyPackage package, LazyPackage upload, SequenceCopy? copy)
    {
        if (copy is null)
            return;
        var hub = context.Bind(copy.Hub);
        var existing = count > 1 ? await hub.ListSequencesAsync(context.Cancellation).ConfigureAwait(false) : [];
        copy.Client = Packages.FindSame(context, existing, package.Manifest)?.Client;
        if (copy.Client is null && await context.Output.ConfirmAsync($"{path} to {hub.HubId}", "Publish").ConfigureAwait(false))
        {
            copy.Publishing = Packages.SendAsync(
                context,
                path,
                hub.HubId,
                upload.Value,
                progress => UploadAsync(hub, upload.Value, progress));
            await copy.Publishing.OrCanceledAsync(context.Cancellation).ConfigureAwait(false);
            copy.Client = copy.Publishing.Result;
        }
    }

    /// <summary>
    /// Uploads a package. If the command is stopped after the whole package was sent, the upload isn't canceled, because the id of the new sequence is needed
    /// to remove it.
    /// </summary>
    private async Task<SequenceClient> UploadAsync(HubClient hub, PackageSource package, IProgress<long> progress)
    {
        using var stop = new CancellationTokenSource();
        var sent = new UploadedBytes(progress);
        using var stopping = context.Cancellation.Register(() =>
        {
            if (package.Length is null || sent.Count < package.Length)
                stop.Cancel();
        });
        return await hub.UploadSequenceAsync(package, sent, stop.Token).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<SequenceCopy>> ConfirmedAsync(IReadOnlyList<SequenceCopy> planned)
    {
        var confirmed = new List<SequenceCopy>();
        foreach (var copies in planned.GroupBy(c => c).Select(g => g.ToArray()))
        {
            var copy = copies[0];
            var target = $"{copy.Name} on {copy.Hub.HubId}";
            var action = count == 1 ? "Invoke" : $"Invoke {DisplayText.Amount(copies.Length, "instance")}";
            copy.IsDeclined = !await context.Output.ConfirmAsync(target, action).ConfigureAwait(false);
            if (!copy.IsDeclined)
                confirmed.AddRange(copies);

            // What is published is removed without another question.
            if (IsWhatIf && RemovesAfter && copy.Client is null)
                await context.Output.ConfirmAsync(target, "Remove").ConfigureAwait(false);
        }

        return confirmed;
    }

    /// <summary>Returns the place of each instance: the one with the least load, in which each instance before it counts as one busy processor.</summary>
    private async Task<IReadOnlyList<T>> SpreadAsync<T>(IReadOnlyList<T> places, Func<T, HubClient> hub, int number)
    {
        var loads = await GetLoadsAsync(places, hub).ConfigureAwait(false);
        var spread = new List<T>();
        while (places.Count > 0 && spread.Count < number)
        {
            var least = Array.IndexOf(loads, loads.Min());
            loads[least]++;
            spread.Add(places[least]);
        }

        return spread;
    }

    /// <summary>Returns the load of each place. It doesn't matter if there is only one.</summary>
    private async Task<double[]> GetLoadsAsync<T>(IReadOnlyList<T> places, Func<T, HubClient> hub) =>
        places.Count < 2 ? new double[places.Count] : await Task.WhenAll(places.Select(p => GetLoadAsync(hub(p)))).ConfigureAwait(false);

    /// <summary>Returns the number of busy processors, as far as the hub tells. A hub that doesn't respond is used last.</summary>
    private async Task<double> GetLoadAsync(HubClient hub)
    {
        try
        {
            var load = await context.Bind(hub).GetLoadAsync(context.Cancellation).ConfigureAwait(false);
            return (load.CpuPercent / 100) ?? load.CurrentLoad ?? 0;
        }
        catch (ScramjetException e)
        {
            context.Output.PostVerbose($"The load of {hub.HubId} isn't known: {e.Message}");
            return UnknownLoad;
        }
    }

    private static IReadOnlyList<T> InOrder<T>(IEnumerable<T> places, Func<T, HubClient> hub) =>
        [.. places.OrderBy(p => hub(p).SpaceId, StringComparer.Ordinal).ThenBy(p => hub(p).HubId, StringComparer.Ordinal)];

    private sealed class UploadedBytes(IProgress<long> next) : IProgress<long>
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Report(long value)
        {
            Interlocked.Exchange(ref _count, value);
            next.Report(value);
        }
    }
}
