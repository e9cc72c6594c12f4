using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Api;
using Scramjet.Client.Compat;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Instances;

/// <summary>
/// Determines how the run of an instance ended, from its log and output. Newer hubs report it with the instance. Hubs of 0.18 stop listing an instance at
/// once, or after ten seconds if it ended successfully, and their log has a line for success, but none for a failure.
/// </summary>
internal sealed class InstanceRun(InstanceClient instance)
{
    /// <summary>What is special about the error of an instance that failed, for the advice on it.</summary>
    public ErrorSituation Failure { get; init; } = ErrorSituation.InstanceFailed;

    /// <summary>The facts that the instance's log contains.</summary>
    public RunnerLog Log { get; } = new(instance.InstanceId);

    /// <summary>Reads the instance's log, which contains how its run proceeds.</summary>
    /// <param name="take">Takes each entry; null if only the facts matter.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task ReadLogAsync(Func<LogEntry, Task>? take, CancellationToken cancellationToken)
    {
        using var stream = await instance.GetStreamAsync(InstanceStream.Log, cancellationToken).ConfigureAwait(false);
        var reader = new LineReader(stream);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } lines)
        {
            foreach (var line in lines)
            {
                var entry = LogEntry.Parse(line, null, instance.Hub.HubId, instance.InstanceId);
                Log.Add(entry);
                if (take is not null)
                    await take(entry).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits until it is known how the instance ended, and checks that its output is complete.</summary>
    /// <param name="watch">Waits for the instance.</param>
    /// <param name="logReading">The task that reads the log and adds its entries to <see cref="Log"/>.</param>
    /// <param name="name">The sequence's name.</param>
    /// <param name="received">The number of bytes of output that were read.</param>
    /// <param name="transferred">A phrase for error messages that states how much was read and sent.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ScramjetException">
    /// <c>INSTANCE_FAILED</c>, with the exit code and the reason if the hub reports them. <c>STREAM_BROKEN</c>: the output ended before the program did, or a
    /// part of it is missing.
    /// </exception>
    public async Task EnsureSucceededAsync(
        InstanceWatch watch,
        Task logReading,
        string name,
        long received,
        string transferred,
        CancellationToken cancellationToken)
    {
        if (!await EndsWellAsync(watch, logReading, name, Timings.EndAfterOutput, cancellationToken).ConfigureAwait(false))
        {
            // The hub has lost its connection to the instance, and has ended the output as if it were complete.
            throw new ScramjetException(
                ErrorCodes.StreamBroken,
                $"The output of the instance {instance.InstanceId} of '{name}' ended before its program did, because the hub has lost its connection to it. "
                + $"{transferred}. The data that the program wrote after that is missing.",
                "See the hub's log. A hub loses its connections to instances when its machine is overloaded.")
            {
                Situation = ErrorSituation.InstanceLost,
            };
        }

        if (Log.CountsOutput)
            await Task.WhenAny(Log.OutputWritten, Task.Delay(Timings.LogAfterEnd, cancellationToken)).ConfigureAwait(false);
        if (Log.OutputWritten.Status == TaskStatus.RanToCompletion && Log.OutputWritten.Result is var written && written > received)
        {
            throw new ScramjetException(
                ErrorCodes.StreamBroken,
                $"{written - received} of the {written} bytes that the instance {instance.InstanceId} of '{name}' wrote to its output are missing. "
                    + $"{transferred}.",
                "Check whether something else reads the instance's output, and see the hub's log.")
            {
                Situation = ErrorSituation.OutputIncomplete,
            };
        }
    }

    /// <summary>Waits until it is known how the instance ended.</summary>
    /// <param name="watch">Waits for the instance.</param>
    /// <param name="logReading">The task that reads the log and adds its entries to <see cref="Log"/>.</param>
    /// <param name="name">The sequence's name.</param>
    /// <param name="time">How long to wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether it has succeeded; false if it still runs.</returns>
    /// <exception cref="ScramjetException"><c>INSTANCE_FAILED</c>, with the exit code and the reason if the hub reports them.</exception>
    public async Task<bool> EndsWellAsync(InstanceWatch watch, Task logReading, string name, TimeSpan time, CancellationToken cancellationToken)
    {
        Instance now;
        try
        {
            now = await watch.UntilAsync(instance.ToInstance(), i => Log.Completed.IsCompleted || i.HasEnded, "to end", time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ScramjetException e) when (e.Code == ErrorCodes.Timeout)
        {
            return false;
        }

        // The rest of the log may not have arrived yet.
        if (!Log.Completed.IsCompleted)
            await Task.WhenAny(logReading, Task.Delay(Timings.LogAfterEnd, cancellationToken)).ConfigureAwait(false);
        EnsureNotFailed(now, name);
        if (now.IsGone && !Log.Completed.IsCompleted)
            throw Failed(name, now.ExitCode, now.ExitReason);
        return true;
    }

    /// <summary>Checks what the hub and the part of the log that was read say.</summary>
    /// <param name="now">The instance now.</param>
    /// <param name="name">The sequence's name.</param>
    /// <exception cref="ScramjetException"><c>INSTANCE_FAILED</c>.</exception>
    public void EnsureNotFailed(Instance now, string name)
    {
        if (Log.StreamFailure is { } failure)
            throw Failed(name, null, failure);
        if (now.Succeeded == false)
            throw Failed(name, now.ExitCode, now.ExitReason);
    }

    private ScramjetException Failed(string name, int? exitCode, string? reason)
    {
        var texts = new[] { reason, Log.ProgramError ?? (reason is null ? Log.LastError : null) }.Where(static t => !string.IsNullOrEmpty(t));
        return new ScramjetException(
            ErrorCodes.InstanceFailed,
            $"The instance {instance.InstanceId} of '{name}' failed{(exitCode is null ? "" : $" with exit code {exitCode}")}"
                + $"{string.Concat(texts.Select(static t => ": " + t!.TrimEnd('.')))}.",
            "See its standard error and its log.")
        {
            Situation = Failure,
        };
    }
}
