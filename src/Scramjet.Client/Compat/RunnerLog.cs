using System;
using System.Threading.Tasks;
using Scramjet.Client.Model;

namespace Scramjet.Client.Compat;

/// <summary>
/// Reads from an instance's log how its run proceeds, which hubs don't report in another way: a runner logs when it has read the content type of its input,
/// when the program has completed, how much output it has written, and the errors of its streams.
/// </summary>
internal sealed class RunnerLog(string instanceId)
{
    private const string Runner = "Runner";
    private const string PythonRunner = "PythonRunner";
    private const string HubConnection = "HostClient";

    /// <summary>
    /// The messages that runners of 1.0 log if the program fails while it writes output, or if its input can't be read. They then end as if successful.
    /// </summary>
    private static readonly string[] s_streamFailures = ["Error during output data stream", "Error during input data stream", "mapToInputDataStream"];

    /// <summary>The message that runners log with the stack of an error that the program has thrown at once.</summary>
    private const string ProgramFailure = "Error occurred during Sequence execution";

    private readonly TaskCompletionSource<bool> _inputTypeRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<long> _outputWritten = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _countsOutput;
    private volatile string? _streamFailure;
    private volatile string? _lastError;
    private volatile string? _programError;

    /// <summary>Completes when the instance has read its input's content type.</summary>
    public Task InputTypeRead => _inputTypeRead.Task;

    /// <summary>
    /// Completes when the program has ended successfully. Hubs of 0.18 report that only in the log. A Node.js runner exits ten seconds later, and output that
    /// hasn't been read by then is lost.
    /// </summary>
    public Task Completed => _completed.Task;

    /// <summary>Completes with the number of bytes of output that the runner has written, if <see cref="CountsOutput"/> is true.</summary>
    public Task<long> OutputWritten => _outputWritten.Task;

    /// <summary>Whether the runner counts its output, as runners of 1.0 do.</summary>
    public bool CountsOutput => _countsOutput;

    /// <summary>The error of the input or output; null if there was none.</summary>
    public string? StreamFailure => _streamFailure;

    /// <summary>The last error; null if there was none.</summary>
    public string? LastError => _lastError;

    /// <summary>The error that the program has thrown, without its stack; null if the log has none.</summary>
    public string? ProgramError => _programError;

    /// <summary>Processes an entry of the log.</summary>
    public void Add(LogEntry entry)
    {
        var isPython = entry.Source == PythonRunner;
        if (isPython ? entry.Message == "Finished." : entry.Source == Runner && entry.Message.StartsWith("Sequence completed", StringComparison.Ordinal))
            _completed.TrySetResult(true);
        if (isPython ? entry.Message.StartsWith("Input headers:", StringComparison.Ordinal) : entry.Message == "Content-Type")
            _inputTypeRead.TrySetResult(true);

        if (entry.Source == HubConnection)
        {
            // The data written to the output's connection begins with the instance's id and a digit.
            _countsOutput = true;
            if (entry.Message == "Total data written to instance output" && entry.Data is object[] { Length: 1 } data && data[0] is long written)
                _outputWritten.TrySetResult(written - instanceId.Length - 1);
        }

        if (entry.IsAtLeast(LogLevel.Error))
        {
            _lastError = entry.ToString();
            if (entry.Source == Runner && Array.IndexOf(s_streamFailures, entry.Message) >= 0)
                _streamFailure = entry.Message;
            if (entry.Source == Runner && entry.Message.StartsWith(ProgramFailure, StringComparison.Ordinal) && entry.Data is object[] { Length: 1 } error)
                _programError = WithoutStack(error[0] as string);
        }
    }

    private static string? WithoutStack(string? error)
    {
        var stack = error?.IndexOf("\n    at ", StringComparison.Ordinal) ?? -1;
        return stack < 0 ? error : error!.Substring(0, stack);
    }
}
