using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>
/// Replaces sequences on a hub with a new one: starts a new instance for each running one, and stops and removes the old ones when the new instances run. If
/// they don't run, the new sequence is removed instead.
/// </summary>
internal sealed class SequenceReplacement
{
    /// <summary>How long the removal of a new sequence may take after the command was stopped.</summary>
    private static readonly TimeSpan RollbackTime = TimeSpan.FromSeconds(60);

    private readonly CommandContext _context;
    private readonly IReadOnlyList<Sequence> _old;
    private readonly Instance[] _listed;
    private readonly (Instance Instance, StartOptions Settings)[] _running;

    private SequenceReplacement(CommandContext context, IReadOnlyList<Sequence> old, Instance[] listed, (Instance, StartOptions)[] running)
    {
        _context = context;
        _old = old;
        _listed = listed;
        _running = running;
    }

    /// <summary>How long a new instance may take to run.</summary>
    public TimeSpan StartTime { get; set; }

    /// <summary>How long an old instance may take to end by itself.</summary>
    public TimeSpan GracePeriod { get; set; }

    /// <summary>A description of the changes.</summary>
    public string Plan
    {
        get
        {
            var instances = DisplayText.Amount(_running.Length, "instance");
            var start = _running.Length > 0 ? $"restart {instances} with the new sequence ({string.Join(", ", _running.Select(r => r.Instance.Id))})" : null;
            var remove = _old.Count > 0 ? $"remove {string.Join(", ", _old.Select(s => s.Id))}" : null;
            return string.Join(", ", new[] { start, remove }.OfType<string>());
        }
    }

    /// <summary>Finds the running instances to replace. A warning names the settings of an instance that aren't known.</summary>
    /// <param name="context">The command.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="old">The old sequences.</param>
    /// <param name="isOrphan">
    /// Whether an instance, whose sequence its hub no longer has, is of them: a hub of 1.0 that has crashed comes back without sequences.
    /// </param>
    public static async Task<SequenceReplacement> OfAsync(
        CommandContext context,
        HubClient hub,
        IReadOnlyList<Sequence> old,
        Func<Instance, bool> isOrphan)
    {
        var ids = new HashSet<string?>(old.Select(s => s.Id), StringComparer.Ordinal);
        var instances = await hub.ListInstancesAsync(context.Cancellation).ConfigureAwait(false);
        var listed = instances.Where(i => ids.Contains(i.SequenceId) || isOrphan(i)).ToArray();
        var version = await hub.GetHubVersionAsync(context.Cancellation).ConfigureAwait(false);
        var running = listed.Where(i => !i.HasEnded && i.State != InstanceStatus.Killing).Select(i => (i, StartSettings.Of(context, i, version))).ToArray();
        return new SequenceReplacement(context, old, listed, running);
    }

