using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>Makes a hub match a state file.</summary>
/// <param name="context">The command.</param>
/// <param name="sync">What the hub is a part of.</param>
/// <param name="plan">The changes of the hub.</param>
/// <param name="confirmed">The changes that were confirmed.</param>
internal sealed class StateHubSync(CommandContext context, StateSync sync, StatePlan plan, HashSet<StateStep> confirmed)
{
    /// <summary>How many instances of a hub are started at the same time.</summary>
    private const int ConcurrentStarts = 4;

    private readonly Dictionary<StateStep, Instance> _started = [];

    private readonly HashSet<string> _known = new(plan.Hub.Listed.Select(i => i.Id), StringComparer.OrdinalIgnoreCase);

    /// <summary>The first error that says that the hub can't be reached.</summary>
    private ScramjetException? _lost;

    private HubClient Hub => context.Bind(plan.Hub.Client);

    /// <summary>
    /// Topics come first, because instances use them, and what is removed goes last, because others may take its place.
    /// </summary>
    public async Task RunAsync()
    {
        foreach (var step in plan.Steps.Where(s => s.Change.ActionCode == StateAction.Same))
            await WriteAsync(step).ConfigureAwait(false);

        await EachAsync(s => s.Topic is not null, CreateTopicAsync).ConfigureAwait(false);
        await EachAsync(s => s.Change.KindCode == StateKind.Sequence && s.Sequence is not null, UploadAsync, isLast: s => s.OldSequence is null)
            .ConfigureAwait(false);
        await FindStartedAsync().ConfigureAwait(false);
        await EachAsync(s => s.Options is not null, StartAsync).ConfigureAwait(false);
        await EachAsync(s => s.OldInstance is not null && s.Options is null, StopOldAsync).ConfigureAwait(false);
        await EachAsync(s => s.OldSequence is not null, RemoveSequenceAsync).ConfigureAwait(false);
        await EachAsync(s => s.Change.KindCode == StateKind.Topic && s.Topic is null, RemoveTopicAsync).ConfigureAwait(false);
    }

    /// <summary>Does the steps of a kind. The failure of one doesn't affect the others, unless the hub can't be reached.</summary>
    /// <param name="filter">The steps.</param>
    /// <param name="work">Does a step.</param>
    /// <param name="isLast">Whether the step is over then; by default, all are.</param>
    private async Task EachAsync(Func<StateStep, bool> filter, Func<StateStep, Task> work, Func<StateStep, bool>? isLast = null)
    {
        using var slots = new SemaphoreSlim(ConcurrentStarts);
        var open = plan.Steps.Where(s => s.Change is { ActionCode: not StateAction.Same, ResultCode: StateResult.None } && filter(s)).ToArray();
        await Task.WhenAll(open.Select(async step =>
        {
            await slots.WaitAsync(context.Cancellation).ConfigureAwait(false);
            try
            {
                await DoAsync(step, work, isLast?.Invoke(step) != false).ConfigureAwait(false);
            }
            finally
            {
                slots.Release();
            }
        })).ConfigureAwait(false);
    }

    private async Task DoAsync(StateStep step, Func<StateStep, Task> work, bool isLast)
    {
        if (!confirmed.Contains(step))
        {
            await EndAsync(step, StateResult.Skipped, "It was not confirmed.").ConfigureAwait(false);
            return;
        }

        if (_lost is not null)
        {
            await EndAsync(step, StateResult.Skipped, $"The hub can't be reached: {_lost.Message}").ConfigureAwait(false);
            return;
        }

        try
        {
            step.IsBegun = true;
            await work(step).ConfigureAwait(false);
            if (isLast && step.Change.ResultCode == StateResult.None)
                await EndAsync(step, StateResult.Done).ConfigureAwait(false);
        }
        catch (ScramjetException e)
        {
            // One error is enough for a hub that can't be reached.
            if (!IsLost(e) || Interlocked.CompareExchange(ref _lost, e, null) is null)
                sync.AddFailure(e, step.Change);
            await EndAsync(step, StateResult.Failed, e.Message).ConfigureAwait(false);
        }
    }

    private Task EndAsync(StateStep step, StateResult result, string? why = null)
    {
        step.Change.ResultCode = result;
        step.Change.ErrorMessage = why;
        return WriteAsync(step);
    }

    private Task WriteAsync(StateStep step) => context.Output.WriteAsync(step.Change);

    private static bool IsLost(ScramjetException e) => e.Code is ErrorCodes.CannotConnect or ErrorCodes.HubDisconnected
        || e.Situation == ErrorSituation.HubUnreachable
        || (e.InnerException is ScramjetException inner && IsLost(inner));

