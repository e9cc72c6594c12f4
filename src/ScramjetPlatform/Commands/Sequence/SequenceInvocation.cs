using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
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
/// Runs the records of a pipeline through instances of a sequence, and reports which records an instance that fails leaves behind. If these are dealt again,
/// another instance replaces it. Afterwards, nothing is left of the instances.
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

    /// <summary>For each retry, so many instances can fail in a row without output, because a few records in a row can cause it.</summary>
    private const int FewestFailures = 3;

    private readonly ConcurrentBag<InvokedInstance> _instances = [];
    private readonly object _gate = new();
    private int _failures;
    private long _returned;
    private int _count;

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
            _count = copies.Count;
            await Task.WhenAll(copies.Select(c => new InvokedInstance(context, options, c, deal)).ToArray().Select(RunAsync)).ConfigureAwait(false);
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
        var (unsent, first, total) = deal.GetUnsent();
        if (!CountsRecords || _instances.IsEmpty || unsent == 0)
            return;
        var error = new ScramjetException(
            ErrorCodes.Gone,
            $"{unsent} of {total} records weren't sent, because no instance was left: those from record {first} on.",
            "See the errors of the instances.");

        // The target of errors about ordered records consists of records, to be sent again.
        context.Report(error, deal.IsOrdered ? Array.Empty<object>() : options.Target);
    }

    /// <summary>Runs an instance, and if it fails, those that replace it.</summary>
    private async Task RunAsync(InvokedInstance instance)
    {
        _instances.Add(instance);
        var replacement = Task.CompletedTask;
        try
        {
            await instance.RunAsync(CountsRecords ? null : e => Report(instance, e)).ConfigureAwait(false);
        }
        catch (ScramjetException e) when (!context.Cancellation.IsCancellationRequested)
        {
            await FailAsync(instance, e).ConfigureAwait(false);
            if (options.Retries > 0 && e.Code != ErrorCodes.OutputMismatch)
                replacement = ReplaceAsync(instance);
        }
        finally
        {
            deal.Close(instance.Share);
            var cleanUp = CleanUpAsync(instance, token => instance.EndAsync(IsRemoved(instance.Copy), token));
            await Task.WhenAll(cleanUp, replacement).ConfigureAwait(false);
        }
    }

    /// <summary>Runs an instance in the place of one that has failed, if there are records for it.</summary>
    private async Task ReplaceAsync(InvokedInstance failed)
    {
        var failures = failed.Share.Returned > 0 ? 0 : failed.FailuresBefore + 1;
        if (!MayReplace(failures) || !deal.NeedsInstance)
            return;
        if (await placement.ReplaceAsync().ConfigureAwait(false) is not { } copy)
            return;
        try
        {
            await RunAsync(new InvokedInstance(context, options, copy, deal) { FailuresBefore = failures }).ConfigureAwait(false);
        }
        finally
        {
            placement.Release(copy);
        }
    }

    /// <summary>Counts a failure, and returns whether another instance can be started. A program that always fails isn't started again and again.</summary>
    /// <param name="failures">How many instances in a row have failed without output, each of which replaced the one before.</param>
    private bool MayReplace(int failures)
    {
        lock (_gate)
        {
            var returned = deal.Returned;
            _failures = returned == _returned ? _failures + 1 : 1;
            _returned = returned;
            return failures < (options.Retries + 1) * FewestFailures && _failures < (options.Retries + 1) * Math.Max(_count, FewestFailures);
        }
    }

    /// <summary>Reports a failure at once, because the cleanup takes time. Deals the records again that the instance leaves unanswered, if requested.</summary>
    private async Task FailAsync(InvokedInstance instance, ScramjetException failure)
    {
        instance.Observe(failure);
        instance.Copy.IsFailing |= failure is ScramjetApiException { StatusCode: null };
        instance.Copy.IsGone |= instance.Id is null && failure is ScramjetApiException { StatusCode: HttpStatusCode.NotFound };
        var unanswered = deal.Close(instance.Share);
        if (!CountsRecords)
        {
            context.Report(failure, options.Target);
        }
        else if (!deal.IsOrdered)
        {
            var (taken, which) = (instance.Share.Taken, instance.Share.Taken == 0 ? "" : ", which may be lost or may have been processed");
            context.Report(Because(failure, $"{Subject(instance, failure)} had taken {RecordRanges.Amount(taken)}{which}."), options.Target);
        }
        else if (failure.Code == ErrorCodes.OutputMismatch)
        {
            var has = unanswered.Count == 1 ? "has" : "have";
            var error = unanswered.Count == 0 ? failure : Because(failure, $"{RecordRanges.Of(unanswered)} {has} no value.");
            await ReportRecordsAsync(unanswered, error).ConfigureAwait(false);
        }
        else
        {
            await FailOrderedAsync(instance, failure, unanswered).ConfigureAwait(false);
        }
    }

    private async Task FailOrderedAsync(InvokedInstance instance, ScramjetException failure, IReadOnlyList<Record> unanswered)
    {
        var rest = options.Retries == 0 ? unanswered : deal.DealAgain(unanswered, options.Retries);
        var again = unanswered.Except(rest).ToArray();
        var subject = Subject(instance, failure);
        var all = instance.Share.Taken == 0
            ? "had taken no records"
            : $"had answered {(instance.Share.Taken == 1 ? "the record" : $"all {instance.Share.Taken} records")} that it had taken";
        if (rest.Count > 0 || options.Retries == 0)
        {
            var tries = options.Retries == 0 ? "" : $" after {(options.Retries == 1 ? "a retry" : $"{options.Retries} retries")}";
            var amount = rest.Count > 0 ? $"left {RecordRanges.Of(rest)} unanswered{tries}" : all;
            await ReportRecordsAsync(rest, Because(failure, $"{subject} {amount}.")).ConfigureAwait(false);
        }

        if (again.Length > 0)
        {
            var receiver = again.Length == 1 ? "another instance receives" : "other instances receive";
            context.Output.PostWarning(After(failure, $"{subject} left {RecordRanges.Of(again)} unanswered, which {receiver}."));
        }
        else if (rest.Count == 0 && options.Retries > 0)
        {
            context.Output.PostWarning(After(failure, $"{subject} {all}."));
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
        new(failure.Code, After(failure, text), failure.RecommendedAction, failure) { Situation = failure.Situation };

    /// <summary>Returns the message of a failure, which can lack its full stop, and another sentence.</summary>
    private static string After(ScramjetException failure, string text) => $"{failure.Message.TrimEnd('.')}. {text}";

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
                await RemoveAsync(copy.Publishing.Result, instances, token).ConfigureAwait(false);
        });
    }

    private async Task RemoveAsync(SequenceClient sequence, IReadOnlyList<InvokedInstance> own, CancellationToken cancellationToken)
    {
        Instance[] instances = [.. own.Select(i => i.Killed).OfType<Instance>()];
        var released = await Task.WhenAll(instances.Select(async instance => !instance.IsGone
            && (!instance.HasEnded || await context.Watch.ReleaseAsync(instance, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);

        // Others can have started instances of the sequence meanwhile.
        await context.RemoveAsync(sequence, one => own.Any(i => i.Id == one.Id), CleanUpTime, cancellationToken).ConfigureAwait(false);
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
