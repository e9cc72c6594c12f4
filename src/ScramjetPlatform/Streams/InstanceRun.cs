using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Instances;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// Finds out how an instance's run ended. Newer hubs say so in the instance; hubs of 0.18 forget an instance at once, and keep one that ended
/// well for ten seconds: there the log tells, which has a line for a good end and none for a bad one.
/// </summary>
internal sealed class InstanceRun(InstanceClient instance)
{
    /// <summary>What runners of 1.0 log when the program fails while its output is under way, or when its input can't be read. They go on to a good end then.</summary>
    private static readonly string[] s_streamFailures = ["Error during output data stream", "Error during input data stream", "mapToInputDataStream"];

    /// <summary>What an instance gets to end after its output has.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(15);

    /// <summary>What the log of an instance that is gone gets to end.</summary>
    private static readonly TimeSpan LogTime = TimeSpan.FromMilliseconds(200);

    private readonly TaskCompletionSource<bool> _typeRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<long> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _tellsWritten;
    private volatile string? _streamFailure;
    private volatile string? _lastError;

    /// <summary>Ends when the log has said that the instance has read its input's content type.</summary>
    public Task TypeRead => _typeRead.Task;

    /// <summary>
    /// Ends when the log has said that the program has ended well. Ten seconds later a runner for Node.js exits, and takes with it what its output's reader
    /// hasn't made room for by then.
    /// </summary>
    public Task Completed => _completed.Task;

    /// <summary>Takes note of a line of the instance's log, and gives it as people read it.</summary>
    public string See(LogEntry entry)
    {
        // What the runner for Node.js says, and what the one for Python does.
        var isPython = entry.Source == "PythonRunner";
        if (isPython ? entry.Message == "Finished." : entry.Source == "Runner" && entry.Message.StartsWith("Sequence completed", StringComparison.Ordinal))
            _completed.TrySetResult(true);
        if (isPython ? entry.Message.StartsWith("Input headers:", StringComparison.Ordinal) : entry.Message == "Content-Type")
            _typeRead.TrySetResult(true);

        // Runners of 1.0 count what they have written to the output's connection, which begins with the instance's id and a digit.
        if (entry.Source == "HostClient")
        {
            _tellsWritten = true;
            if (entry.Message == "Total data written to instance output" && entry.Data is object[] { Length: 1 } data && data[0] is long written)
                _written.TrySetResult(written - instance.InstanceId.Length - 1);
        }

        if (entry.IsAtLeast(LogLevel.Error))
        {
            _lastError = entry.ToString();
            if (entry.Source == "Runner" && Array.IndexOf(s_streamFailures, entry.Message) >= 0)
                _streamFailure = entry.Message;
        }

        return $"{entry.Level?.ToUpperInvariant()} {entry.Source}: {entry}".Trim();
    }

    /// <summary>Waits until it is known how the instance ended.</summary>
    /// <param name="watch">Waits for the instance.</param>
    /// <param name="log">The reading of the log.</param>
    /// <param name="name">The sequence's name.</param>
    /// <param name="received">How many bytes of output were read.</param>
    /// <param name="amount">How much came out and went in, for the error.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScramjetException">
    /// <c>INSTANCE_FAILED</c>, with the exit code and the reason, where the hub tells them. <c>STREAM_BROKEN</c>: its output has ended, and its program hasn't, or has put out more.
    /// </exception>
    public async Task CheckAsync(InstanceWatch watch, Task log, string name, long received, string amount, CancellationToken cancellationToken)
    {
        Instance now;
        try
        {
            now = await watch.UntilAsync(instance.ToInstance(), i => Completed.IsCompleted || i.HasEnded, "to end", EndTime, cancellationToken).ConfigureAwait(false);
        }
        catch (ScramjetException e) when (e.Code == ErrorCodes.Timeout)
        {
            // The hub has lost its connection to the instance, and has ended the output as if that were all.
            throw new ScramjetException(
                ErrorCodes.StreamBroken,
                $"The output of the instance {instance.InstanceId} of '{name}' ended before its program did: the hub has lost its connection to it. {amount}; what the program put out after that is missing.",
                "See the hub's log: Get-ScramjetLog. A hub loses instances when its machine has too much to do.",
                e);
        }

        // The rest of the log may still be on its way.
        if (now.IsGone && !Completed.IsCompleted)
            await Task.WhenAny(log, Task.Delay(LogTime, cancellationToken)).ConfigureAwait(false);
        if (_streamFailure is { } failure)
            throw Failed(name, null, failure);
        if (now.Succeeded == false || (now.IsGone && !Completed.IsCompleted))
            throw Failed(name, now.ExitCode, now.ExitReason);

        // Where it has said how much it has put out, that is known a moment after the output's end.
        if (_tellsWritten)
            await Task.WhenAny(_written.Task, Task.Delay(LogTime, cancellationToken)).ConfigureAwait(false);
        if (_written.Task.Status == TaskStatus.RanToCompletion && _written.Task.Result > received)
        {
            throw new ScramjetException(
                ErrorCodes.StreamBroken,
                $"{_written.Task.Result - received} of the {_written.Task.Result} bytes that the instance {instance.InstanceId} of '{name}' has put out are missing. {amount}.",
                "See whether something else reads the instance's output, and the hub's log: Get-ScramjetLog.");
        }
    }

    private ScramjetException Failed(string name, int? exitCode, string? reason)
    {
        var why = reason ?? _lastError;
        return new ScramjetException(
            ErrorCodes.InstanceFailed,
            $"The instance {instance.InstanceId} of '{name}' failed{(exitCode is null ? "" : $" with exit code {exitCode}")}{(string.IsNullOrEmpty(why) ? "" : ": " + why)}.",
            "What it wrote to its standard error came as warnings; -Verbose shows its log.");
    }
}
