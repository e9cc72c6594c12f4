using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Api;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Streams;
using ScramjetPlatform.View;

namespace ScramjetPlatform;

/// <summary>
/// Runs the records of a pipeline through instances of a sequence, and reports which records an instance that fails leaves behind. Afterwards, nothing is
/// left of the instances.
/// </summary>
/// <param name="context">The command's context.</param>
/// <param name="options">How the instances run.</param>
/// <param name="deal">The records.</param>
/// <param name="placement">The hubs.</param>
internal sealed class SequenceInvocation(CommandContext context, InvocationOptions options, RecordDeal deal, SequencePlacement placement)
{
    /// <summary>
    /// The maximum time for the cleanup. Hubs of 1.0 need up to 15 seconds to end the instance, and 15 seconds more before the sequence can be removed.
    /// </summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(90);

    /// <summary>The maximum time for the cleanup on a hub that doesn't respond.</summary>
    private static readonly TimeSpan SilentHubCleanUpTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentBag<InvokedInstance> _instances = [];
    private int _lost;

    /// <summary>Whether records of the pipeline count: the failure of an instance tells about its records.</summary>
    private bool CountsRecords => deal.IsShared || deal.IsOrdered;

    /// <summary>Runs the instances until all records are processed, or no instance is left.</summary>
    /// <param name="place">Finds or publishes the sequence, and returns the hub of each instance.</param>
    public async Task RunAsync(Func<Task<IReadOnlyList<SequenceCopy>>> place)
    {
        try
        {
            var copies = await place().ConfigureAwait(false);
            using var progress = deal.IsShared && copies.Count > 0 ? new DealProgress(context.Output, deal, copies[0].Name, copies.Count) : null;
            for (var round = 0; copies.Count > 0; round++)
            {
                _lost = 0;
                await Task.WhenAll(copies.Select(c => new InvokedInstance(context, options, c, deal)).ToArray().Select(RunAsync)).ConfigureAwait(false);
                if (_lost == 0 || round >= options.Retries || !deal.IsOpen)
                    break;
                copies = await placement.SpreadAsync(deal.NewInstances(copies.Count)).ConfigureAwait(false);
            }
        }
        catch (ScramjetException e) when (!context.Cancellation.IsCancellationRequested)
        {
            context.Report(e, options.Target);
        }
        finally
        {
            var rest = deal.Close();
            if (rest.Count > 0 && !context.Cancellation.IsCancellationRequested)
                await GiveUpAsync(rest).ConfigureAwait(false);
            await Task.WhenAll(placement.Copies.Select(RemoveAsync)).ConfigureAwait(false);
        }
    }

    /// <summary>Reports the records that no instance took. Call it when all records have come.</summary>
    public void ReportUnsent()
    {
        if (!CountsRecords || _instances.IsEmpty || deal.Unsent is not (> 0 and var unsent))
            return;
        var error = new ScramjetException(
            ErrorCodes.Gone,
            $"{unsent} of {deal.Count} records weren't sent, because no instance was left: those from record {deal.Count - unsent + 1} on.",
            "See the errors of the instances.");

        // The target of errors about ordered records consists of records, to be sent again.
        context.Report(error, deal.IsOrdered ? Array.Empty<object>() : options.Target);
    }

    private async Task RunAsync(InvokedInstance instance)
    {
        _instances.Add(instance);
        try
        {
            await instance.RunAsync(CountsRecords ? null : e => Report(instance, e)).ConfigureAwait(false);
        }
        catch (ScramjetException e) when (!context.Cancellation.IsCancellationRequested)
        {
            await FailAsync(instance, e).ConfigureAwait(false);
        }
        finally
        {
            deal.Close(instance.Share);
            await CleanUpAsync(instance, token => instance.EndAsync(IsRemoved(instance.Copy), token)).ConfigureAwait(false);
        }
    }