    private async Task CreateTopicAsync(StateStep step)
    {
        var topic = step.Topic!;
        if (step.Change.ActionCode == StateAction.Change)
            await RemoveTopicAsync(step).ConfigureAwait(false);
        try
        {
            await Hub.CreateTopicAsync(topic.Name, topic.ContentType, context.Cancellation).ConfigureAwait(false);
        }
        catch (ScramjetException e) when (e.Code == ErrorCodes.AlreadyExists)
        {
            // Something else has created it since the hub was compared.
            var type = await Hub.GetTopicTypeAsync(topic.Name, context.Cancellation).ConfigureAwait(false);
            if (type is not null && !ContentTypes.AreSame(type, topic.ContentType))
            {
                throw new ScramjetException(
                    ErrorCodes.BadParameters,
                    $"Something else has created the topic '{topic.Name}' on '{plan.Hub.Hub}' with the content type {type}, not {topic.ContentType}.",
                    "Correct the file, or run the command again to replace the topic.",
                    e);
            }
        }
    }

    private Task RemoveTopicAsync(StateStep step) => IgnoreMissingAsync(Hub.DeleteTopicAsync(step.Change.Name, context.Cancellation));

    /// <summary>Waits for the removal of something. If it is gone already, that is fine.</summary>
    private static async Task IgnoreMissingAsync(Task removal)
    {
        try
        {
            await removal.ConfigureAwait(false);
        }
        catch (ScramjetApiException e) when (e.Code == ErrorCodes.NotFound)
        {
            // A topic goes with the instances that use it, and another command may have removed the same thing.
        }
    }

    /// <summary>
    /// Publishes a sequence, unless another command has done that since the hub was compared. If both do it at the same time, the copy that the hub lists
    /// first is used, and the other one is removed.
    /// </summary>
    private async Task UploadAsync(StateStep step)
    {
        var planned = step.Sequence!;
        var package = planned.Source.Package!;
        if (await FindAsync(package).ConfigureAwait(false) is not { } sequence)
        {
            var uploaded = await Packages.UploadAsync(context, planned.Source.Path!.Text(), package, Hub).ConfigureAwait(false);
            sequence = await FindAsync(package).ConfigureAwait(false) ?? uploaded;
            planned.IsUploaded = sequence.Id == uploaded.Id;
            if (!planned.IsUploaded)
                await IgnoreMissingAsync(context.Watch.RemoveAsync(uploaded.Client, cancellationToken: context.Cancellation)).ConfigureAwait(false);
        }

        planned.Existing = sequence;
        step.Change.NewId = sequence.Id;
    }

    private async Task<Sequence?> FindAsync(LazyPackage package) =>
        Packages.Find(await Hub.ListSequencesAsync(context.Cancellation).ConfigureAwait(false), package.Manifest);

    private async Task StartAsync(StateStep step)
    {
        if (step.Sequence!.Existing is null)
        {
            await EndAsync(step, StateResult.Skipped, "Its sequence isn't on the hub.").ConfigureAwait(false);
            return;
        }

        if (step is { StopsFirst: true, OldInstance: not null })
            await StopOldAsync(step).ConfigureAwait(false);
        if (_started.TryGetValue(step, out var started))
            step.Change.NewId = started.Id;
        else
            await StartNewAsync(step, step.Sequence.Existing).ConfigureAwait(false);
        if (step is { StopsFirst: false, OldInstance: not null })
            await StopOldAsync(step).ConfigureAwait(false);
    }

    /// <summary>Finds the instances that another command has started since the hub was compared.</summary>
    private async Task FindStartedAsync()
    {
        var open = plan.Steps.Where(s => confirmed.Contains(s) && s is { Options.InstanceId: not null, Sequence.Existing: not null }).ToArray();
        if (open.Length == 0 || _lost is not null)
            return;

        var others = await ListNewAsync().ConfigureAwait(false);
        foreach (var step in open)
        {
            if (others.Find(i => IsOf(step, i)) is { } started && others.Remove(started))
                _started[step] = started;
        }
    }

    /// <summary>
    /// Kills an instance if another command has started the same at the same time, so that there is one too many. The ones that the hub lists first stay.
    /// </summary>
    private async Task KillExtraAsync(StateStep step, Instance own)
    {
        if (step.Options!.InstanceId is null)
            return;

        var wanted = plan.Steps.Count(s => s.Options?.InstanceId is not null && s.Sequence == step.Sequence && IsOf(s, own));
        var kept = (await ListNewAsync().ConfigureAwait(false)).Where(i => IsOf(step, i)).Take(wanted).ToArray();
        if (kept.Length < wanted || Array.Exists(kept, i => i.Id == own.Id))
            return;

        await context.Watch.KillAsync(own, removeImmediately: true, context.Cancellation).ConfigureAwait(false);
        step.Change.NewId = kept[wanted - 1].Id;
    }

    /// <summary>Lists the running instances that weren't there when the hub was compared, none if that fails.</summary>
    private async Task<List<Instance>> ListNewAsync()
    {
        try
        {
            var instances = await Hub.ListInstancesAsync(context.Cancellation).ConfigureAwait(false);
            return [.. instances.Where(i => !_known.Contains(i.Id) && HubState.Runs(i))];
        }
        catch (ScramjetException)
        {
            return [];
        }
    }

