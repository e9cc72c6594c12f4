using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// Finds out how an instance's run ended. Newer hubs say so in the instance; hubs of 0.18 forget an instance at once, and keep one that ended
/// well for ten seconds: there the log tells, which has a line for a good end and none for a bad one.
/// </summary>
internal sealed class InstanceRun(InstanceClient instance)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource<bool> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _completed;
    private volatile string? _lastError;

    /// <summary>Ends when the log has said that the instance knows its input's content type.</summary>
    public Task InputAnnounced => _announced.Task;

    /// <summary>Takes note of a line of the instance's log, and gives it as people read it.</summary>
    public string See(LogEntry entry)
    {
        // What the runner for Node.js says, and what the one for Python does.
        var isPython = entry.Source == "PythonRunner";
        if (isPython ? entry.Message == "Finished." : entry.Source == "Runner" && entry.Message.StartsWith("Sequence completed", StringComparison.Ordinal))
            _completed = true;
        if (isPython ? entry.Message.StartsWith("Input headers:", StringComparison.Ordinal) : entry.Message == "Content-Type")
            _announced.TrySetResult(true);
        if (entry.IsAtLeast(LogLevel.Error))
            _lastError = entry.ToString();
        return $"{entry.Level?.ToUpperInvariant()} {entry.Source}: {entry}".Trim();
    }

    /// <summary>Waits until it is known how the instance ended.</summary>
    /// <param name="log">The reading of the log.</param>
    /// <param name="name">The sequence's name.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScramjetException"><c>INSTANCE_FAILED</c>, with the exit code and the reason, where the hub tells them.</exception>
    public async Task CheckAsync(Task log, string name, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                var now = await instance.GetInfoOrNullAsync(patience.Token).ConfigureAwait(false);
                if (now is { HasEnded: true })
                {
                    if (now.Succeeded == false)
                        throw Failed(name, now.ExitCode, now.ExitReason);
                    return;
                }

                if (_completed)
                    return;

                if (now is null)
                {
                    // The rest of the log may still be on its way.
                    await Task.WhenAny(log, Task.Delay(Poll + Poll, patience.Token)).ConfigureAwait(false);
                    if (!_completed)
                        throw Failed(name, null, null);
                    return;
                }

                await Task.Delay(Poll, patience.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Its output has ended and it runs on: it will be killed, and there is no failure to tell of.
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