    /// <summary>Reports a failure at once, because the cleanup takes time. Deals the records again that the instance leaves unanswered, if requested.</summary>
    private async Task FailAsync(InvokedInstance instance, ScramjetException failure)
    {
        instance.Observe(failure);
        instance.Copy.IsFailing |= failure is ScramjetApiException { StatusCode: null };
        var unanswered = deal.Close(instance.Share);
        if (!CountsRecords)
        {
            context.Report(failure, options.Target);
        }
        else if (!deal.IsOrdered)
        {
            var taken = instance.Share.Taken;
            var amount = taken == 0 ? "had taken no records" : $"had taken {taken} records, which may be lost or may have been processed";
            context.Report(Because(failure, $"{Subject(instance, failure)} {amount}."), options.Target);
        }
        else
        {
            Interlocked.Increment(ref _lost);
            var again = failure.Code == ErrorCodes.OutputMismatch ? [] : unanswered.Where(r => r.Deals < options.Retries).ToArray();
            var rest = unanswered.Except(again).ToArray();
            deal.DealAgain(again);
            var subject = Subject(instance, failure);
            var all = $"had answered all {instance.Share.Returned} records that it had taken";
            if (rest.Length > 0 || options.Retries == 0 || failure.Code == ErrorCodes.OutputMismatch)
            {
                var amount = rest.Length > 0 ? $"left {RecordRanges.Of(rest)} unanswered" : all;
                await ReportRecordsAsync(rest, Because(failure, $"{subject} {amount}.")).ConfigureAwait(false);
            }

            if (again.Length > 0)
                context.Output.PostWarning($"{failure.Message} {subject} left {RecordRanges.Of(again)} unanswered, which another instance receives.");
            else if (rest.Length == 0 && options.Retries > 0 && failure.Code != ErrorCodes.OutputMismatch)
                context.Output.PostWarning($"{failure.Message} {subject} {all}.");
        }
    }

    private Task GiveUpAsync(IReadOnlyList<Record> records) => ReportRecordsAsync(
        records,
        new ScramjetException(
            ErrorCodes.Gone,
            $"{RecordRanges.Of(records)} {(records.Count == 1 ? "is" : "are")} unanswered, because no instance is left.",
            "See the errors of the instances."));

    /// <summary>Reports an error about records, which are its target, and leaves them without an output.</summary>
    private Task ReportRecordsAsync(IReadOnlyList<Record> records, ScramjetException error)
    {
        context.Report(error, records.Select(r => r.Value).ToArray());
        return deal.GiveUpAsync(records);
    }

    private void Report(InvokedInstance instance, ScramjetException error)
    {
        instance.Observe(error);
        context.Report(error, options.Target);
    }

    private static ScramjetException Because(ScramjetException failure, string text) =>
        new(failure.Code, $"{failure.Message} {text}", failure.RecommendedAction, failure) { Situation = failure.Situation };

    /// <summary>The instance as the subject of a sentence after a message.</summary>
    private static string Subject(InvokedInstance instance, ScramjetException failure) =>
        instance.Id is { } id && failure.Message.Contains(id) ? $"The instance on {instance.Copy.Hub.HubId}" : Capital(instance.ToString());

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1);

    private bool IsRemoved(SequenceCopy copy) => options.RemoveAfter && copy.Publishing is not null;

    /// <summary>Removes the sequence that the command has published on a hub, if requested. This also happens if the pipeline was stopped.</summary>
    private Task RemoveAsync(SequenceCopy copy)
    {
        if (!IsRemoved(copy))
            return Task.CompletedTask;

        var instances = _instances.Where(i => i.Copy == copy).ToArray();
        return CleanUpAsync(instances.FirstOrDefault(i => i.IsHubSilent) ?? instances.FirstOrDefault(), async token =>
        {
            await copy.Publishing!.IgnoreOutcomeAsync().OrCanceledAsync(token).ConfigureAwait(false);
            if (copy.Publishing!.Status == TaskStatus.RanToCompletion)
                await RemoveAsync(copy.Publishing.Result, [.. instances.Select(i => i.Killed).OfType<Instance>()], token).ConfigureAwait(false);
        });
    }

    private async Task RemoveAsync(SequenceClient sequence, IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
    {
        var released = await Task.WhenAll(instances.Select(async instance => !instance.IsGone
            && (!instance.HasEnded || await context.Watch.ReleaseAsync(instance, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        await context.RemoveAsync(sequence, CleanUpTime, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(instances.Where((_, i) => released[i]).Select(instance =>
            context.Watch.UntilGoneAsync(instance, InstanceTimings.Default.ReleaseTime, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Cleans up within a time limit. It can continue after the command has ended.</summary>
    private async Task CleanUpAsync(InvokedInstance? instance, Func<CancellationToken, Task> work)
    {
        var time = instance?.IsHubSilent == true ? SilentHubCleanUpTime : CleanUpTime;
        using var bound = new CancellationTokenSource(time);
        try
        {
            await work(bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ScramjetException or OperationCanceledException)
        {
            var reason = e is OperationCanceledException ? $"it took longer than {time.TotalSeconds:0} s" : e.Message.TrimEnd('.');
            await context.WarnAsync(
                $"Invoke-ScramjetSequence couldn't clean up after '{options.Target}': {reason}. " +
                "To see what remains, use Get-ScramjetInstance and Get-ScramjetSequence.").ConfigureAwait(false);
        }
    }
}