    /// <summary>Returns whether an instance is what a step starts, which its id tells.</summary>
    private static bool IsOf(StateStep step, Instance instance) => instance.SequenceId == step.Sequence?.Existing?.Id
        && StateIdentity.Parse(step.Options!.InstanceId!)?.IsSame(StateIdentity.Parse(instance.Id)) == true;

    /// <summary>Starts an instance, and removes it if it doesn't run.</summary>
    private async Task StartNewAsync(StateStep step, Sequence sequence)
    {
        Instance? started = null;
        try
        {
            started = await context.StartAsync(sequence, step.Options!).ConfigureAwait(false);
            step.Change.NewId = started.Id;
            await context.Watch.UntilProvenAsync(started, sync.StartTime, canEnd: false, context.Cancellation).ConfigureAwait(false);
            await KillExtraAsync(step, started).ConfigureAwait(false);
        }
        catch (ScramjetException e) when (!IsLost(e) && (started is not null || step.OldInstance is not null))
        {
            if (started is not null)
            {
                await InstanceFailure.ShowAsync(context, started).ConfigureAwait(false);
                await context.Watch.KillAsync(started, removeImmediately: true, context.Cancellation).IgnoreOutcomeAsync().ConfigureAwait(false);
            }

            var old = step.OldInstance is null ? ""
                : step.StopsFirst ? await RestoreAsync(step.OldInstance).ConfigureAwait(false)
                : " The old one keeps running.";
            var advice = started is null ? e.RecommendedAction : "Check what the program wrote to its standard error, which was shown as a warning.";
            throw new ScramjetException(e.Code, e.Message + old, advice, e);
        }
    }

    /// <summary>Starts an instance again that was stopped for another one that doesn't run.</summary>
    /// <returns>What was done.</returns>
    private async Task<string> RestoreAsync(Instance old)
    {
        var sequence = plan.Hub.Sequences.FirstOrDefault(s => s.Id == old.SequenceId);
        if (sequence is null || old.AppConfig is null)
            return $" The old one, {old.Id}, was stopped before, and its configuration to start it again isn't known.";

        try
        {
            var restored = await context.StartAsync(sequence, StartOptions.Of(old)).ConfigureAwait(false);
            return $" The old one, {old.Id}, was stopped before, and started again as {restored.Id}.";
        }
        catch (ScramjetException e)
        {
            return $" The old one, {old.Id}, was stopped before, and can't be started again: {e.Message}";
        }
    }

    private async Task StopOldAsync(StateStep step)
    {
        var after = await context.Watch.StopAsync(step.OldInstance!, sync.GracePeriod, cancellationToken: context.Cancellation).ConfigureAwait(false);
        await context.Watch.UntilEndedAsync(after, InstanceTimings.Default.KillTime, context.Cancellation).ConfigureAwait(false);
    }

    private async Task RemoveSequenceAsync(StateStep step)
    {
        if (step.Sequence is { IsUploaded: true } planned && !await IsUsedAsync(planned).ConfigureAwait(false))
        {
            throw new ScramjetException(
                ErrorCodes.InstanceFailed,
                $"No instance of the new '{step.Change.Name}' runs on '{step.Change.Hub}'. It was removed, and the old one stays.",
                "Correct the program.");
        }

        var staying = plan.Steps.FirstOrDefault(
            s => s.Change.ResultCode == StateResult.Skipped && s.OldInstance is { } instance && instance.SequenceId == step.OldSequence!.Id);
        if (staying is not null)
        {
            var published = step.Sequence is null ? "" : "The new one was published. ";
            await EndAsync(step, StateResult.Skipped, $"{published}'{step.Change.Id}' stays, because its instance '{staying.Change.Id}' does.")
                .ConfigureAwait(false);
            return;
        }

        await IgnoreMissingAsync(SequenceReplacement.RemoveAsync(context, step.OldSequence!, plan.Hub.Listed)).ConfigureAwait(false);
    }

    /// <summary>Removes a sequence that was uploaded if no instance of it could be started.</summary>
    private async Task<bool> IsUsedAsync(PlannedSequence planned)
    {
        var results = plan.Steps.Where(s => s.Options is not null && s.Sequence == planned).Select(s => s.Change.ResultCode).ToArray();
        if (!results.Contains(StateResult.Failed) || results.Contains(StateResult.Done))
            return true;

        try
        {
            await context.Watch.RemoveAsync(planned.Existing!.Client, cancellationToken: context.Cancellation).ConfigureAwait(false);
            return false;
        }
        catch (ScramjetApiException e) when (e.Situation == ErrorSituation.SequenceInUse)
        {
            // Somebody else has started an instance of it.
            return true;
        }
    }
}