    /// <summary>Starts a new instance for each running instance of the old sequences, and then stops the old instances.</summary>
    /// <param name="sequence">The new sequence.</param>
    /// <param name="isUploaded">Whether it was uploaded just now, so that it is removed if it fails.</param>
    /// <param name="startsOne">Whether an instance is started where none runs.</param>
    /// <returns>The new instances.</returns>
    /// <exception cref="ScramjetException">A new instance doesn't run. The old ones keep running.</exception>
    public async Task<IReadOnlyList<Instance>> StartAsync(Sequence sequence, bool isUploaded, bool startsOne)
    {
        var started = new List<Instance>();
        var stopsOld = false;
        try
        {
            foreach (var (_, settings) in _running)
                started.Add(await _context.StartAsync(sequence, settings).ConfigureAwait(false));

            if (startsOne && started.Count == 0)
                started.Add(await _context.StartAsync(sequence, new StartOptions()).ConfigureAwait(false));
            Task<Instance> ProveAsync(Instance instance) => _context.Watch.UntilProvenAsync(instance, StartTime, cancellationToken: _context.Cancellation);
            var running = await Task.WhenAll(started.Select(ProveAsync)).ConfigureAwait(false);
            stopsOld = true;
            await _context.ForEachAsync(_running.Select(r => r.Instance), StopAsync).ConfigureAwait(false);
            return running;
        }
        catch (ScramjetException e)
        {
            throw await UndoAsync(sequence, isUploaded, started, e).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_context.Cancellation.IsCancellationRequested)
        {
            var replaces = _old.Count > 0 || _running.Length > 0;
            if (replaces && stopsOld)
                await WarnOfBothAsync(sequence).ConfigureAwait(false);
            else if (replaces)
                await RollBackAsync(sequence, isUploaded, started).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Removes the old sequences, when their hub no longer lists their instances.</summary>
    public Task RemoveAsync() => _context.ForEachAsync(_old, old => RemoveAsync(_context, old, _listed));

    /// <summary>Removes an old sequence, when its hub no longer lists its instances.</summary>
    /// <param name="context">The command.</param>
    /// <param name="old">The sequence.</param>
    /// <param name="listed">Instances that its hub listed, also those of other sequences.</param>
    public static async Task RemoveAsync(CommandContext context, Sequence old, IEnumerable<Instance> listed)
    {
        // A hub keeps what has ended for minutes if it isn't asked to release it.
        await Task.WhenAll(listed.Where(i => i.SequenceId == old.Id).Select(async instance =>
        {
            var now = await context.Bind(instance.Client).RefreshAsync(instance, context.Cancellation).ConfigureAwait(false);
            if (now is { HasEnded: true, IsGone: false })
                await context.Watch.ReleaseAsync(now, context.Cancellation).ConfigureAwait(false);
        })).ConfigureAwait(false);
        var time = InstanceTimings.Default.ListedTime;
        await context.Watch.RemoveAsync(old.Client, timeout: time, cancellationToken: context.Cancellation).ConfigureAwait(false);
        context.Output.PostVerbose($"The old sequence '{old.Name}' ({old.Id}) on {old.Hub} was removed.");
    }

    /// <summary>Removes the new sequence and its instances after the command was stopped. The old instances keep running.</summary>
    private async Task RollBackAsync(Sequence sequence, bool isUploaded, IReadOnlyList<Instance> started)
    {
        using var bound = new CancellationTokenSource(RollbackTime);
        try
        {
            await Task.WhenAll(started.Select(i => _context.Watch.KillAsync(i, removeImmediately: true, bound.Token))).ConfigureAwait(false);
            if (isUploaded)
                await _context.RemoveAsync(sequence.Client, IsOneOf(started), timeout: null, bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ScramjetException or OperationCanceledException)
        {
            await WarnOfBothAsync(sequence).ConfigureAwait(false);
        }
    }

    private static Func<Instance, bool> IsOneOf(IReadOnlyList<Instance> instances) => instance => instances.Any(i => i.Id == instance.Id);

    private Task WarnOfBothAsync(Sequence sequence) => _context.WarnAsync(
        $"Publish-ScramjetSequence was stopped while it replaced '{sequence.Name}' on {sequence.Hub}: the new sequence {sequence.Id} and the old " +
        $"{string.Join(", ", _old.Count > 0 ? _old.Select(s => s.Id) : _running.Select(r => r.Instance.Id))} are both there.");

    private async Task StopAsync(Instance old)
    {
        var after = await _context.Watch.StopAsync(old, GracePeriod, cancellationToken: _context.Cancellation).ConfigureAwait(false);
        await _context.Watch.UntilEndedAsync(after, InstanceTimings.Default.KillTime, _context.Cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes the new sequence or its instances, and returns the error that describes it.</summary>
    private async Task<ScramjetException> UndoAsync(Sequence sequence, bool isUploaded, IReadOnlyList<Instance> started, ScramjetException cause)
    {
        foreach (var instance in started)
            await InstanceFailure.ShowAsync(_context, instance).ConfigureAwait(false);

        string left;
        try
        {
            if (isUploaded)
                await _context.Watch.RemoveAsync(sequence.Client, IsOneOf(started), cancellationToken: _context.Cancellation).ConfigureAwait(false);
            else
                await Task.WhenAll(started.Select(i => _context.Watch.KillAsync(i, removeImmediately: true, _context.Cancellation))).ConfigureAwait(false);
            left = isUploaded ? "The new sequence was removed" : "Its new instances were killed";
        }
        catch (OperationCanceledException) when (_context.Cancellation.IsCancellationRequested)
        {
            await _context.WarnAsync($"The new '{sequence.Name}' doesn't run on '{sequence.Hub}': {cause.Message}").ConfigureAwait(false);
            await RollBackAsync(sequence, isUploaded, started).ConfigureAwait(false);
            throw;
        }
        catch (ScramjetException e)
        {
            left = $"The new sequence {sequence.Id} could not be removed ({e.Message.TrimEnd('.')})";
        }

        var old = _old.Count == 0 ? "" : _running.Length > 0 ? ", and the old instances keep running" : ", and the old sequence stays";
        return new ScramjetException(
            cause.Code,
            $"The new '{sequence.Name}' doesn't run on '{sequence.Hub}': {cause.Message} {left}{old}.",
            "Correct the program, and publish it again. If they were available, its standard error and " +
            "the first error of its log were shown as warnings. See also the hub's log with Get-ScramjetLog.",
            cause);
    }
}
