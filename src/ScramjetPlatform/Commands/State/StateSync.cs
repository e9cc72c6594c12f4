using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client;
using ScramjetPlatform.Engine;

namespace ScramjetPlatform;

/// <summary>Makes hubs match a state file. All that can be done is done, and each change is written with its result.</summary>
/// <param name="context">The command.</param>
/// <param name="prune">Whether what the file doesn't have is removed, so that each removal is asked about.</param>
/// <param name="startTime">How long a new instance may take to run.</param>
/// <param name="gracePeriod">How long an old instance may take to end by itself.</param>
internal sealed class StateSync(CommandContext context, bool prune, TimeSpan startTime, TimeSpan gracePeriod)
{
    private readonly ConcurrentQueue<(ScramjetException Error, ScramjetStateChange Change)> _failures = [];

    /// <summary>How long a new instance may take to run.</summary>
    public TimeSpan StartTime => startTime;

    /// <summary>How long an old instance may take to end by itself.</summary>
    public TimeSpan GracePeriod => gracePeriod;

    /// <summary>Makes the changes of plans. What failed is reported after all results.</summary>
    /// <param name="plans">The plans, one for each hub.</param>
    /// <param name="isWhatIf">Whether the plans are only shown.</param>
    public async Task RunAsync(IReadOnlyList<StatePlan> plans, bool isWhatIf)
    {
        var steps = plans.SelectMany(p => p.Steps).ToArray();
        var confirmed = new HashSet<StateStep>();
        foreach (var step in steps.Where(s => s.Change.ActionCode != StateAction.Same))
        {
            var (target, action) = (TargetOf(step.Change), ActionOf(step.Change));
            var isConfirmed = prune && step.Change.ActionCode == StateAction.Remove
                ? context.Output.ConfirmRemovalAsync(target, action)
                : context.Output.ConfirmAsync(target, action);
            if (await isConfirmed.ConfigureAwait(false))
                confirmed.Add(step);
        }

        if (isWhatIf)
        {
            foreach (var step in steps)
                await context.Output.WriteAsync(step.Change).ConfigureAwait(false);
            return;
        }

        // An error of a hub ends the command here if it is to end it. Nothing was changed.
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            await Task.WhenAll(plans.Select(p => new StateHubSync(context, this, p, confirmed).RunAsync())).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            await WarnAsync(confirmed).ConfigureAwait(false);
            throw;
        }

        foreach (var (error, change) in _failures)
            context.Report(error, change);
    }

    /// <summary>Records a failure, which is reported at the end.</summary>
    public void AddFailure(ScramjetException error, ScramjetStateChange change) => _failures.Enqueue((error, change));

    /// <summary>Returns what is changed, in words.</summary>
    private static string TargetOf(ScramjetStateChange change) => $"{change.Name}{(change.Id is { } id ? $" ({id})" : "")} on {change.Hub}";

    private static string ActionOf(ScramjetStateChange change)
    {
        var verb = (change.KindCode, change.ActionCode) switch
        {
            (StateKind.Topic, StateAction.Add) => "Create topic",
            (StateKind.Topic, StateAction.Change) => "Remove and create topic",
            (StateKind.Topic, _) => "Remove topic",
            (StateKind.Sequence, StateAction.Add) => "Publish sequence",
            (StateKind.Sequence, StateAction.Change) => "Replace sequence",
            (StateKind.Sequence, _) => "Remove sequence",
            (_, StateAction.Add) => "Start instance",
            (_, StateAction.Change) => "Replace instance",
            _ => "Stop instance",
        };
        var details = change.ActionCode switch
        {
            StateAction.Change => string.Join("; ", change.Differences),
            StateAction.Add => change.Description,
            _ => "",
        };
        return details.Length == 0 ? verb : $"{verb}: {details}";
    }

    private async Task WarnAsync(IReadOnlyCollection<StateStep> steps)
    {
        var open = steps.Where(s => s is { IsBegun: true, Change.ResultCode: StateResult.None }).Select(s => s.Change).ToArray();
        var done = steps.Count(s => s.Change.ResultCode == StateResult.Done);
        if (open.Length + done > 0)
        {
            var begun = open.Length == 0 ? "" : $", and these were begun: {string.Join(", ", open.Select(c => $"{c}"))}";
            await context.WarnAsync(
                $"The command was stopped: {done} of {steps.Count} changes were made{begun}. Compare-ScramjetState tells what is left to do.")
                .ConfigureAwait(false);
        }
    }
}
